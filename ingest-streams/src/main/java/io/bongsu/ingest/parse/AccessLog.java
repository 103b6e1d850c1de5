package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code access_log}: the NCSA formats, common and combined, of Apache, nginx and many others, as they are met: a virtual
 * host in front, a list of forwarded addresses, names with blanks, further numbers and quoted fields at the end, and the
 * format of mod_ssl's request log. What follows the agent is also the variable {@code _tail}. The text is anchored at {@code [10/Oct/2026:13:55:36 +0900] "}: no raw quote can stand
 * before it, whatever a client calls itself. Behind the request only a quote that a status follows ends it.
 */
record AccessLog() implements Extract {
    private static final int MAX_TIME = 34; // /Mon/yyyy:HH:mm:ss.ffffff +zzzz
    private static final int MAX_HOSTS = 64;
    private static final int MAX_NAMED = 3; // words between date and request

    @Override
    public boolean apply(Body body) {
        String s = straight(body.text);
        int date = date(s);
        if (date < 0) {
            return false;
        }
        int close = s.indexOf(']', date);
        boolean read = date > 1
                ? line(body, s, date, quote(s, close))
                : dateFirst(s, close)
                        ? line(body, s, date, s.indexOf(" \"", close) + 1)
                        : sslRequest(body, s, close + 2);
        if (read) {
            body.put("_access", "yes");
        }
        return read;
    }

    /** A format that was copied from a page has typographic quotes; a line of it ends in one. */
    private static String straight(String s) {
        boolean typographic = !s.isEmpty() && s.charAt(s.length() - 1) == '\u201D';
        return typographic ? s.replace('\u201C', '"').replace('\u201D', '"') : s;
    }

    /** Whether the text is of this kind, without looking at all of it. */
    static boolean looks(String s) {
        int date = date(s);
        return date == 1
                ? s.indexOf(" \"") > 0 && (s.startsWith("/", 3) || s.startsWith("/", 2) || dateFirst(s, s.indexOf(']')))
                : date > 0 && requestEnd(s, quote(s, s.indexOf(']', date)) + 1) > 0;
    }

    /** {@code [date] client ident user "request" status bytes …}: the request log of mod_ssl has one number behind it. */
    private static boolean dateFirst(String s, int close) {
        int quote = s.indexOf(" \"", close) + 1;
        int end = quote > 0 ? requestEnd(s, quote + 1) : -1;
        return end > 0 && word(s, end + 2) < s.length();
    }

    /**
     * The quote that opens the request: behind the date, or behind a few words more (a virtual host, a port, the version of
     * TLS), which may be quoted; -1 without one. A word that begins with a bracket is the date that counts.
     */
    private static int quote(String s, int close) {
        int p = close + 1;
        for (int words = 0; words <= MAX_NAMED && s.startsWith(" ", p); words++) {
            int end = word(s, p + 1);
            boolean quoted = s.startsWith("\"", p + 1);
            if (quoted && !(end > p + 3 && s.charAt(end - 1) == '"' && s.startsWith(" \"", end))) {
                return p + 1;
            }
            if (s.startsWith("[", p + 1)) {
                return -1;
            }
            p = end;
        }
        return -1;
    }

    /** The index behind the bracket of the first date that a quoted request, or at the beginning an address, follows. */
    private static int date(String s) {
        for (int at = s.indexOf('['); at >= 0; at = s.indexOf('[', at + 1)) {
            int day = s.startsWith("/", at + 2) ? at + 2 : at + 3; // behind the day
            boolean digit = day + 8 < s.length() && Character.isDigit(s.charAt(at + 1));
            boolean date = digit
                    && day + 19 < s.length()
                    && s.charAt(day) == '/'
                    && s.charAt(day + 4) == '/'
                    && s.charAt(day + 9) == ':'
                    && s.charAt(day + 12) == ':';
            int close = date ? s.indexOf(']', day + 18) : digit ? s.indexOf(']', day + 8) : -1;
            if (close > 0
                    && close <= day + MAX_TIME
                    && (date || other(s, at + 1, close))
                    && (at == 0
                            ? s.startsWith(" ", close + 1) && (date || dateFirst(s, close))
                            : quote(s, close) > 0)) {
                return at + 1;
            }
        }
        return -1;
    }

    /** {@code 2026-11-22T09:15:02+09:00}, the same with a blank, and {@code 1795338902.123}, nginx's $time_iso8601 and $msec. */
    private static boolean other(String s, int from, int to) {
        if (s.startsWith("-", from + 4) && (s.startsWith("T", from + 10) || s.startsWith(" ", from + 10))) {
            return true;
        }
        int p = from;
        while (p < to && (s.charAt(p) >= '0' && s.charAt(p) <= '9' || p == from + 10 && s.charAt(p) == '.')) {
            p++;
        }
        return p == to && to - from >= 10;
    }

    private static boolean line(Body body, String s, int date, int quote) {
        int requestEnd = requestEnd(s, quote + 1);
        if (requestEnd < 0) {
            return false;
        }
        time(body, s, date);
        int word = s.indexOf(']', date) + 2;
        if (date == 1) {
            client(body, s.substring(Math.min(word, quote), quote).strip());
        } else {
            client(body, s.substring(0, date - 1).strip());
            while (word < quote) {
                int end = word(s, word);
                named(body, s.substring(word, end));
                word = end + 1;
            }
        }
        HttpRequest.put(body, s.substring(quote + 1, requestEnd));
        int status = number(body, "http.response.status_code", s, requestEnd + 2);
        int bytes = number(body, "http.response.body.bytes", s, Math.min(status + 1, s.length()));
        outcome(body);
        rest(body, s, bytes);
        return true;
    }

    /** The quote that ends the request: the first that is not escaped and has a status, or a dash, behind it. */
    private static int requestEnd(String s, int from) {
        for (int q = s.indexOf('"', from); q >= 0; q = s.indexOf('"', q + 1)) {
            int end = q + 2 <= s.length() ? word(s, q + 2) : 0;
            if (!escaped(s, from, q)
                    && s.startsWith(" ", q + 1)
                    && (end == q + 5 && isDigits(s, q + 2, end)
                            || end == q + 3 && s.charAt(q + 2) == '-'
                            || end == q + 7
                                    && s.charAt(q + 2) == '"'
                                    && s.charAt(q + 6) == '"'
                                    && isDigits(s, q + 3, q + 6))) {
                return q;
            }
        }
        return -1;
    }

    /** A number, which some write in quotes; the end of its word. */
    private static int number(Body body, String name, String s, int from) {
        int end = word(s, from);
        boolean quoted = end > from + 2 && s.charAt(from) == '"' && s.charAt(end - 1) == '"';
        put(body, name, s, quoted ? from + 1 : from, quoted ? end - 1 : end);
        return end;
    }

    private static boolean escaped(String s, int from, int at) {
        int slashes = 0;
        while (at - 1 - slashes >= from && s.charAt(at - 1 - slashes) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    private static void time(Body body, String s, int date) {
        Stamp stamp = new Stamp(s, s.length(), body.reference, body.zone);
        boolean read = stamp.read(date) || Character.isDigit(s.charAt(date + 9)) && stamp.epoch(date);
        if (read && stamp.micros != Micros.UNKNOWN) {
            body.time = stamp.micros;
        }
    }

    private static void outcome(Body body) {
        if (body.get("http.response.status_code") instanceof Long status && status >= 100) {
            body.put("event.outcome", status < 400 ? "success" : "failure");
        }
    }

    /**
     * What stands before the date: {@code [server[:port]] client[, client …] ident user}. The identity is nearly always a
     * dash; the user is what follows it, to the end.
     */
    private static void client(Body body, String s) {
        int blank = s.indexOf(' ');
        if (blank > 0 && s.startsWith("- ", blank + 1) && s.charAt(blank - 1) != ',' && s.charAt(0) != '"') {
            source(body, s.substring(0, blank)); // nearly always
            user(body, s.substring(blank + 3));
            return;
        }
        List<String> words = new ArrayList<>(4);
        int bar = blank > 0 ? s.indexOf("| ", blank) : -1; // Compose names the container: "web-1  | "
        for (int p = bar > 0 && s.substring(blank, bar).isBlank() ? bar + 2 : 0;
                p < s.length() && words.size() < MAX_HOSTS; ) {
            int end = word(s, p);
            if (end > p) {
                words.add(s.substring(p, end));
            }
            p = end + 1;
        }
        int dash = 1;
        while (dash < words.size() && !words.get(dash).equals("-")) {
            dash++;
        }
        int hosts; // how many words are hosts
        int user; // where the user begins
        if (dash < words.size() - 1) {
            hosts = dash;
            user = dash + 1;
        } else if (dash == words.size() - 1 && dash >= 2) { // host ident -
            hosts = dash - 1;
            user = dash;
        } else if (words.size() >= 4 && isHostPort(words.get(1))) {
            hosts = 2;
            user = 3;
        } else {
            hosts = Math.min(1, words.size());
            user = Math.min(2, words.size());
        }
        user(body, String.join(" ", words.subList(user, words.size())));
        hosts(body, words.subList(0, hosts));
    }

    private static void user(Body body, String name) {
        String user = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1)
                : name;
        user = user.startsWith("- [") && user.endsWith("]") ? "" : HttpRequest.unescaped(user);
        if (!user.isEmpty() && !user.equals("-") && !user.equals("- -")) {
            body.put("user.name", user);
        }
    }

    private static void hosts(Body body, List<String> words) {
        if (words.isEmpty()) {
            return;
        }
        int first = 0;
        if (words.size() > 1
                && !words.get(0).endsWith(",")
                && "\"(".indexOf(words.get(0).charAt(0)) < 0) {
            boolean reversed = words.size() == 2 // client:port server:port
                    && address(words.get(0)) != null
                    && address(words.get(1)) == null
                    && words.get(1).indexOf(':') > 0;
            server(body, words.get(reversed ? 1 : 0));
            if (reversed) {
                source(body, words.get(0));
                return;
            }
            first = 1;
            Long port = words.size() > 2 ? HttpRequest.port(words.get(1)) : null;
            if (port != null) {
                body.put("destination.port", port);
                first = 2;
            }
        }
        List<String> addresses = addresses(String.join(",", words.subList(first, words.size())));
        String client = client(addresses);
        if (client != null) {
            source(body, client);
        }
        if (addresses.size() > 1) {
            forwarded(body, addresses);
        }
    }

    /** What stands between date and request: a virtual host, a port, what is known of TLS; a number with a point is a time. */
    private static void named(Body body, String word) {
        String text = word.startsWith("\"") ? word.substring(1, word.length() - 1) : word;
        Long port = HttpRequest.port(text);
        if (port != null) {
            body.put("destination.port", port);
        } else if (!tls(body, text)
                && text.indexOf('.') > 0
                && (address(text) != null
                        || Character.isLetter(text.charAt(text.length() - 1))
                        || text.indexOf(':') > 0)) {
            server(body, text);
        }
    }

    /** {@code TLSv1.3}, and the cipher behind it. */
    private static boolean tls(Body body, String text) {
        if (text.startsWith("TLSv") || text.startsWith("SSLv")) {
            String number = text.substring(4);
            body.put("tls.version", number.indexOf('.') < 0 ? number + ".0" : number);
            body.put("tls.version_protocol", text.startsWith("T") ? "tls" : "ssl");
            return true;
        }
        if (body.get("tls.version") == null
                || body.get("tls.cipher") != null
                || text.indexOf('-') < 1 && text.indexOf('_') < 1) {
            return false;
        }
        body.put("tls.cipher", text);
        return true;
    }

    private static void server(Body body, String text) {
        if (text.equals("-")) {
            return;
        }
        String ip = address(text);
        int colon = text.lastIndexOf(':');
        Long port = colon > 0 && (ip == null || Ip.normal(text) == null)
                ? HttpRequest.port(text.substring(colon + 1))
                : null;
        if (port != null) {
            body.put("destination.port", port);
        }
        if (ip != null) {
            body.put("destination.ip", ip);
        } else {
            String domain = port == null ? text : text.substring(0, colon);
            body.put("destination.domain", domain);
            body.put("url.domain", domain);
        }
    }

    private static void source(Body body, String text) {
        String plain = Ip.normal(text);
        String ip = plain == null ? address(text) : plain;
        int colon = plain == null ? text.lastIndexOf(':') : -1;
        Long port = colon > 0 ? HttpRequest.port(text.substring(colon + 1)) : null;
        if (port != null) {
            body.put("source.port", port);
        }
        String host = port == null ? text : text.substring(0, colon);
        if (host.equals("-") || host.isEmpty()) {
            return;
        }
        if (host.equals("unix:")) { // no host, but where it came from
            body.put("source.address", host);
            return;
        }
        body.put("source.address", ip == null ? host : ip);
        if (ip != null) {
            body.put("source.ip", ip);
        } else {
            body.put("source.domain", host);
        }
    }

    private static void forwarded(Body body, List<String> addresses) {
        String first = address(addresses.get(0));
        if (first != null) {
            body.put("network.forwarded_ip", first);
        }
    }

    /** The address without a port and brackets, or null when it is a name. */
    private static @Nullable String address(String text) {
        String ip = Ip.normal(text);
        if (ip == null && text.startsWith("[") && text.indexOf(']') > 0) {
            ip = Ip.normal(text.substring(1, text.indexOf(']')));
        }
        int colon = ip == null ? text.lastIndexOf(':') : -1;
        return colon > 0 ? Ip.normal(text.substring(0, colon)) : ip;
    }

    private static boolean isHostPort(String text) {
        return address(text) != null;
    }

    private static List<String> addresses(String list) {
        List<String> all = new ArrayList<>(4);
        for (int p = 0; p < list.length(); ) {
            int end = p;
            while (end < list.length() && "\", ()".indexOf(list.charAt(end)) < 0) {
                end++;
            }
            if (end > p && !list.startsWith("-", p)) {
                all.add(list.substring(p, end));
            }
            p = end + 1;
        }
        return all;
    }

    /** The first public address, as it may be the client's own; when all are private, the first. */
    private static @Nullable String client(List<String> addresses) {
        for (String text : addresses) {
            String ip = address(text);
            if (ip != null && !isPrivate(ip)) {
                return text;
            }
        }
        return addresses.isEmpty() ? null : addresses.get(0);
    }

    private static boolean isPrivate(String ip) {
        if (ip.startsWith("172.")) {
            int dot = ip.indexOf('.', 4);
            Long second = dot < 0 ? null : As.integer(ip.substring(4, dot));
            return second != null && second >= 16 && second <= 31;
        }
        return ip.startsWith("10.")
                || ip.startsWith("192.168.")
                || ip.startsWith("127.")
                || ip.equals("::1")
                || ip.startsWith("fc")
                || ip.startsWith("fd")
                || ip.startsWith("fe80:");
    }

    /**
     * What follows the size: numbers, {@code "referrer" "agent"}, then {@code "forwarded addresses"} as nginx's example has
     * it, {@code name=value}; other things stay in the line.
     */
    private static void rest(Body body, String s, int from) {
        int quoted = 0;
        int p = from;
        while (p < s.length()) {
            if (s.charAt(p) == ' ') {
                p++;
                continue;
            }
            int value = p;
            String name = "";
            int equals = p;
            while (equals < s.length() && " =\"".indexOf(s.charAt(equals)) < 0) {
                equals++;
            }
            if (equals > p && s.startsWith("=\"", equals)) {
                name = s.substring(p, equals);
                value = equals + 1;
            }
            if (s.charAt(value) != '"') {
                int end = word(s, p);
                if (quoted >= 2) {
                    tls(body, s.substring(p, end));
                }
                p = end;
                continue;
            }
            int end = s.indexOf('"', value + 1);
            while (end > 0 && (escaped(s, value + 1, end) || end + 1 < s.length() && s.charAt(end + 1) != ' ')) {
                end = s.indexOf('"', end + 1);
            }
            end = end < 0 ? s.length() : end;
            String text = HttpRequest.unescaped(s.substring(value + 1, end));
            if (!name.isEmpty()) {
                named(body, name, text);
            } else {
                quoted(body, quoted++, text);
                if (quoted == 2 && end + 2 < s.length() && s.charAt(end + 2) != '"') {
                    body.put("_tail", s.substring(end + 2));
                }
            }
            p = end + 1;
        }
    }

    private static void quoted(Body body, int place, String text) {
        if (text.isEmpty() || text.equals("-")) {
            return;
        }
        switch (place) {
            case 0 -> body.put("http.request.referrer", text);
            case 1 -> body.put("user_agent.original", text);
            case 2 -> {
                if (!tls(body, text)) {
                    forwardedFor(body, text);
                }
            }
            default -> tls(body, text);
        }
    }

    private static void named(Body body, String name, String text) {
        if (name.equalsIgnoreCase("X-Forwarded-For") || name.equalsIgnoreCase("xff")) {
            forwardedFor(body, text);
        }
    }

    private static void forwardedFor(Body body, String text) {
        List<String> addresses = addresses(text);
        String client = client(addresses);
        String ip = client == null ? null : address(client);
        if (ip != null) {
            body.put("client.ip", ip);
            forwarded(body, addresses);
        }
    }

    /** {@code [date] client TLSv1.2 CIPHER "request" bytes} */
    private static boolean sslRequest(Body body, String s, int from) {
        int client = word(s, from);
        int protocol = word(s, client + 1);
        int cipher = word(s, protocol + 1);
        int end = s.lastIndexOf("\" ");
        if (cipher + 1 >= end || s.charAt(cipher + 1) != '"') {
            return false;
        }
        time(body, s, 1);
        source(body, s.substring(from, client));
        tls(body, s.substring(client + 1, protocol));
        if (!s.startsWith("-", protocol + 1)) {
            body.put("tls.cipher", s.substring(protocol + 1, cipher));
        }
        HttpRequest.put(body, s.substring(cipher + 2, end));
        put(body, "http.response.body.bytes", s, end + 2, word(s, end + 2));
        return true;
    }

    private static void put(Body body, String name, String s, int from, int to) {
        if (to > from && isDigits(s, from, to) && to - from <= 18) {
            body.put(name, Long.valueOf(s.substring(from, to)));
        }
    }

    private static boolean isDigits(String s, int from, int to) {
        for (int i = from; i < to; i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return false;
            }
        }
        return to > from;
    }

    /** The end of the word: the next blank, or the end of the text. */
    private static int word(String s, int from) {
        if (from >= s.length()) {
            return s.length();
        }
        int blank = s.indexOf(' ', from);
        return blank < 0 ? s.length() : blank;
    }
}
