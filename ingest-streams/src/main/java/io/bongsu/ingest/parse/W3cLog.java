package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code w3c}: a line of the W3C extended format, as IIS writes it. Which fields it has is said by a {@code #Fields:} line
 * that comes in the same frame or before it in the same file, or by the parser. Without either they are told by their places and forms: what stands
 * before the method, between client and status, and behind the status, for IIS lets its users only leave fields out.
 * Sets variables: {@code _w3c.cs-method}, {@code _w3c.cs-user-agent}; a dash sets nothing. In user names and agents a
 * plus is a blank again.
 */
record W3cLog(List<String> fields) implements Extract {
    private static final String FIELDS = "#Fields:";
    private static final List<String> FTP = List.of(
            "date",
            "time",
            "c-ip",
            "cs-username",
            "s-ip",
            "s-port",
            "cs-method",
            "cs-uri-stem",
            "sc-status",
            "sc-win32-status",
            "sc-substatus");

    private static final String AGENT = "_w3c.cs-user-agent";
    private static final String USER = "_w3c.cs-username";

    /** By the names that IIS writes. */
    private static final Map<String, String> VARIABLES = Stream.of(
                    "date",
                    "time",
                    "s-sitename",
                    "s-computername",
                    "s-ip",
                    "cs-method",
                    "cs-uri-stem",
                    "cs-uri-query",
                    "s-port",
                    "cs-username",
                    "c-ip",
                    "cs-version",
                    "cs(User-Agent)",
                    "cs(Cookie)",
                    "cs(Referer)",
                    "cs-host",
                    "sc-status",
                    "sc-substatus",
                    "sc-win32-status",
                    "sc-bytes",
                    "cs-bytes",
                    "time-taken",
                    "X-Forwarded-For")
            .collect(Collectors.toUnmodifiableMap(name -> name, W3cLog::variable));

    W3cLog {
        fields = List.copyOf(fields);
    }

    @Override
    public boolean apply(Body body) {
        String head = body.text("_head");
        List<String> names = head == null ? fields : words(head.substring(Math.min(head.length(), FIELDS.length())));
        String line = null;
        for (int p = 0; p < body.text.length() && line == null; ) {
            int end = body.text.indexOf('\n', p);
            end = end < 0 ? body.text.length() : end;
            String next = body.text.substring(p, end).strip();
            if (next.startsWith(FIELDS)) {
                names = words(next.substring(FIELDS.length()));
            } else if (!next.startsWith("#") && !next.isEmpty()) {
                line = next;
            }
            p = end + 1;
        }
        if (line == null) {
            return false;
        }
        List<String> values = words(line);
        if (names.isEmpty() || names.size() != values.size()) {
            names = guessed(values);
        }
        if (names == null) {
            return false;
        }
        for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
            String value = values.get(i);
            if (!value.equals("-") && !names.get(i).isEmpty()) {
                String variable = VARIABLES.get(names.get(i));
                variable = variable == null ? variable(names.get(i)) : variable;
                boolean words = variable.equals(AGENT) || variable.equals(USER);
                body.put(variable, words ? As.percentDecoded(value.replace('+', ' ')) : value);
            }
        }
        return true;
    }

    private static String variable(String name) {
        return "_w3c." + name.toLowerCase(Locale.ROOT).replace('(', '-').replace(")", "");
    }

    /** The order of IIS 5 and of files that imitate it: the client first, and the status right behind the query. */
    private static List<String> older(List<String> values, int method) {
        List<String> names = new ArrayList<>(values.size());
        names.addAll(List.of("date", "time", "c-ip", "cs-username"));
        for (int i = 4; i < method; i++) {
            String value = values.get(i);
            names.add(
                    Ip.normal(value) != null
                            ? "s-ip"
                            : As.integer(value) != null
                                    ? "s-port"
                                    : value.contains("SVC") ? "s-sitename" : "s-computername");
        }
        names.addAll(List.of("cs-method", "cs-uri-stem", "cs-uri-query", "sc-status"));
        while (names.size() < values.size() && As.integer(values.get(names.size())) != null) {
            names.add(""); // which numbers are left out is not to be seen
        }
        if (names.size() < values.size() && values.get(names.size()).startsWith("HTTP/")) {
            names.add("cs-version");
        }
        if (names.size() < values.size() && !values.get(names.size()).contains("/")) {
            names.add("cs-host");
        }
        if (names.size() < values.size()) {
            names.add("cs(User-Agent)");
        }
        return names;
    }

    private static boolean isStatus(List<String> values, int at) {
        return at < values.size() && values.get(at).length() == 3 && As.integer(values.get(at)) instanceof Long;
    }

    /** The names of the fields that the values can only be, or null. */
    static @Nullable List<String> guessed(List<String> values) {
        int method = method(values);
        boolean older = method >= 4 && Ip.normal(values.get(2)) != null && isStatus(values, method + 3);
        if (older && !isStatus(values, method + 2)) {
            return older(values, method);
        }
        if (values.size() >= 12 && Ip.normal(values.get(2)) != null && Ip.normal(values.get(4)) != null) {
            return FTP;
        }
        if (older) {
            return older(values, method);
        }
        if (method < 0 || values.size() < method + 6) {
            return null;
        }
        List<String> names = new ArrayList<>(values.size());
        names.add("date");
        names.add("time");
        for (int i = 2; i < method; i++) {
            String value = values.get(i);
            names.add(Ip.normal(value) != null ? "s-ip" : value.contains("SVC") ? "s-sitename" : "s-computername");
        }
        names.addAll(List.of("cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"));
        int status = status(values, names.size());
        if (status < 0) {
            return null;
        }
        if (values.get(names.size()).startsWith("HTTP/")) {
            names.add("cs-version");
        }
        List<String> headers =
                switch (status - names.size()) {
                    case 0 -> List.of();
                    case 1 -> List.of("cs(User-Agent)");
                    case 2 -> List.of("cs(User-Agent)", "cs(Referer)");
                    case 3 ->
                        values.get(status - 1).contains("/")
                                ? List.of("cs(User-Agent)", "cs(Cookie)", "cs(Referer)")
                                : List.of("cs(User-Agent)", "cs(Referer)", "cs-host");
                    case 4 -> List.of("cs(User-Agent)", "cs(Cookie)", "cs(Referer)", "cs-host");
                    default -> null;
                };
        if (headers == null) {
            return null;
        }
        names.addAll(headers);
        names.addAll(List.of("sc-status", "sc-substatus", "sc-win32-status"));
        int rest = values.size() - names.size();
        if (rest >= 3) {
            names.addAll(List.of("sc-bytes", "cs-bytes"));
        }
        if (rest >= 1) {
            names.add("time-taken");
        }
        if (names.size() < values.size()) {
            String last = values.get(names.size());
            names.add(last.indexOf('.') > 0 || last.indexOf(':') > 0 ? "X-Forwarded-For" : "");
        }
        return names;
    }

    /** Two or more places behind the date: capital letters, with an address of a page behind it. */
    private static int method(List<String> values) {
        for (int i = 2; i < Math.min(9, values.size() - 3); i++) {
            String value = values.get(i);
            String stem = values.get(i + 1);
            if (isMethod(value)
                    && (stem.startsWith("/") || stem.equals("*") || stem.equals("-"))
                    && (isNumber(values.get(i + 3), 1, 5) || values.get(i + 3).equals("-"))) {
                return i;
            }
        }
        return -1;
    }

    /** Three numbers one after the other, the first of three digits. */
    private static int status(List<String> values, int from) {
        for (int i = from; i < Math.min(from + 6, values.size() - 2); i++) {
            if (isNumber(values.get(i), 3, 3)
                    && isNumber(values.get(i + 1), 1, 18)
                    && isNumber(values.get(i + 2), 1, 18)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isMethod(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!(c >= 'A' && c <= 'Z' || c == '_')) {
                return value.equals("-");
            }
        }
        return !value.isEmpty() && value.length() <= 32;
    }

    private static boolean isNumber(String value, int min, int max) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return value.length() >= min && value.length() <= max;
    }

    private static List<String> words(String line) {
        if (line.indexOf('\t') >= 0) {
            return words(line.replace('\t', ' '));
        }
        List<String> words = new ArrayList<>(24);
        for (int p = 0; p < line.length(); ) {
            int end = line.indexOf(' ', p);
            end = end < 0 ? line.length() : end;
            if (end > p) {
                words.add(line.substring(p, end));
            }
            p = end + 1;
        }
        return words;
    }
}
