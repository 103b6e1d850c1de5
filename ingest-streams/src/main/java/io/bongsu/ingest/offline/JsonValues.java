package io.bongsu.ingest.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of JSON that are not one object per line: written over several lines, one behind the other, in an array, with
 * the {@code Record 1} lines of evtx_dump between them, or in the array of an object around them, as clouds hand them
 * out. Each object becomes one line; what is no JSON stays the lines it is.
 */
final class JsonValues {
    /** The largest object; what is longer is read as lines, so a lone brace in a log file cannot swallow the rest. */
    private static final int MAX_OBJECT = 16 << 20;

    /** How far behind the first brace of an answer of an interface, or of a file of CloudTrail, its array begins. */
    private static final int MAX_HEAD = 4_096;

    /** What such a file has before the array of its events: texts, numbers, small objects without any of these. */
    private static final Pattern HEAD =
            Pattern.compile("\\s*((?:\"[^\"]*\"\\s*:\\s*(?:\"[^\"]*\"|[-+.\\w]+|\\{[^{}\\[\\]]*})\\s*,\\s*){0,9})"
                    + "\"([Rr]ecords|value|items)\"\\s*:\\s*\\[(?=\\s*\\{)");

    private static final Pattern RECORD = Pattern.compile("Record [0-9]{1,19}\\s*");

    private JsonValues() {}

    /** Whether the stream begins like that; it is left where it was. One object per line is not meant. */
    static boolean begins(BufferedInputStream in, JsonFactory json) throws IOException {
        in.mark(MAX_OBJECT + 4_096);
        try {
            int b = blanks(in, in.read());
            boolean record = b == 'R';
            if (record) {
                byte[] line = line(in, b);
                if (!RECORD.matcher(new String(line, StandardCharsets.ISO_8859_1))
                        .matches()) {
                    return false;
                }
                b = blanks(in, in.read());
            }
            boolean array = b == '[';
            if (array) {
                b = blanks(in, in.read());
            }
            if (b != '{') {
                return false;
            }
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            boolean whole = object(in, object);
            byte[] bytes = object.toByteArray();
            if (head(Arrays.copyOfRange(bytes, 1, bytes.length)) > 0) {
                return true;
            }
            if (!whole || !isJson(bytes, json)) {
                return false;
            }
            if (record || array || object.toString(StandardCharsets.ISO_8859_1).indexOf('\n') >= 0) {
                return true;
            }
            int next = in.read();
            while (next == ' ' || next == '\t' || next == '\r') {
                next = in.read();
            }
            return next == '{' || next == ',';
        } finally {
            in.reset();
        }
    }

    static void read(BufferedInputStream in, Consumer<byte[]> lines) throws IOException {
        boolean around = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (around && b == ']') {
                object(in, new ByteArrayOutputStream()); // what stands behind the array says nothing of an event
                around = false;
                continue;
            }
            if (blank(b) || b == ',' || b == '[' || b == ']') {
                continue;
            }
            if (b != '{') {
                byte[] line = line(in, b);
                if (!RECORD.matcher(new String(line, StandardCharsets.ISO_8859_1))
                        .matches()) {
                    lines.accept(line);
                }
                continue;
            }
            if (!around) {
                in.mark(MAX_HEAD);
                int head = head(in.readNBytes(MAX_HEAD));
                in.reset();
                if (head > 0) {
                    in.skipNBytes(head);
                    around = true;
                    continue;
                }
            }
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            if (object(in, object)) {
                lines.accept(compact(object.toByteArray()));
            } else {
                for (String line : object.toString(StandardCharsets.ISO_8859_1).split("\r?\n")) {
                    lines.accept(line.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /** How long the head of an object around events is, from behind its brace to behind the bracket; 0 when it is none. */
    private static int head(byte[] object) {
        Matcher head =
                HEAD.matcher(new String(object, 0, Math.min(object.length, MAX_HEAD), StandardCharsets.ISO_8859_1));
        return head.lookingAt()
                        && (!head.group(2).equals("value") || head.group(1).contains("\"@odata."))
                        && (!head.group(2).equals("items") || head.group(1).contains("\"kind\""))
                ? head.end()
                : 0;
    }

    private static boolean blank(int b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private static int blanks(BufferedInputStream in, int first) throws IOException {
        int b = first;
        for (int i = 0; blank(b) && i < 4_000; i++) {
            b = in.read();
        }
        return b;
    }

    private static byte[] line(BufferedInputStream in, int first) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = first; b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return Arrays.copyOf(bytes, length);
    }

    /** From behind the first brace to the one that closes it; false when it does not close, or not soon enough. */
    private static boolean object(BufferedInputStream in, ByteArrayOutputStream object) throws IOException {
        object.write('{');
        int depth = 1;
        boolean string = false;
        boolean escaped = false;
        while (object.size() < MAX_OBJECT) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            object.write(b);
            if (string) {
                string = escaped || b != '"';
                escaped = !escaped && b == '\\';
            } else if (b == '"') {
                string = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if ((b == '}' || b == ']') && --depth == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isJson(byte[] object, JsonFactory json) {
        try (JsonParser parser = json.createParser(object)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /** Without the blanks between its parts: an event is one line. */
    private static byte[] compact(byte[] object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(object.length);
        boolean string = false;
        boolean escaped = false;
        for (byte b : object) {
            if (string || !blank(b)) {
                out.write(b);
            }
            if (string) {
                string = escaped || b != '"';
                escaped = !escaped && b == '\\';
            } else {
                string = b == '"';
            }
        }
        return out.toByteArray();
    }
}
