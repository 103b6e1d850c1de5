package io.bongsu.ingest.parse;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself in {@code user_agent.original}: {@code user_agent.name} and {@code .version}, the system
 * and the kind of device, under the names that ua-parser made usual. A program that is not known has the name before its
 * first slash; one that says nothing of the kind is {@code Other}. Never a judgement: who lies is believed.
 */
final class UserAgent {
    private static final int MAX = 2_048;
    private static final String OTHER = "Other";

    /** A browser by the product that it names, the most specific first: others name those behind them as well. */
    private record Product(String mark, String name) {}

    private static final List<Product> PRODUCTS = List.of(
            new Product("EdgA/", "Edge Mobile"),
            new Product("EdgiOS/", "Edge Mobile"),
            new Product("Edg/", "Edge"),
            new Product("Edge/", "Edge"),
            new Product("OPR/", "Opera"),
            new Product("Vivaldi/", "Vivaldi"),
            new Product("SamsungBrowser/", "Samsung Internet"),
            new Product("Silk/", "Amazon Silk"),
            new Product("YaBrowser/", "Yandex Browser"),
            new Product("Whale/", "Whale"),
            new Product("UCBrowser/", "UC Browser"),
            new Product("MiuiBrowser/", "MiuiBrowser"),
            new Product("Electron/", "Electron"),
            new Product("HeadlessChrome/", "HeadlessChrome"),
            new Product("CriOS/", "Chrome Mobile iOS"),
            new Product("FxiOS/", "Firefox iOS"),
            new Product("Chromium/", "Chromium"),
            new Product("Chrome/", "Chrome"),
            new Product("Firefox/", "Firefox"),
            new Product("Version/", "Safari"),
            new Product("MSIE ", "IE"),
            new Product("Trident/", "IE"));

    /** Clients that are no browsers, where their usual name is not the one that they give. */
    private static final Map<String, String> TOOLS = Map.of(
            "python-requests", "Python Requests",
            "python", "Python",
            "go-http-client", "Go-http-client",
            "facebookexternalhit", "FacebookBot",
            "python-urllib", "Python-urllib",
            "windowspowershell", "PowerShell",
            "powershell", "PowerShell");

    private static final List<String> ROBOTS =
            List.of("bot", "crawler", "spider", "slurp", "yeti", "daum", "facebookexternalhit");

    private static final Map<String, String> WINDOWS = Map.of(
            "10.0", "10", "6.3", "8.1", "6.2", "8", "6.1", "7", "6.0", "Vista", "5.2", "XP", "5.1", "XP", "5.0",
            "2000");

    private static final int CACHED = 1_024;
    /** By hash: a few agents make up nearly all requests. What is found is a function of the text alone. */
    private static final Known[] CACHE = new Known[CACHED];

    private record Known(String text, Map<String, Object> fields) {}

    private UserAgent() {}

    /** Adds the parts of {@code user_agent.original} unless the log names them. */
    static void put(Map<String, Object> fields) {
        if (!(fields.get("user_agent.original") instanceof String text) || fields.containsKey("user_agent.name")) {
            return;
        }
        int slot = text.hashCode() & CACHED - 1;
        Known known = CACHE[slot];
        if (known == null || !known.text.equals(text)) {
            known = new Known(text, parts(text));
            if (text.length() <= MAX) {
                CACHE[slot] = known;
            }
        }
        for (Map.Entry<String, Object> part : known.fields.entrySet()) {
            fields.putIfAbsent(part.getKey(), part.getValue());
        }
    }

    static Map<String, Object> parts(String whole) {
        String s = whole.length() > MAX ? whole.substring(0, MAX) : whole;
        Map<String, Object> found = new LinkedHashMap<>();
        boolean robot = program(s, found);
        system(s, found);
        found.put("user_agent.device.name", robot ? "Spider" : device(s));
        return found;
    }

    private static boolean program(String s, Map<String, Object> found) {
        String robot = robot(s);
        if (robot != null) {
            int slash = robot.indexOf('/');
            String name = slash < 0 ? robot : robot.substring(0, slash);
            name(
                    found,
                    TOOLS.getOrDefault(name.toLowerCase(Locale.ROOT), name),
                    slash < 0 ? "" : version(robot, slash + 1, 4));
            return true;
        }
        boolean mozilla = s.startsWith("Mozilla/") || s.startsWith("Opera/");
        for (int i = 0; mozilla && i < PRODUCTS.size(); i++) {
            Product product = PRODUCTS.get(i);
            int at = s.indexOf(product.mark);
            if (at >= 0 && (at == 0 || !Character.isLetter(s.charAt(at - 1)))) {
                browser(s, product, at + product.mark.length(), found);
                return false;
            }
        }
        int slash = s.indexOf('/');
        int blank = s.indexOf(' ');
        if (slash > 0 && (blank < 0 || slash < blank) && !s.startsWith("Mozilla/")) {
            String name = s.substring(0, slash);
            String version = version(s, slash + 1, 4);
            if (!version.isEmpty()) {
                name(found, TOOLS.getOrDefault(name.toLowerCase(Locale.ROOT), name), version);
                return false;
            }
        }
        int powershell = s.indexOf(" WindowsPowerShell/");
        name(found, powershell < 0 ? OTHER : "PowerShell", powershell < 0 ? "" : version(s, powershell + 19, 4));
        return false;
    }

    private static void browser(String s, Product product, int at, Map<String, Object> found) {
        String name = product.name;
        String version = version(s, at, 4);
        boolean mobile = s.contains("Mobile");
        switch (name) {
            case "Chrome" -> {
                if (s.contains("Android")) {
                    name = s.contains("; wv)") ? "Chrome Mobile WebView" : mobile ? "Chrome Mobile" : name;
                }
            }
            case "Firefox" -> {
                int end = at;
                while (end < s.length() && s.charAt(end) != ' ') {
                    end++;
                }
                String written = s.substring(at, end);
                int letter = written.indexOf('a') >= 0 ? written.indexOf('a') : written.indexOf('b');
                if (letter > 0) {
                    name = written.charAt(letter) == 'a' ? "Firefox Alpha" : "Firefox Beta";
                    version = written.substring(0, letter) + "." + written.substring(letter);
                } else if (mobile || s.contains("Tablet;")) {
                    name = "Firefox Mobile";
                }
            }
            case "Safari" -> {
                if (!s.contains("Safari/")) {
                    name = OTHER;
                } else if (mobile) {
                    name = "Mobile Safari";
                }
            }
            case "IE" -> {
                int revision = s.indexOf("rv:");
                if (product.mark.equals("Trident/")) {
                    version = revision < 0 ? "" : version(s, revision + 3, 4);
                } else { // it may pretend to be an older one
                    version = switch (trident(s)) {
                        case "5" -> "9.0";
                        case "6" -> "10.0";
                        case "7" -> "11.0";
                        default -> version;
                    };
                }
            }
            default -> {}
        }
        name(found, name, name.equals(OTHER) ? "" : version);
    }

    private static String trident(String s) {
        int at = s.indexOf("Trident/");
        return at < 0 || at + 9 > s.length() ? "" : s.substring(at + 8, at + 9);
    }

    /** The word with a robot's mark in it, with its version, without what stands around it. */
    private static @Nullable String robot(String s) {
        String low = s.toLowerCase(Locale.ROOT);
        for (String mark : ROBOTS) {
            for (int at = low.indexOf(mark); at >= 0; at = low.indexOf(mark, at + 1)) {
                int from = at;
                while (from > 0 && isName(low.charAt(from - 1))) {
                    from--;
                }
                int to = at + mark.length();
                while (to < low.length() && isName(low.charAt(to))) {
                    to++;
                }
                boolean address = from > 0 && "/.@".indexOf(low.charAt(from - 1)) >= 0 || low.startsWith("://", to);
                if (address) {
                    continue;
                }
                if (low.startsWith("/", to) && to + 1 < low.length()) {
                    to += 1 + version(low, to + 1, 4).length();
                } else if (low.startsWith(" ", to) && to + 1 < low.length() && isDigit(low.charAt(to + 1))) {
                    String version = version(low, to + 1, 4);
                    return s.substring(from, to) + "/" + version;
                }
                String word = s.substring(from, to);
                return word.endsWith("/") ? word.substring(0, word.length() - 1) : word;
            }
        }
        return null;
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z' || isDigit(c) || c == '-' || c == '_';
    }

    private static void name(Map<String, Object> found, String name, String version) {
        found.put("user_agent.name", name);
        if (!version.isEmpty()) {
            found.put("user_agent.version", version);
        }
    }

    /** Up to so many numbers with {@code separators} between them, as a dotted text. */
    private static String version(String s, int from, int most) {
        int p = from;
        int end = from;
        for (int numbers = 0; numbers < most; numbers++) {
            while (p < s.length() && isDigit(s.charAt(p))) {
                p++;
            }
            if (p == end || p - from > 40) {
                break;
            }
            end = p;
            if (p + 1 >= s.length() || s.charAt(p) != '.' && s.charAt(p) != '_' || !isDigit(s.charAt(p + 1))) {
                break;
            }
            p++;
            end = p;
        }
        while (end > from && !isDigit(s.charAt(end - 1))) {
            end--;
        }
        return s.substring(from, end).replace('_', '.');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static void system(String s, Map<String, Object> found) {
        int at = s.indexOf("Windows NT ");
        if (at >= 0) {
            String kernel = version(s, at + 11, 2);
            system(found, "Windows", WINDOWS.getOrDefault(kernel, kernel));
        } else if ((at = s.indexOf("Windows Phone ")) >= 0) {
            system(found, "Windows Phone", version(s, at + 14, 3));
        } else if ((at = s.indexOf("iPhone OS ")) >= 0) {
            system(found, "iOS", version(s, at + 10, 3));
        } else if ((at = s.indexOf("CPU OS ")) >= 0) {
            system(found, "iOS", version(s, at + 7, 3));
        } else if ((at = s.indexOf("Mac OS X ")) >= 0) {
            system(found, "Mac OS X", version(s, at + 9, 3));
        } else if ((at = s.indexOf("Android ")) >= 0) {
            system(found, "Android", version(s, at + 8, 3));
        } else if (s.contains("CrOS ")) {
            system(found, "Chrome OS", "");
        } else if (s.contains("Ubuntu")) {
            system(found, "Ubuntu", "");
        } else if (s.contains("Linux") || s.contains("linux")) {
            system(found, "Linux", "");
        } else if (s.contains("Windows")) {
            system(found, "Windows", "");
        }
    }

    private static void system(Map<String, Object> found, String name, String version) {
        found.put("user_agent.os.name", name);
        if (!version.isEmpty()) {
            found.put("user_agent.os.version", version);
            found.put("user_agent.os.full", name + " " + version);
        }
    }

    private static String device(String s) {
        if (s.contains("Macintosh")) {
            return "Mac";
        }
        if (s.contains("iPhone")) {
            return "iPhone";
        }
        if (s.contains("iPad")) {
            return "iPad";
        }
        if (!s.contains("Android ")) {
            return OTHER;
        }
        int model = s.indexOf(';', s.indexOf("Android "));
        int close = model < 0 ? -1 : s.indexOf(')', model);
        int build = close < 0 ? -1 : s.indexOf(" Build/", model);
        int end = build > 0 && build < close ? build : close;
        String name = end < 0 ? "" : s.substring(model + 1, end).strip();
        int more = name.indexOf(';');
        name = more < 0 ? name : name.substring(0, more);
        return name.isEmpty() || name.length() > 64 ? "Generic Smartphone" : name;
    }
}
