package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The XML that logs hold: elements, attributes, CDATA, the five entities and character references. There are no
 * declarations, external entities or namespaces, so nothing in a line can make it read anything else; what lies deeper
 * than {@link #MAX_DEPTH} or comes after {@link #MAX_NODES} is refused.
 */
final class Xml {
    static final int MAX_DEPTH = 16;
    static final int MAX_NODES = 2_000;

    private static final int MAX_ENTITY = 10;

    /** An element; its text is that between its tags, without that of children. */
    record Element(String name, Map<String, String> attributes, List<Element> children, String text) {
        @Nullable
        Element child(String wanted) {
            for (Element child : children) {
                if (child.name.equals(wanted)) {
                    return child;
                }
            }
            return null;
        }

        String text(String wanted) {
            Element child = child(wanted);
            return child == null ? "" : child.text;
        }
    }

    private final String s;
    private int p;
    private int nodes;

    private Xml(String s) {
        this.s = s;
    }

    /** The first element of the text, whatever stands behind it; null when it is broken. */
    static @Nullable Element read(String text) {
        Xml xml = new Xml(text);
        xml.p = Math.max(text.indexOf('<'), 0);
        xml.prolog();
        return xml.element(1);
    }

    /** {@code <a><b c="1">x</b></a>} becomes {@code a.b → x, a.b.c → 1}; several of one name become a list.
     * {@code <a><Data Name="b">x</Data></a>}, as in events of Windows and Sysmon, becomes {@code a.b → x}. */
    static @Nullable Map<String, Object> flat(String text) {
        Element root = read(text);
        if (root == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        flat(root, root.name, values);
        return values;
    }

    private static void flat(Element element, String path, Map<String, Object> values) {
        String named = element.attributes.get("Name");
        if (named != null && element.name.equals("Data") && element.children.isEmpty()) {
            values.merge(path.substring(0, path.lastIndexOf('.') + 1) + named, element.text, Header::both);
            return;
        }
        element.attributes.forEach((name, value) -> {
            if (!name.startsWith("xmlns") && !value.isEmpty()) {
                values.merge(path + "." + name, value, Header::both);
            }
        });
        if (!element.text.isEmpty()) {
            values.merge(path, element.text, Header::both);
        }
        for (Element child : element.children) {
            flat(child, path + "." + child.name, values);
        }
    }

    private void prolog() {
        blanks();
        while (s.startsWith("<?", p) || s.startsWith("<!--", p)) {
            String close = s.charAt(p + 1) == '?' ? "?>" : "-->";
            int end = s.indexOf(close, p);
            p = end < 0 ? s.length() : end + close.length();
            blanks();
        }
    }

    private @Nullable Element element(int depth) {
        if (at(p) != '<' || depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            return null;
        }
        p++;
        String name = name();
        if (name.isEmpty()) {
            return null;
        }
        Map<String, String> attributes = new LinkedHashMap<>(4);
        blanks();
        while (at(p) != '>' && at(p) != '/') {
            String attribute = name();
            blanks();
            if (attribute.isEmpty() || at(p) != '=') {
                return null;
            }
            p++;
            blanks();
            char quote = at(p);
            int end = quote == '"' || quote == '\'' ? s.indexOf(quote, p + 1) : -1;
            if (end < 0) {
                return null;
            }
            attributes.put(attribute, decoded(s.substring(p + 1, end)));
            p = end + 1;
            blanks();
        }
        if (at(p) == '/') {
            if (at(p + 1) != '>') {
                return null;
            }
            p += 2;
            return new Element(name, attributes, List.of(), "");
        }
        p++;
        List<Element> children = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (true) {
            int open = s.indexOf('<', p);
            if (open < 0) {
                return null;
            }
            text.append(decoded(s.substring(p, open)));
            p = open;
            if (s.startsWith("<![CDATA[", p)) {
                int end = s.indexOf("]]>", p);
                if (end < 0) {
                    return null;
                }
                text.append(s, p + 9, end);
                p = end + 3;
            } else if (s.startsWith("<!--", p) || s.startsWith("<?", p)) {
                prolog();
            } else if (at(p + 1) == '/') {
                p += 2;
                if (!name().equals(name)) {
                    return null;
                }
                blanks();
                if (at(p) != '>') {
                    return null;
                }
                p++;
                return new Element(
                        name,
                        attributes,
                        children,
                        children.isEmpty() ? text.toString() : text.toString().strip());
            } else {
                Element child = element(depth + 1);
                if (child == null) {
                    return null;
                }
                children.add(child);
            }
        }
    }

    /** Without the prefix of a namespace. */
    private String name() {
        int from = p;
        while (p < s.length() && "=/> \t\r\n<\"'".indexOf(s.charAt(p)) < 0) {
            p++;
        }
        String name = s.substring(from, p);
        return name.startsWith("xmlns") ? name : name.substring(name.indexOf(':') + 1);
    }

    private void blanks() {
        while (p < s.length() && s.charAt(p) <= ' ') {
            p++;
        }
    }

    private char at(int q) {
        return q < s.length() ? s.charAt(q) : '\0';
    }

    /** With its entities as characters. */
    static String decoded(String text) {
        int amp = text.indexOf('&');
        if (amp < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        while (amp >= 0) {
            int end = amp + 1;
            while (end < text.length() && end - amp <= MAX_ENTITY && text.charAt(end) != ';') {
                end++;
            }
            boolean closed = end < text.length() && text.charAt(end) == ';';
            String decoded = closed ? entity(text.substring(amp + 1, end)) : null;
            out.append(text, from, amp).append(decoded == null ? "&" : decoded);
            from = decoded == null ? amp + 1 : end + 1;
            amp = text.indexOf('&', from);
        }
        return out.append(text, from, text.length()).toString();
    }

    private static @Nullable String entity(String name) {
        return switch (name) {
            case "lt" -> "<";
            case "gt" -> ">";
            case "amp" -> "&";
            case "quot" -> "\"";
            case "apos" -> "'";
            default -> {
                if (!name.startsWith("#")) {
                    yield null;
                }
                boolean hex = name.startsWith("#x") || name.startsWith("#X");
                Long code = hex ? As.hex(name.substring(2)) : As.integer(name.substring(1));
                yield code == null || code <= 0 || code > Character.MAX_CODE_POINT || code >= 0xD800 && code < 0xE000
                        ? null
                        : Character.toString(code.intValue());
            }
        };
    }
}
