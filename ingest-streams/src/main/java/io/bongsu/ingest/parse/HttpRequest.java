package io.bongsu.ingest.parse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code http_request}: the first line of a request, {@code GET /a?b=c HTTP/1.1}, as web servers and proxies log it. What
 * is no request (empty, a dash, a TLS handshake on a plain port) sets nothing.
 *
 * <p>{@code url.original} is what was sent, but for the log's own escapes ({@code \"}, {@code \\}, {@code \xHH}); path and
 * query are percent-decoded besides, so that an encoded attack looks like a plain one.
 */
record HttpRequest(String from) implements Extract {
    private static final int MAX_METHOD = 32;

    @Override
    public boolean apply(Body body) {
        String text = body.text(from);
        return text != null && put(body, text);
    }

    static boolean put(Body body, String line) {
        String s = unescaped(line.strip());
        int method = s.indexOf(' ');
        int version = version(s);
        if (!isMethod(s, method < 0 ? s.length() : method) || method < 0 || version == method) {
            if (s.startsWith("/")
                    || s.startsWith("http://")
                    || s.startsWith("https://")) { // a request without a method
                url(body, s);
                return true;
            }
            return method > 0 && version > method && odd(body, s, method, version);
        }
        int end = version < 0 ? s.length() : version;
        String target = s.substring(method + 1, end).strip();
        boolean connect = s.startsWith("CONNECT ") && hasPort(target);
        if (target.isEmpty() || version < 0 && !target.startsWith("/") && target.indexOf("://") < 0 && !connect) {
            return false; // words, and no HTTP/0.9
        }
        body.put("http.request.method", s.substring(0, method));
        if (version >= 0) {
            body.put("http.version", s.substring(version + 6));
        }
        url(body, target);
        return true;
    }

    /** {@code <x> /a HTTP/1.1}: what stands in front is no method, but the rest is there. */
    private static boolean odd(Body body, String s, int method, int version) {
        String target = s.substring(method + 1, version).strip();
        body.put("http.version", s.substring(version + 6));
        if (!target.isEmpty() && !target.equals("-")) {
            url(body, target);
        }
        return true;
    }

    /** Where {@code " HTTP/1.1"} begins at the end of the line, or -1. */
    private static int version(String s) {
        int at = s.lastIndexOf(" HTTP/");
        if (at < 0 || s.length() == at + 6) {
            return -1;
        }
        for (int i = at + 6; i < s.length(); i++) {
            char c = s.charAt(i);
            if (!(c >= '0' && c <= '9' || c == '.')) {
                return -1;
            }
        }
        return at;
    }

    private static boolean isMethod(String s, int end) {
        if (end == 0 || end > MAX_METHOD) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = s.charAt(i);
            if (!(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '-' && i > 0)) {
                return false;
            }
        }
        return true;
    }

    /** The parts of a target: {@code /path?query}, an absolute address, or {@code host:port} of CONNECT. */
    static void url(Body body, String target) {
        body.put("url.original", target);
        int p = 0;
        int scheme = target.indexOf("://");
        if (scheme > 0 && scheme <= 16 && isMethod(target, scheme)) {
            body.put("url.scheme", target.substring(0, scheme).toLowerCase(Locale.ROOT));
            p = authority(body, target, scheme + 3);
        } else if (target.charAt(0) != '/' && target.indexOf('/') < 0 && hasPort(target)) {
            p = authority(body, target, 0);
        }
        int fragment = target.indexOf('#', p);
        int end = fragment < 0 ? target.length() : fragment;
        int query = target.indexOf('?', p);
        int pathEnd = query < 0 || query > end ? end : query;
        if (pathEnd > p) {
            String path = As.percentDecoded(target.substring(p, pathEnd));
            body.put("url.path", path);
            int dot = path.lastIndexOf('.');
            if (dot > path.lastIndexOf('/') && dot < path.length() - 1 && path.length() - dot <= 17) {
                body.put("url.extension", path.substring(dot + 1));
            }
        }
        if (pathEnd + 1 < end) {
            body.put("url.query", As.percentDecoded(target.substring(pathEnd + 1, end)));
        }
        if (fragment >= 0 && fragment + 1 < target.length()) {
            body.put("url.fragment", target.substring(fragment + 1));
        }
    }

    private static int authority(Body body, String url, int from) {
        int end = from;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        int at = url.lastIndexOf('@', end - 1);
        int host = at >= from ? at + 1 : from;
        if (at > from) {
            int colon = url.indexOf(':', from);
            body.put("url.username", url.substring(from, colon < 0 || colon > at ? at : colon));
        }
        int colon = url.lastIndexOf(':', end - 1);
        Long port = colon > host && url.indexOf(']', colon) < 0 ? port(url.substring(colon + 1, end)) : null;
        if (port != null) {
            body.put("url.port", port);
        }
        String domain = url.substring(host, port == null ? end : colon);
        if (domain.startsWith("[") && domain.endsWith("]")) {
            domain = domain.substring(1, domain.length() - 1);
        }
        if (!domain.isEmpty()) {
            body.put("url.domain", domain);
        }
        return end;
    }

    private static boolean hasPort(String target) {
        int colon = target.lastIndexOf(':');
        return colon > 0 && port(target.substring(colon + 1)) != null;
    }

    static @Nullable Long port(String text) {
        return As.PORT.of(text) instanceof Long port ? port : null;
    }

    /** Without the escapes of the log: Apache writes {@code \"}, {@code \\} and {@code \xhh}, nginx only {@code \xHH}. */
    static String unescaped(String s) {
        if (s.indexOf('\\') < 0) {
            return s;
        }
        byte[] in = s.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            byte next = in[i] == '\\' && i + 1 < in.length ? in[i + 1] : 0;
            if (next == '"' || next == '\\') {
                out[n++] = next;
                i++;
            } else if (next == 'x' && i + 3 < in.length && digit(in[i + 2]) >= 0 && digit(in[i + 3]) >= 0) {
                out[n++] = (byte) (digit(in[i + 2]) << 4 | digit(in[i + 3]));
                i += 3;
            } else {
                out[n++] = in[i];
            }
        }
        return Text.decode(Arrays.copyOf(out, n), null);
    }

    private static int digit(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }
}
