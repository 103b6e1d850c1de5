package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * What a container runtime writes before each line of a container (Kubernetes' CRI log format): time, stream and F. The
 * shipper has put the parts of a line together; what the container wrote stands behind.
 */
final class Cri {
    private Cri() {}

    /** Where the container's own text begins; 0: the line is not of this form. */
    static int textAt(String line) {
        int stream = line.indexOf(' ') + 1;
        if (stream == 0 || !line.startsWith("std", stream)) {
            return 0;
        }
        int tag = line.indexOf(' ', stream) + 1;
        if (tag == 0 || tag >= line.length()) {
            return 0;
        }
        int text = line.indexOf(' ', tag);
        return text < 0 ? line.length() : text + 1;
    }

    /** When the container wrote the line, in microseconds, or unknown. */
    static long time(byte[] line) {
        int end = 0;
        while (end < line.length && end < 64 && line[end] != ' ') {
            end++;
        }
        try {
            Instant at = Instant.from(
                    DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(new String(line, 0, end, StandardCharsets.US_ASCII)));
            return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
        } catch (DateTimeException e) {
            return Micros.UNKNOWN;
        }
    }
}
