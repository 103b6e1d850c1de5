package io.bongsu.app.ledger;

import io.bongsu.app.ledger.Verification.Kind;
import io.bongsu.model.Chain;
import io.bongsu.model.Codec;
import io.bongsu.model.EventId;
import io.bongsu.model.Head;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Seal;
import io.bongsu.model.Seals;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes the chains over the lines of bongsu.logs and holds them against the seals of the shippers. A seal vouches for
 * all lines of its shipper that lie in front of it in a partition: what it does not know was inserted, what is lacking was
 * removed, and of what is not as it was the line's own check tells which. Records of one partition must come in order.
 *
 * <p>Not named: lines in front of the first seal that was read, of which a part may be gone with Kafka's retention, and
 * those behind the last seal of a shipper that was killed; they are {@link #unsigned}. Memory: 12 bytes a line, and half as much
 * again that is not used yet.
 */
final class Chains {
    /** Partitions are written one after the other, so one may be that far ahead of another. */
    private static final long SKEW = 60L * 1_000_000;
    /** A shipper seals what it sent within five seconds. */
    private static final long FIRST_SEAL = Duration.ofSeconds(15).toMillis() * 1_000;
    /** Seals that are remembered, since each comes once in every partition. */
    private static final int REMEMBERED = 10_000;

    private final TrustedKeys keys;
    private final String topic;
    private final int partitions;
    private final Set<Integer> whole;
    private final Map<Integer, Long> counted;
    private final long to;
    private final long now;
    private final Found found;

    private final long factor = ThreadLocalRandom.current().nextLong() | 1;
    private final Map<String, Shipper> shippers = new TreeMap<>();
    private final Map<Integer, Long> firstAt = new HashMap<>();
    private long sealed;
    private long unsigned;

    /** Where to say what was found. */
    interface Found {
        void differ(Kind kind, String what, String more);
    }

    private record Place(String topic, int partition, long offset, int line) {
        @Override
        public String toString() {
            return topic + "-" + partition + "@" + offset + (line < 0 ? "" : " line " + line);
        }
    }

    /** A line, or one of several that have its number. */
    private record Variant(
            RawLine line,
            byte[] bytes,
            int mark,
            Place place,
            long at,
            @Nullable Run after,
            boolean repeat) {
        boolean sound() {
            return Chain.checks(line, bytes);
        }
    }

    private static final class Shipper {
        final String name;
        final TreeMap<Long, Run> runs = new TreeMap<>();
        /** By partition: the run whose seal was read last. */
        final Map<Integer, Run> current = new HashMap<>();
        /** By partition: sources with lines that no seal has covered yet. */
        final Map<Integer, Set<Source>> open = new HashMap<>();
        /** Partitions that were read as far as was asked for. */
        final Set<Integer> over = new HashSet<>();

        final Map<String, Source> sources = new HashMap<>();
        final Set<String> refused = new HashSet<>();

        @Nullable
        Variant firstUnsigned;

        @Nullable
        Source firstUnsignedOf;

        boolean beats;

        Shipper(String name) {
            this.name = name;
        }

        boolean sealedBefore(int partition, Run run) {
            return runs.headMap(run.epoch).values().stream().anyMatch(r -> r.last.containsKey(partition));
        }
    }

    /** What one start of a shipper has sealed. */
    private static final class Run {
        final long epoch;
        /** By partition: number of the last seal that was read. */
        final Map<Integer, Long> last = new HashMap<>();
        /** Append time of the newest seal that is known to be everywhere. */
        long acknowledgedAt;

        long acknowledged = -1;
        boolean ended;
        /** Seals that are not known to be in all partitions yet. */
        final Deque<Claims> claims = new ArrayDeque<>();
        /** Hash of a seal by its number. */
        final Map<Long, String> seen = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
                return size() > REMEMBERED;
            }
        };

        Run(long epoch) {
            this.epoch = epoch;
        }
    }

    private record Claims(long number, long at, List<Head> heads) {}

    /** The lines of a source under one epoch. */
    private static final class Source {
        final String name;
        final long epoch;
        final String prefix;
        final int partition;
        final NavigableMap<Long, List<Variant>> open = new TreeMap<>();
        final Marks marks = new Marks();
        boolean ofFile;
        /** How far heads were held against the lines; -1: no head yet. */
        long next = -1;

        /** How far the newest seal that is everywhere says that the lines go. */
        long claimed = -1;

        @Nullable
        Run claimedBy;

        long claimedNumber = -1;
        long claimedFirst;

        Source(String shipper, String name, long epoch, int partition) {
            this.name = name;
            this.epoch = epoch;
            this.prefix = EventId.prefix(shipper, epoch, name);
            this.partition = partition;
        }
    }

    /**
     * @param topic bongsu.logs, or a copy of it
     * @param whole partitions that were read from their very first record
     * @param counted by partition: seals from that offset on say nothing about other partitions, which were looked at before
     * @param to lines that were appended from then on are left out; microseconds since 1970
     */
    Chains(
            TrustedKeys keys,
            String topic,
            int partitions,
            Set<Integer> whole,
            Map<Integer, Long> counted,
            long to,
            long now,
            Found found) {
        this.keys = keys;
        this.topic = topic;
        this.partitions = partitions;
        this.whole = Set.copyOf(whole);
        this.counted = Map.copyOf(counted);
        this.to = to;
        this.now = now;
        this.found = found;
    }

    /** Lines that a seal vouches for and that are as they were. */
    long sealed() {
        return sealed;
    }

    /** Lines that no seal says anything about. */
    long unsigned() {
        return unsigned;
    }

    /** Shipper to the key that its seals were checked with. */
    Map<String, String> keys() {
        return keys.met();
    }

    void logs(int partition, long offset, long at, RawLogs logs) {
        firstAt.putIfAbsent(partition, at);
        Shipper shipper = shipper(logs.getShipper());
        if (shipper.over.contains(partition)) {
            return;
        }
        Source source = source(shipper, logs.getSource(), logs.getEpoch());
        source.ofFile |= logs.getFrom() != null;
        Run after = shipper.current.get(partition);
        for (int i = 0; i < logs.getLines().size(); i++) {
            RawLine line = logs.getLines().get(i);
            Place place = new Place(topic, partition, offset, i);
            byte[] bytes = Chain.bytes(line);
            int mark = mark(line);
            long sequence = line.getSequence();
            boolean passed = sequence < source.next;
            if (source.partition != partition) {
                differ(Kind.INSERTED, source, sequence, place, "its lines belong in partition " + source.partition);
            } else if (passed && !source.marks.before(sequence) && !source.marks.has(sequence, mark)) {
                differ(Kind.INSERTED, source, sequence, place, "not the line that has this number");
            } else {
                keep(shipper, source, new Variant(line, bytes, mark, place, at, after, passed));
            }
        }
    }

    private void keep(Shipper shipper, Source source, Variant variant) {
        List<Variant> variants = source.open.computeIfAbsent(variant.line().getSequence(), s -> new ArrayList<>(1));
        for (Variant other : variants) {
            if (Arrays.equals(other.bytes(), variant.bytes())) {
                return;
            }
        }
        variants.add(variant);
        shipper.open
                .computeIfAbsent(source.partition, p -> new LinkedHashSet<>())
                .add(source);
    }

    void beat(int partition, long offset, long at, byte[] value, Heartbeat beat) {
        firstAt.putIfAbsent(partition, at);
        Shipper shipper = shipper(beat.getShipper());
        shipper.beats = true;
        Seal seal = beat.getSeal();
        if (seal == null || shipper.over.contains(partition)) {
            return;
        }
        Place place = new Place(topic, partition, offset, -1);
        Run run = shipper.runs.get(beat.getEpoch());
        String hash = Base64.getEncoder().encodeToString(Chain.sha256().digest(value));
        if (run == null || !hash.equals(run.seen.get(seal.getNumber()))) {
            if (!authentic(shipper, value, seal, place)) {
                return;
            }
            run = shipper.runs.computeIfAbsent(beat.getEpoch(), Run::new);
            run.seen.put(seal.getNumber(), hash);
            run.claims.add(new Claims(seal.getNumber(), at, seal.getHeads()));
            run.ended |= seal.getLast();
        }
        if (offset < counted.getOrDefault(partition, Long.MAX_VALUE)) {
            acknowledged(shipper, run, seal.getAcknowledged());
            Run former = shipper.runs.get(seal.getFormerEpoch());
            if (former != null) {
                acknowledged(shipper, former, seal.getFormerSeal());
            }
        }
        if (inOrder(shipper, run, partition, seal, place)) {
            boolean partial = !shipper.current.containsKey(partition) && !whole.contains(partition);
            for (Head head : seal.getHeads()) {
                Source source = source(shipper, head.getSource(), head.getEpoch());
                if (source.partition == partition) {
                    check(shipper, source, head, partial);
                }
            }
            if (seal.getComplete()) {
                leftOver(shipper, run, partition);
            }
            shipper.current.put(partition, run);
        }
        if (at >= to) {
            shipper.over.add(partition);
        }
    }

    private boolean authentic(Shipper shipper, byte[] value, Seal seal, Place place) {
        byte[] key = Codec.bytes(seal.getKey());
        if (!Seals.signed(value, key)) {
            found.differ(
                    Kind.BAD_SIGNATURE, place.toString(), "seal " + seal.getNumber() + " of shipper " + shipper.name);
            return false;
        }
        if (!keys.trusts(shipper.name, key)) {
            String text = Base64.getEncoder().encodeToString(key);
            if (shipper.refused.add(text)) {
                found.differ(Kind.UNKNOWN_KEY, place.toString(), "of shipper " + shipper.name + ": " + text);
            }
            return false;
        }
        return true;
    }

    private void acknowledged(Shipper shipper, Run run, long number) {
        if (number <= run.acknowledged) {
            return;
        }
        run.acknowledged = number;
        while (!run.claims.isEmpty() && run.claims.peek().number() <= number) {
            Claims claims = run.claims.remove();
            run.acknowledgedAt = Math.max(run.acknowledgedAt, claims.at());
            for (Head head : claims.heads()) {
                Source source = source(shipper, head.getSource(), head.getEpoch());
                if (source.claimedBy != run) {
                    source.claimedBy = run;
                    source.claimedFirst = head.getFirst();
                }
                source.claimed = head.getNext();
                source.claimedNumber = claims.number();
            }
        }
    }

    /** Whether the seal comes for the first time in its partition. */
    private boolean inOrder(Shipper shipper, Run run, int partition, Seal seal, Place place) {
        Long last = run.last.get(partition);
        if (last != null && seal.getNumber() <= last) {
            return false;
        }
        long expected = last != null ? last + 1 : 0;
        boolean known = last != null || whole.contains(partition) || shipper.sealedBefore(partition, run);
        if (known && seal.getNumber() > expected) {
            missing(shipper, run, expected, seal.getNumber() - 1, "in front of " + place);
        }
        run.last.put(partition, seal.getNumber());
        return true;
    }

    private void missing(Shipper shipper, Run run, long first, long last, String where) {
        found.differ(
                Kind.SEAL_MISSING,
                where,
                "seals " + first + " to " + last + " of shipper " + shipper.name + ", epoch " + run.epoch);
    }

    private void check(Shipper shipper, Source source, Head head, boolean partial) {
        if (head.getNext() <= source.next && !begins(shipper, source, head)) {
            return;
        }
        if (source.next >= 0 && source.next < head.getFirst()) {
            uncovered(source, head.getFirst(), "");
        }
        NavigableMap<Long, List<Variant>> covered = source.open.subMap(head.getFirst(), true, head.getNext(), false);
        List<Variant> latest = covered.values().stream().map(List::getLast).toList();
        List<Variant> earliest = covered.values().stream().map(List::getFirst).toList();
        if (partial && (covered.isEmpty() || latest.size() < head.getLines() && covered.firstKey() > head.getFirst())) {
            unsigned += latest.size(); // the beginning lies before what was read
            latest.stream()
                    .filter(v -> !v.sound())
                    .findFirst()
                    .ifPresent(v -> differ(Kind.CHANGED, source, v.line().getSequence(), v.place(), ""));
        } else if (matches(head, latest)) {
            sealed += latest.size();
            forged(source, covered, List::getLast);
        } else if (matches(head, earliest)) {
            sealed += earliest.size();
            forged(source, covered, List::getFirst);
        } else {
            name(source, head, latest);
        }
        latest.forEach(v -> source.marks.add(v.line().getSequence(), v.mark()));
        covered.clear();
        source.next = head.getNext();
    }

    /** Numbers behind the last head that no head covers, though a later one does: a seal is missing. */
    private void uncovered(Source source, long end, String why) {
        NavigableMap<Long, List<Variant>> between = source.open.subMap(source.next, true, end, false);
        if (!source.ofFile && between.size() < end - source.next) {
            long first = source.next;
            while (between.containsKey(first)) {
                first++;
            }
            differ(
                    Kind.REMOVED,
                    source,
                    first,
                    null,
                    (end - source.next - between.size()) + " line(s), and the seal that knew them" + why);
        }
        unsigned += between.size();
        between.clear();
    }

    private static boolean begins(Shipper shipper, Source source, Head head) {
        return Arrays.equals(
                Codec.bytes(head.getPrevious()), Chain.start(shipper.name, source.name, source.epoch, head.getFirst()));
    }

    private static boolean matches(Head head, List<Variant> lines) {
        if (lines.size() != head.getLines()) {
            return false;
        }
        MessageDigest digest = Chain.sha256();
        digest.update(Codec.bytes(head.getPrevious()));
        lines.forEach(v -> digest.update(v.bytes()));
        return Arrays.equals(digest.digest(), Codec.bytes(head.getHash()));
    }

    private interface Choice {
        Variant of(List<Variant> variants);
    }

    /** Lines that have the number of another one, which the head knows. Of a file that was read again, only the receive time differs. */
    private void forged(Source source, NavigableMap<Long, List<Variant>> covered, Choice genuine) {
        covered.forEach((sequence, variants) -> {
            Variant good = genuine.of(variants);
            variants.stream()
                    .filter(v -> v.mark() != good.mark())
                    .forEach(v -> differ(
                            Kind.INSERTED,
                            source,
                            sequence,
                            v.place(),
                            "not the line that has this number, which is " + good.place()));
        });
    }

    /** The first line under the head that is not as it was. */
    private void name(Source source, Head head, List<Variant> lines) {
        Variant changed = lines.stream().filter(v -> !v.sound()).findFirst().orElse(null);
        long lacking = head.getLines() - lines.size();
        if (!source.ofFile) {
            long gap = head.getFirst();
            for (Variant line : lines) {
                if (line.line().getSequence() != gap) {
                    break;
                }
                gap++;
            }
            if (gap < head.getNext() && (changed == null || gap < changed.line().getSequence())) {
                Place behind = behind(lines, gap);
                differ(
                        Kind.REMOVED,
                        source,
                        gap,
                        behind,
                        lacking + " line(s) of this head" + (behind == null ? "" : "; the next that is there"));
                return;
            }
        }
        if (changed != null) {
            differ(Kind.CHANGED, source, changed.line().getSequence(), changed.place(), "");
        } else if (lacking > 0) {
            Variant jump = jump(lines);
            differ(
                    Kind.REMOVED,
                    source,
                    head.getFirst(),
                    jump == null ? null : jump.place(),
                    lacking + " line(s) up to place " + (head.getNext() - 1)
                            + (jump == null
                                    ? ""
                                    : "; by the places, in front of the one at "
                                            + jump.line().getSequence()));
        } else if (lacking < 0) {
            differ(
                    Kind.INSERTED,
                    source,
                    head.getFirst(),
                    lines.getFirst().place(),
                    -lacking + " line(s) up to place " + (head.getNext() - 1) + ", each with a right check");
        } else {
            differ(
                    Kind.CHANGED,
                    source,
                    head.getFirst(),
                    lines.getFirst().place(),
                    "this line or one up to " + (head.getNext() - 1)
                            + ": whoever did it knew how to make their checks");
        }
    }

    private static @Nullable Place behind(List<Variant> lines, long sequence) {
        return lines.stream()
                .filter(v -> v.line().getSequence() > sequence)
                .findFirst()
                .map(Variant::place)
                .orElse(null);
    }

    /** Of a file: the line in front of which the most bytes are unaccounted for. */
    private static @Nullable Variant jump(List<Variant> lines) {
        Variant widest = null;
        long most = Long.MIN_VALUE;
        for (int i = 1; i < lines.size(); i++) {
            RawLine line = lines.get(i).line();
            long bytes = line.getSequence()
                    - lines.get(i - 1).line().getSequence()
                    - line.getData().remaining()
                    - line.getCut();
            if (bytes > most) {
                most = bytes;
                widest = lines.get(i);
            }
        }
        return widest;
    }

    /** A complete seal has been read: no line in front of it may be without a head. */
    private void leftOver(Shipper shipper, Run run, int partition) {
        Set<Source> open = shipper.open.getOrDefault(partition, Set.of());
        for (Source source : List.copyOf(open)) {
            if (!source.ofFile && source.epoch > run.epoch) {
                continue; // of a start whose seals come later
            }
            for (List<Variant> variants : source.open.values()) {
                for (Variant line : variants) {
                    if (!line.repeat()) {
                        leftOver(shipper, source, run, line);
                    }
                }
            }
            source.open.clear();
            open.remove(source);
        }
    }

    private void leftOver(Shipper shipper, Source source, Run run, Variant line) {
        Run after = line.after();
        boolean covered = !source.ofFile && source.epoch == run.epoch || after == run;
        // What a start left behind that was killed, nobody vouches for.
        if (covered || after != null && after.ended) {
            differ(Kind.INSERTED, source, line.line().getSequence(), line.place(), "no head knows it");
        } else {
            unsigned(shipper, source, line);
        }
    }

    private void unsigned(Shipper shipper, Source source, Variant line) {
        unsigned++;
        if (shipper.firstUnsigned == null) {
            shipper.firstUnsigned = line;
            shipper.firstUnsignedOf = source;
        }
    }

    /** After the last record. */
    void end() {
        for (Shipper shipper : shippers.values()) {
            shipper.open
                    .values()
                    .forEach(open -> open.forEach(source -> source.open.values().forEach(variants -> variants.stream()
                            .filter(v -> !v.repeat() && v.at() < to)
                            .forEach(v -> unsigned(shipper, source, v)))));
            Variant first = shipper.firstUnsigned;
            if (shipper.runs.isEmpty()
                    && first != null
                    && (keys.pins() || !shipper.beats)
                    && first.at() < now - FIRST_SEAL) {
                Source source = Objects.requireNonNull(shipper.firstUnsignedOf);
                differ(
                        Kind.INSERTED,
                        source,
                        first.line().getSequence(),
                        first.place(),
                        "shipper " + shipper.name + " has signed nothing that is trusted");
            }
            shipper.runs.values().forEach(run -> ends(shipper, run));
            shipper.sources.values().forEach(source -> ends(shipper, source));
        }
    }

    private void ends(Shipper shipper, Run run) {
        for (int p = 0; p < partitions; p++) {
            if (cut(shipper, run, p)) {
                missing(
                        shipper,
                        run,
                        run.last.getOrDefault(p, -1L) + 1,
                        run.acknowledged,
                        "the end of " + topic + "-" + p);
            }
        }
    }

    /** Whether the partition once had seals that are not there, and the log goes back far enough to say so. */
    private boolean cut(Shipper shipper, Run run, int partition) {
        Long last = run.last.get(partition);
        Long began = firstAt.get(partition);
        return !shipper.over.contains(partition)
                && (last == null ? -1 : last) < run.acknowledged
                && (last != null
                        || whole.contains(partition)
                        || shipper.sealedBefore(partition, run)
                        || began != null && run.acknowledgedAt > began + SKEW);
    }

    private void ends(Shipper shipper, Source source) {
        Run run = source.claimedBy;
        if (run != null
                && source.claimed > source.next
                && source.claimedNumber > run.last.getOrDefault(source.partition, -1L)
                && cut(shipper, run, source.partition)) {
            long first = source.next < 0 ? source.claimedFirst : source.next;
            differ(Kind.REMOVED, source, first, null, "all from this one up to " + (source.claimed - 1));
        }
    }

    private Shipper shipper(String name) {
        return shippers.computeIfAbsent(name, Shipper::new);
    }

    private Source source(Shipper shipper, String name, long epoch) {
        return shipper.sources.computeIfAbsent(
                name + '\0' + epoch,
                k -> new Source(
                        shipper.name,
                        name,
                        epoch,
                        Utils.toPositive(Utils.murmur2(name.getBytes(StandardCharsets.UTF_8))) % partitions));
    }

    /** Equal for equal lines, and for others by chance only: the factor is known to nobody. */
    private int mark(RawLine line) {
        long mark = line.getCut();
        for (byte b : Codec.bytes(line.getData())) {
            mark = mark * factor + b + 129;
        }
        return (int) (mark >>> 32);
    }

    private void differ(Kind kind, Source source, long sequence, @Nullable Place place, String more) {
        String where = place == null ? "" : ", " + place;
        found.differ(
                kind,
                EventId.of(source.prefix, sequence),
                "source " + source.name + ", " + (source.ofFile ? "place " : "number ") + sequence + where
                        + (more.isEmpty() ? "" : ": " + more));
    }
}
