package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line as it came off the wire, and what its listener knows about it. The bytes are not copied.
 *
 * @param received in microseconds, or {@link Micros#UNKNOWN}
 * @param input how it was framed: "syslog", "json", "text", "cri" for a container's, or "auto" for a file; a hint, never a reason to refuse
 * @param tag names the kind of source ("sshd"), so that nothing is guessed; null when nothing is declared
 * @param charset hint for text that is not, or only by accident, UTF-8
 * @param zone for stamps without one; null is UTC
 * @param address of the peer, as the socket tells it
 * @param cut bytes that were cut off because the line was too long
 * @param fields what the shipper knows besides, such as log.file.path; put on the event, in this order. Not copied
 */
public record Line(
        byte[] data,
        long received,
        String input,
        @Nullable String tag,
        @Nullable String charset,
        @Nullable ZoneId zone,
        @Nullable String address,
        int cut,
        Map<String, String> fields) {
    private static final String UNWRAPPED = "unwrapped";

    /** Of a shipper that knows nothing besides. */
    public Line(
            byte[] data,
            long received,
            String input,
            @Nullable String tag,
            @Nullable String charset,
            @Nullable ZoneId zone,
            @Nullable String address,
            int cut) {
        this(data, received, input, tag, charset, zone, address, cut, Map.of());
    }

    /** A line of a file: nothing is known but its bytes. */
    public static Line of(byte[] data) {
        return new Line(data, Micros.UNKNOWN, "auto", null, null, null, null, 0);
    }

    public Line withTag(@Nullable String other) {
        return new Line(data, received, input, other, charset, zone, address, cut, fields);
    }

    /** The line that another shipper has wrapped into its own event, which was this one. */
    Line unwrapped(String text, @Nullable ZoneId inner) {
        return new Line(
                text.getBytes(StandardCharsets.UTF_8), received, UNWRAPPED, tag, null, inner, address, cut, fields);
    }

    boolean isUnwrapped() {
        return input.equals(UNWRAPPED);
    }
}
