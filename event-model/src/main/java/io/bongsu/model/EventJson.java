package io.bongsu.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The document of an event: the same bytes as {@link Documents#nested} makes of its names and values, at a third of the cost.
 * Events have the same names again and again, so their order and what stands between their values is worked out once for
 * each list of names.
 */
final class EventJson {
    /** Lists of names that are kept; beyond that, all are forgotten. */
    private static final int MOST = 4_096;

    private static final Map<Names, Shape> SHAPES = new ConcurrentHashMap<>();
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] HEX = ascii("0123456789ABCDEF");

    private EventJson() {}

    private static final class Names {
        private final String[] names;
        private final int hash;

        Names(String[] names) {
            this.names = names;
            this.hash = Arrays.hashCode(names);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Names that && hash == that.hash && Arrays.equals(names, that.names);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * @param order which value comes next
     * @param before what stands before it
     */
    record Shape(int[] order, byte[][] before, byte[] end) {}

    /**
     * @param names of which the last one counts, where one is there twice
     * @param expected about how many bytes
     */
    static byte[] write(String[] names, Object[] values, int expected) {
        Names key = new Names(names);
        Shape shape = SHAPES.get(key);
        if (shape == null) {
            if (SHAPES.size() >= MOST) {
                SHAPES.clear();
            }
            shape = Documents.shape(names);
            SHAPES.put(key, shape);
        }
        Growing out = new Growing(expected);
        for (int i = 0; i < shape.order.length; i++) {
            out.raw(shape.before[i]);
            value(out, values[shape.order[i]]);
        }
        out.raw(shape.end);
        return out.toBytes();
    }

    private static void value(Growing out, Object value) {
        switch (value) {
            case String s -> text(out, s);
            case Integer i -> out.raw(ascii(Integer.toString(i)));
            case Long l -> out.raw(ascii(Long.toString(l)));
            case Boolean b -> out.raw(b ? TRUE : FALSE);
            case Double d when Double.isFinite(d) -> out.raw(ascii(Double.toString(d)));
            case Double d -> text(out, Double.toString(d));
            case List<?> list -> {
                byte between = '[';
                for (Object item : list) {
                    put(out, between);
                    value(out, item);
                    between = ',';
                }
                if (list.isEmpty()) {
                    put(out, between);
                }
                put(out, (byte) ']');
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static void text(Growing out, String text) {
        int length = text.length();
        out.room(length + 2);
        byte[] bytes = out.bytes;
        int at = out.size;
        bytes[at++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                out.size = at;
                escaped(out, text, i);
                return;
            }
            bytes[at++] = (byte) c;
        }
        bytes[at++] = '"';
        out.size = at;
    }

    /** From there on, as Jackson does it: UTF-8, but escapes for what lies beyond the basic plane. */
    private static void escaped(Growing out, String text, int from) {
        out.room(Math.addExact(Math.multiplyExact(text.length() - from, 6), 1));
        byte[] bytes = out.bytes;
        int at = out.size;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                int name = c < ' ' ? "\b\t\n\f\r".indexOf(c) : -1;
                if (c == '"' || c == '\\') {
                    bytes[at++] = '\\';
                    bytes[at++] = (byte) c;
                } else if (c >= ' ') {
                    bytes[at++] = (byte) c;
                } else if (name >= 0) {
                    bytes[at++] = '\\';
                    bytes[at++] = (byte) "btnfr".charAt(name);
                } else {
                    at = escape(bytes, at, c);
                }
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xC0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isSurrogate(c)) {
                at = escape(bytes, at, c);
            } else {
                bytes[at++] = (byte) (0xE0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                bytes[at++] = (byte) (0x80 | c & 0x3F);
            }
        }
        bytes[at++] = '"';
        out.size = at;
    }

    private static int escape(byte[] bytes, int from, char c) {
        int at = from;
        bytes[at++] = '\\';
        bytes[at++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[at++] = HEX[c >> shift & 0xF];
        }
        return at;
    }

    private static void put(Growing out, byte b) {
        out.room(1);
        out.bytes[out.size++] = b;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
