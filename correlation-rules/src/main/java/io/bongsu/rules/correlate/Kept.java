package io.bongsu.rules.correlate;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A hit as a group keeps it. An event that matched several of the rules is one hit of all of them. An event id of 38 characters that ends in a sequence of 12 hexadecimal digits is held as
 * prefix (shared by all lines of a source) and number, any other one whole, with a sequence of -1; both compare as the
 * ids do.
 *
 * @param member the rule that matched; several, in order, with {@link #AND} between them
 * @param step of evidence: which step of a sequence it served, from 1, or 0
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
        Map<String, String> values,
        int step)
        implements Comparable<Kept> {
    private static final int LENGTH = 38;
    private static final int PREFIX = 26;
    static final long WHOLE = -1;
    /** Between the rules of a hit; no id has it. */
    private static final char AND = '\0';

    private static final String SPLIT = String.valueOf(AND);

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
                hit.values(),
                0);
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

    List<String> members() {
        return member.indexOf(AND) < 0 ? List.of(member) : List.of(member.split(SPLIT, -1));
    }

    CorrelationHit hit() {
        return new CorrelationHit(
                members().get(0), event(), time, received, partition, offset, line, count, values, false, step);
    }

    boolean degraded() {
        return !values.isEmpty() && values.containsKey(CorrelationHit.DEGRADED);
    }

    Kept serving(int step) {
        return step == this.step
                ? this
                : new Kept(time, prefix, sequence, count, member, received, partition, offset, line, values, step);
    }

    /** Without one of its rules; null when that was the only one. */
    @Nullable
    Kept without(String rule) {
        List<String> rest = members().stream().filter(m -> !m.equals(rule)).toList();
        return rest.isEmpty() ? null : with(String.join(SPLIT, rest), values, this);
    }

    private Kept with(String rules, Map<String, String> merged, Kept at) {
        return new Kept(
                time, prefix, sequence, count, rules, at.received, at.partition, at.offset, at.line, merged, step);
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

    /** Two copies of one hit as one: a hit of the rules of both, where it lies first; whichever came first. */
    Kept merged(Kept copy) {
        int c = Integer.compare(partition, copy.partition);
        c = c != 0 ? c : Long.compare(offset, copy.offset);
        c = c != 0 ? c : Integer.compare(line, copy.line);
        c = c != 0 ? c : Long.compare(received, copy.received);
        Kept first = c <= 0 ? this : copy;
        if (sameMeaning(copy)) {
            return first;
        }
        TreeSet<String> rules = new TreeSet<>(members());
        rules.addAll(copy.members());
        Map<String, String> both = new HashMap<>(values);
        copy.values.forEach((name, packed) -> both.merge(name, packed, Kept::union));
        return with(String.join(SPLIT, rules), Map.copyOf(both), first);
    }

    boolean sameMeaning(Kept other) {
        return member.equals(other.member) && values.equals(other.values);
    }

    private static String union(String a, String b) {
        if (a.equals(b)) {
            return a;
        }
        TreeSet<String> all = new TreeSet<>(Values.unpack(a));
        all.addAll(Values.unpack(b));
        return Values.pack(all);
    }
}
