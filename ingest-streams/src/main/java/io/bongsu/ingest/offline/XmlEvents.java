package io.bongsu.ingest.offline;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Files of Windows events as XML: one behind the other or within {@code <Events>}, on one line or on many, as a value
 * may itself have line ends. Each event is a line; what stands between them stays the lines it is.
 */
final class XmlEvents {
    /** The largest event; what is longer is read as lines. */
    private static final int MAX_EVENT = 16 << 20;

    private static final int HEAD = 4_096;

    private static final Pattern BEGINNING =
            Pattern.compile("\\s*(<\\?xml[^>]*>\\s*)?(<!--[^>]*-->\\s*)?(<Events[^>]*>\\s*)?<Event[ >][\\s\\S]*");

    private static final Pattern FRAME = Pattern.compile("\\s*(<\\?xml[^>]*>|<!--[^>]*-->|</?Events[^>]*>)?\\s*");

    private static final byte[] END = "</Event>".getBytes(StandardCharsets.ISO_8859_1);

    private XmlEvents() {}

    /** Whether the stream begins like that; it is left where it was. */
    static boolean begins(BufferedInputStream in) throws IOException {
        in.mark(HEAD + 1);
        String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
        in.reset();
        return BEGINNING.matcher(head).matches();
    }

    static void read(BufferedInputStream in, Consumer<byte[]> lines) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean event = false;
        int matched = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (!event && b == '<') {
                in.mark(7);
                String next = new String(in.readNBytes(6), StandardCharsets.ISO_8859_1);
                in.reset();
                event = next.equals("Event ") || next.equals("Event>");
                if (event) {
                    between(text, lines);
                }
            }
            text.write(b);
            matched = matched == END.length ? 0 : matched;
            matched = b == END[matched] ? matched + 1 : b == END[0] ? 1 : 0;
            if (event && matched == END.length) {
                matched = 0;
                lines.accept(text.toByteArray());
                text.reset();
                event = false;
            } else if (text.size() > MAX_EVENT) {
                between(text, lines);
                event = false;
            }
        }
        between(text, lines);
    }

    /** Lines of what is no event. */
    private static void between(ByteArrayOutputStream text, Consumer<byte[]> lines) {
        for (String line : text.toString(StandardCharsets.ISO_8859_1).split("\r?\n")) {
            if (!FRAME.matcher(line).matches()) {
                lines.accept(line.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        text.reset();
    }
}
