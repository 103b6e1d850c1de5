package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The small formats inside of a field. */
final class Extracts {
    private Extracts() {}

    /** {@code text}: what the steps behind it look at. */
    record Text(String from) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            body.text = text == null ? "" : text;
            return text != null;
        }
    }

    /** {@code rename} and {@code copy}. */
    record Move(Map<String, Target> names, boolean keep) implements Extract {
        Move {
            names = Ordered.copy(names);
        }

        @Override
        public boolean apply(Body body) {
            names.forEach((name, target) -> {
                Object value = body.get(name);
                if (value != null) {
                    if (!keep) {
                        body.remove(name);
                    }
                    target.put(body, value);
                }
            });
            return true;
        }
    }

    /** {@code convert}: a value that does not fit is dropped. */
    record Convert(List<Target> targets) implements Extract {
        Convert {
            targets = List.copyOf(targets);
        }

        @Override
        public boolean apply(Body body) {
            for (Target target : targets) {
                Object value = body.get(target.name());
                if (value != null) {
                    Object typed = target.as().of(value);
                    if (typed == null) {
                        body.remove(target.name());
                    } else {
                        body.put(target.name(), typed);
                    }
                }
            }
            return true;
        }
    }

    /** {@code split}: a list of the parts that are not empty. */
    record Split(String from, String by, Target to) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            if (text == null) {
                return false;
            }
            List<Object> parts = new ArrayList<>();
            for (int p = 0; p <= text.length(); ) {
                int end = text.indexOf(by, p);
                end = end < 0 ? text.length() : end;
                String part = text.substring(p, end).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                p = end + by.length();
            }
            if (!parts.isEmpty()) {
                to.put(body, parts);
            }
            return true;
        }
    }

    /** {@code join}: the values that are there, with something between them. */
    record Join(List<String> from, String by, Target to) implements Extract {
        Join {
            from = List.copyOf(from);
        }

        @Override
        public boolean apply(Body body) {
            StringBuilder all = new StringBuilder();
            for (String name : from) {
                for (Object value : body.get(name) instanceof List<?> list ? list : single(body.get(name))) {
                    all.append(all.isEmpty() ? "" : by).append(value);
                }
            }
            if (!all.isEmpty()) {
                to.put(body, all.toString());
            }
            return true;
        }

        private static List<Object> single(@Nullable Object value) {
            return value == null ? List.of() : List.of(value);
        }
    }

    /** {@code user_domain}: {@code DOMAIN\name} and {@code name@domain} in two parts. */
    record UserDomain(String from, String user, String domain) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            if (text == null) {
                return false;
            }
            int slash = text.indexOf('\\');
            int at = slash < 0 ? text.lastIndexOf('@') : -1;
            String name = slash >= 0 ? text.substring(slash + 1) : at > 0 ? text.substring(0, at) : text;
            String realm = slash >= 0 ? text.substring(0, slash) : at > 0 ? text.substring(at + 1) : "";
            if (!name.isEmpty()) {
                body.put(user, name);
            }
            if (!realm.isEmpty()) {
                body.put(domain, realm);
            }
            return true;
        }
    }

    /** {@code hash}: {@code SHA1=…,MD5=…} as fields below {@code to}; IMPHASH goes to the pe beside it. */
    record Hashes(String from, String to, String pe) implements Extract {
        private static final Set<String> KNOWN =
                Set.of("md5", "sha1", "sha256", "sha384", "sha512", "ssdeep", "tlsh", "cdhash");

        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            if (text == null) {
                return false;
            }
            Set<Object> related = new LinkedHashSet<>();
            for (int p = 0; p < text.length(); ) {
                int end = p;
                while (end < text.length() && ",;| ".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                int equals = text.indexOf('=', p);
                if (equals > p && equals < end - 1 && !zeros(text, equals + 1, end)) {
                    String name =
                            text.substring(p, equals).toLowerCase(Locale.ROOT).replace("-", "");
                    String value = text.substring(equals + 1, end).toLowerCase(Locale.ROOT);
                    boolean imphash = name.equals("imphash");
                    if (imphash || KNOWN.contains(name)) {
                        body.put(imphash ? pe + ".imphash" : Names.below(to, name), value);
                        related.add(value);
                    }
                }
                p = end + 1;
            }
            if (!related.isEmpty()) {
                if (body.get("related.hash") instanceof List<?> before) {
                    Set<Object> all = new LinkedHashSet<>(before);
                    all.addAll(related);
                    related = all;
                }
                body.put("related.hash", List.copyOf(related));
            }
            return true;
        }

        /** Sysmon writes zeros for what it did not compute. */
        private static boolean zeros(String text, int from, int end) {
            for (int i = from; i < end; i++) {
                if (text.charAt(i) != '0') {
                    return false;
                }
            }
            return true;
        }
    }

    /** {@code unhex}: bytes in hexadecimal, read as text; NUL between words, as in auditd, is a blank. */
    record Unhex(String from, Target to, @Nullable String args) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            String decoded = text == null ? null : decoded(text);
            if (decoded == null) {
                return false;
            }
            List<String> words = Arrays.stream(decoded.split("\0")).toList();
            to.put(body, String.join(" ", words));
            if (args != null) {
                body.put(args, words);
            }
            return true;
        }

        static @Nullable String decoded(String hex) {
            if (hex.isEmpty() || hex.length() % 2 != 0) {
                return null;
            }
            byte[] bytes = new byte[hex.length() / 2];
            for (int i = 0; i < bytes.length; i++) {
                int high = As.digit(hex.charAt(2 * i));
                int low = As.digit(hex.charAt(2 * i + 1));
                if (high < 0 || low < 0) {
                    return null;
                }
                bytes[i] = (byte) (high << 4 | low);
            }
            return io.bongsu.ingest.parse.Text.decode(bytes, null);
        }
    }

    /** {@code json}: an object in a field. */
    record JsonObject(@Nullable String from, Parser.JsonNames names) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = from == null ? body.text : body.text(from);
            Json json = text == null || text.equals(body.object) ? null : Json.read(text.strip());
            if (json == null) {
                return false;
            }
            long time = JsonFields.put(json, names, body);
            if (time != io.bongsu.model.Micros.UNKNOWN) {
                body.time = time;
            }
            return true;
        }
    }

    /** {@code url}: the parts of an absolute or relative address. Nothing is decoded: rules look for what was sent. */
    record Url(String from, String to) implements Extract {
        @Override
        public boolean apply(Body body) {
            String url = body.text(from);
            if (url == null || url.isEmpty() || url.equals("-") || url.equals("*")) {
                return false;
            }
            int p = 0;
            int scheme = url.indexOf("://");
            if (scheme > 0 && isScheme(url, scheme)) {
                body.put(to + ".scheme", url.substring(0, scheme).toLowerCase(Locale.ROOT));
                p = authority(body, url, scheme + 3);
            } else if (url.charAt(0) != '/' && isHostPort(url)) { // CONNECT host:443
                p = authority(body, url, 0);
            }
            int fragment = url.indexOf('#', p);
            int end = fragment < 0 ? url.length() : fragment;
            int query = url.indexOf('?', p);
            int pathEnd = query < 0 || query > end ? end : query;
            if (pathEnd > p) {
                String path = url.substring(p, pathEnd);
                body.put(to + ".path", path);
                int dot = path.lastIndexOf('.');
                if (dot > path.lastIndexOf('/') + 1 && dot < path.length() - 1 && path.length() - dot <= 17) {
                    body.put(to + ".extension", path.substring(dot + 1));
                }
            }
            if (pathEnd < end - 1) {
                body.put(to + ".query", url.substring(pathEnd + 1, end));
            }
            if (fragment >= 0 && fragment < url.length() - 1) {
                body.put(to + ".fragment", url.substring(fragment + 1));
            }
            return true;
        }

        private int authority(Body body, String url, int from) {
            int end = from;
            while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
                end++;
            }
            int at = url.lastIndexOf('@', end - 1);
            int host = at >= from ? at + 1 : from;
            if (at > from) {
                int colon = url.indexOf(':', from);
                body.put(to + ".username", url.substring(from, colon < 0 || colon > at ? at : colon));
            }
            int colon = url.lastIndexOf(':', end - 1);
            int hostEnd = colon > host && url.indexOf(']', colon) < 0 ? colon : end;
            Object port = hostEnd < end ? As.PORT.of(url.substring(hostEnd + 1, end)) : null;
            if (port != null) {
                body.put(to + ".port", port);
            }
            String domain = url.substring(host, hostEnd);
            if (domain.startsWith("[") && domain.endsWith("]")) {
                domain = domain.substring(1, domain.length() - 1);
            }
            if (!domain.isEmpty()) {
                body.put(to + ".domain", domain);
            }
            return end;
        }

        private static boolean isScheme(String url, int end) {
            for (int i = 0; i < end; i++) {
                char c = url.charAt(i);
                if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '+'))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isHostPort(String url) {
            int colon = url.lastIndexOf(':');
            return colon > 0 && As.PORT.of(url.substring(colon + 1)) != null && url.indexOf('/') < 0;
        }
    }

    /** {@code path}: the name at the end of a path of Windows or Unix; of a file also directory and extension. */
    record Paths(Map<String, String> owners) implements Extract {
        Paths {
            owners = Ordered.copy(owners);
        }

        @Override
        public boolean apply(Body body) {
            for (Map.Entry<String, String> owner : owners.entrySet()) {
                String path = body.text(owner.getKey());
                if (path == null) {
                    continue;
                }
                String to = owner.getValue();
                int slash = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
                String name = path.substring(slash + 1);
                if (!name.isEmpty()) {
                    body.put(to + ".name", name);
                }
                if (to.equals("file")) {
                    if (slash > 0) {
                        body.put("file.directory", path.substring(0, slash));
                    }
                    int dot = name.lastIndexOf('.');
                    if (dot > 0 && dot < name.length() - 1) {
                        body.put("file.extension", name.substring(dot + 1));
                    }
                }
            }
            return true;
        }
    }

    /** {@code registry}: hive, key and value of a path as Sysmon writes it, and the data that was set. */
    record Registry(String from, @Nullable String data) implements Extract {
        @Override
        public boolean apply(Body body) {
            String path = body.text(from);
            if (path == null) {
                return false;
            }
            body.put("registry.path", path);
            int hive = path.indexOf('\\');
            if (hive > 0) {
                body.put("registry.hive", path.substring(0, hive));
                body.put("registry.key", path.substring(hive + 1));
                body.put("registry.value", path.substring(path.lastIndexOf('\\') + 1));
            }
            String details = data == null ? null : body.text(data);
            if (details != null) {
                int open = details.indexOf("(0x");
                boolean number = open > 0 && details.endsWith(")");
                body.put(
                        "registry.data.type",
                        details.startsWith("DWORD (")
                                ? "REG_DWORD"
                                : details.startsWith("QWORD (")
                                        ? "REG_QWORD"
                                        : details.equals("Binary Data") ? "REG_BINARY" : "REG_SZ");
                body.put("registry.data.strings", List.of(number ? number(details, open) : details));
            }
            return true;
        }

        /** {@code DWORD (0x00000001)}, {@code QWORD (0x00000000-0x00000001)} */
        private static String number(String details, int open) {
            Long value =
                    As.hex(details.substring(open + 1, details.length() - 1).replace("-0x", ""));
            return value == null ? details : value.toString();
        }
    }

    /** {@code args}: the words of a command line, quoted as Windows does, and their number. */
    record Arguments(Map<String, String> names) implements Extract {
        Arguments {
            names = Ordered.copy(names);
        }

        @Override
        public boolean apply(Body body) {
            for (Map.Entry<String, String> name : names.entrySet()) {
                String line = body.text(name.getKey());
                if (line != null) {
                    List<Object> words = split(line);
                    body.put(name.getValue(), words);
                    body.put(name.getValue() + "_count", (long) words.size());
                }
            }
            return true;
        }

        /** Backslashes are themselves, except before a quote: two are one, and one makes the quote a letter. */
        static List<Object> split(String line) {
            List<Object> words = new ArrayList<>();
            StringBuilder word = new StringBuilder();
            boolean quoted = false;
            boolean open = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                int slashes = i;
                while (slashes < line.length() && line.charAt(slashes) == '\\') {
                    slashes++;
                }
                int count = slashes - i;
                if (count > 0) {
                    boolean quote = slashes < line.length() && line.charAt(slashes) == '"';
                    word.append("\\".repeat(quote ? count / 2 : count));
                    if (quote && count % 2 == 1) {
                        word.append('"');
                        slashes++;
                    }
                    i = slashes - 1;
                    open = true;
                } else if (c == '"') {
                    quoted = !quoted;
                    open = true;
                } else if ((c == ' ' || c == '\t') && !quoted) {
                    if (open) {
                        words.add(word.toString());
                    }
                    word.setLength(0);
                    open = false;
                } else {
                    word.append(c);
                    open = true;
                }
            }
            if (open) {
                words.add(word.toString());
            }
            return words;
        }
    }

    /**
     * {@code dns_results}: {@code type:  5 a.example.net;::ffff:203.0.113.7;} of Sysmon's event 22, or records as name
     * servers write them: {@code a.example.net 300 IN A 203.0.113.7;}.
     */
    record DnsResults(String from) implements Extract {
        private static final Pattern RECORD =
                Pattern.compile("[^ ]+ +[0-9]+ +(?:(?:IN|CH|HS) +)?([A-Z0-9]{1,10}) +(.+)");

        @Override
        public boolean apply(Body body) {
            String text = body.text(from);
            if (text == null) {
                return false;
            }
            List<Object> data = new ArrayList<>();
            List<Object> types = new ArrayList<>();
            List<Object> addresses = new ArrayList<>();
            for (String part : text.split(";")) {
                String answer = part.strip();
                if (answer.startsWith("type:")) {
                    String typed = answer.substring(5).strip();
                    int blank = typed.indexOf(' ');
                    types.add(type(blank < 0 ? typed : typed.substring(0, blank)));
                    if (blank > 0) {
                        data.add(typed.substring(blank).strip());
                    }
                } else if (Ip.normal(answer) instanceof String ip) {
                    types.add(ip.indexOf(':') < 0 ? "A" : "AAAA");
                    data.add(ip);
                    addresses.add(ip);
                } else {
                    record(answer, types, data, addresses);
                }
            }
            if (!data.isEmpty()) {
                body.put("dns.answers.data", data);
                body.put("dns.answers.type", types);
            }
            if (!addresses.isEmpty()) {
                body.put("dns.resolved_ip", addresses);
            }
            return true;
        }

        private static void record(String answer, List<Object> types, List<Object> data, List<Object> addresses) {
            Matcher matcher = RECORD.matcher(answer);
            if (matcher.matches()) {
                String value = matcher.group(2).strip();
                String ip = Ip.normal(value);
                types.add(matcher.group(1));
                data.add(ip == null ? value : ip);
                if (ip != null) {
                    addresses.add(ip);
                }
            }
        }

        private static String type(String number) {
            return switch (number) {
                case "1" -> "A";
                case "2" -> "NS";
                case "5" -> "CNAME";
                case "6" -> "SOA";
                case "12" -> "PTR";
                case "15" -> "MX";
                case "16" -> "TXT";
                case "28" -> "AAAA";
                case "33" -> "SRV";
                case "65" -> "HTTPS";
                default -> number;
            };
        }
    }

    /** {@code xml}: elements and attributes as dotted names below {@code to}. */
    record XmlTree(
            @Nullable String from,
            Map<String, Target> rename,
            @Nullable String to) implements Extract {
        XmlTree {
            rename = Ordered.copy(rename);
        }

        @Override
        public boolean apply(Body body) {
            String text = from == null ? body.text : body.text(from);
            Map<String, Object> values = text == null ? null : Xml.flat(text);
            if (values == null) {
                return false;
            }
            for (Map.Entry<String, Object> value : values.entrySet()) {
                Target target = rename.get(value.getKey());
                if (target != null) {
                    target.put(body, value.getValue());
                } else if (to != null) {
                    body.put(to + "." + Names.clean(value.getKey()), value.getValue());
                }
            }
            return true;
        }
    }

    /** {@code dns_name}: {@code (3)www(7)example(3)com(0)} and {@code www.example.com.} as {@code www.example.com}. */
    record DnsName(String field) implements Extract {
        @Override
        public boolean apply(Body body) {
            String text = body.text(field);
            String name = text == null ? "" : text.startsWith("(") ? labels(text) : text;
            int from = name.startsWith(".") ? 1 : 0;
            int to = name.endsWith(".") ? name.length() - 1 : name.length();
            if (from < to) {
                body.put(field, name.substring(from, to));
            }
            return from < to;
        }

        private static String labels(String text) {
            StringBuilder name = new StringBuilder(text.length());
            int p = 0;
            while (p < text.length() && text.charAt(p) == '(') {
                int close = text.indexOf(')', p);
                Long length = close < 0 ? null : As.integer(text.substring(p + 1, close));
                if (length == null) {
                    return text;
                }
                int next = text.indexOf('(', close); // whoever made names unknown did not count their letters
                p = next < 0 ? text.length() : next;
                name.append(text, close + 1, p).append(p > close + 1 ? "." : "");
            }
            return name.toString();
        }
    }

    /** {@code ip}: a valid address goes to one field, anything else to the other. */
    record Address(String from, String to, @Nullable String otherwise) implements Extract {
        @Override
        public boolean apply(Body body) {
            if (body.get(from) instanceof String text) {
                String ip = Ip.normal(text);
                if (ip != null) {
                    body.put(to, ip);
                } else if (otherwise != null) {
                    body.put(otherwise, text);
                }
            }
            return true;
        }
    }
}
