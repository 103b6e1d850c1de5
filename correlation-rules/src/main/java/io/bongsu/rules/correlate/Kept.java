package io.bongsu.rules.correlate;

import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A hit as a group keeps it. An event id of 38 characters that ends in a sequence of 12 hexadecimal digits is held as
 * prefix (shared by all lines of a source) and number, any other one whole, with a sequence of -1; both compare as the
 * ids do.
 */
record Kept(
        long time,
        String prefix,
        long sequence,
        int count,
        String member,
        long received,
        int partition,
        long offset,
        int line,
        Map<String, String> values)
        implements Comparable<Kept> {
    private static final int LENGTH = 38;
    private static final int PREFIX = 26;
    static final long WHOLE = -1;

    /** @param before the hit before it, whose prefix it may share */
    static Kept of(CorrelationHit hit, @Nullable Kept before) {
        String event = hit.event();
        long sequence = sequence(event);
        String prefix = sequence == WHOLE
                ? event
                : before != null && before.sequence != WHOLE && event.startsWith(before.prefix)
                        ? before.prefix
                        : event.substring(0, PREFIX);
        return new Kept(
                hit.time(),
                prefix,
                sequence,
                hit.count(),
                hit.member(),
                hit.received(),
                hit.partition(),
                hit.offset(),
                hit.line(),
                hit.values());
    }

    private static long sequence(String event) {
        if (event.length() != LENGTH || event.charAt(PREFIX - 1) != '-') {
            return WHOLE;
        }
        long sequence = 0;
        for (int i = PREFIX; i < LENGTH; i++) {
            char c = event.charAt(i);
            if (c >= '0' && c <= '9') {
                sequence = sequence << 4 | (c - '0');
            } else if (c >= 'a' && c <= 'f') {
                sequence = sequence << 4 | (c - 'a' + 10);
            } else {
                return WHOLE;
            }
        }
        return sequence;
    }

    String event() {
        return sequence == WHOLE ? prefix : prefix + HexFormat.of().toHexDigits(sequence, LENGTH - PREFIX);
    }

    CorrelationHit hit() {
        return new CorrelationHit(member, event(), time, received, partition, offset, line, count, values, false);
    }

    /** By time and event id: zero means the same hit, whatever the rest says. */
    @Override
    public int compareTo(Kept other) {
        if (time != other.time) {
            return Long.compare(time, other.time);
        }
        if ((sequence == WHOLE) != (other.sequence == WHOLE)) {
            return event().compareTo(other.event());
        }
        int byPrefix = prefix.compareTo(other.prefix);
        return byPrefix != 0 ? byPrefix : Long.compare(sequence, other.sequence);
    }

    /** Which of two copies of one hit to keep: a choice that does not depend on which came first. */
    Kept canonical(Kept copy) {
        int c = member.compareTo(copy.member);
        c = c != 0 ? c : Integer.compare(partition, copy.partition);
        c = c != 0 ? c : Long.compare(offset, copy.offset);
        c = c != 0 ? c : Integer.compare(line, copy.line);
        c = c != 0 ? c : Long.compare(received, copy.received);
        return c <= 0 ? this : copy;
    }
}
