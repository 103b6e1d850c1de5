package io.bongsu.app.ledger;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of two partitions, and what somebody did to it. */
class ChainsTest {
    private static final int PARTITIONS = 2;
    private static final String ONE = name("one", 0);
    private static final String TWO = name("two", 1);
    private static final long MINUTE = 60_000_000L;

    @TempDir
    Path folder;

    private final List<List<Stored>> log = List.of(new ArrayList<>(), new ArrayList<>());
    private final Sender sender = new Sender("s1", 1);
    private long time = 100 * MINUTE;

    private record Stored(long offset, long at, byte[] value) {}

    @Test
    void aLogAsItWasWrittenIsFoundSo() {
        write();
        assertThat(differences()).isEmpty();
        assertThat(check(Set.of(0, 1), Long.MAX_VALUE, TrustedKeys.onFirstUse(), new ArrayList<>())
                        .sealed())
                .isEqualTo(60);
    }

    @Test
    void theLineThatWasChangedIsNamed() {
        write();
        change(0, 4, line -> RawLine.newBuilder(line).setData(utf8("forged")).build(), 17);
        assertThat(differences()).containsExactly("CHANGED " + id(ONE, 1, 17) + " number 17, bongsu.logs-0@2 line 7");
    }

    @Test
    void whoMakesTheChecksAnewGivesAwayTheSeal() {
        write();
        change(0, 4, line -> line(line.getSequence(), line.getReceived(), "forged with its check"), 17);
        assertThat(differences())
                .containsExactly("CHANGED " + id(ONE, 1, 10)
                        + " number 10, bongsu.logs-0@2 line 0: this line or one up to 19:"
                        + " whoever did it knew how to make their checks");
    }

    @Test
    void theReceiveTimeIsPartOfTheLine() {
        write();
        change(0, 4, line -> RawLine.newBuilder(line).setReceived(1).build(), 12);
        assertThat(differences()).containsExactly("CHANGED " + id(ONE, 1, 12) + " number 12, bongsu.logs-0@2 line 2");
    }

    @Test
    void theLineThatWasRemovedIsNamed() {
        write();
        edit(0, 2, logs -> without(logs, 13));
        assertThat(differences())
                .containsExactly("REMOVED " + id(ONE, 1, 13)
                        + " number 13, bongsu.logs-0@2 line 3: 1 line(s) of this head; the next that is there");
    }

    @Test
    void numbersThatWereMovedUpDoNotHideIt() {
        write();
        edit(0, 2, logs -> {
            RawLogs less = without(logs, 13);
            List<RawLine> lines = new ArrayList<>();
            less.getLines()
                    .forEach(l -> lines.add(RawLine.newBuilder(l)
                            .setSequence(l.getSequence() > 13 ? l.getSequence() - 1 : l.getSequence())
                            .build()));
            return RawLogs.newBuilder(less).setLines(lines).build();
        });
        assertThat(differences()).containsExactly("CHANGED " + id(ONE, 1, 13) + " number 13, bongsu.logs-0@2 line 3");
    }

    @Test
    void recordsThatWereRemovedAreNamedEvenWithTheirSeal() {
        write();
        // The record of numbers 10 to 19, and the seal behind it.
        log.get(0).subList(2, 4).clear();
        assertThat(differences())
                .containsExactly(
                        "SEAL_MISSING in front of bongsu.logs-0@5 seals 1 to 1 of shipper s1, epoch 1",
                        "REMOVED " + id(ONE, 1, 10) + " number 10: 10 line(s), and the seal that knew them");
    }

    @Test
    void aSourceOfWhichNothingIsLeftIsNamed() {
        write();
        log.get(1).removeIf(stored -> decode(stored.value()) instanceof RawLogs);
        assertThat(differences())
                .containsExactly(
                        "REMOVED " + id(TWO, 1, 0) + " number 0: 10 line(s) of this head",
                        "REMOVED " + id(TWO, 1, 10) + " number 10: 10 line(s) of this head",
                        "REMOVED " + id(TWO, 1, 20) + " number 20: 10 line(s) of this head");
    }

    @Test
    void theEndThatWasCutOffIsNamed() {
        write();
        List<Stored> one = log.get(0);
        one.subList(4, one.size()).clear();
        assertThat(differences())
                .containsExactly(
                        "SEAL_MISSING the end of bongsu.logs-0 seals 2 to 2 of shipper s1, epoch 1",
                        "REMOVED " + id(ONE, 1, 20) + " number 20: all from this one up to 29");
    }

    @Test
    void aSealThatIsOnlyOnItsWayToAPartitionIsNotMissing() {
        write();
        log.get(0).removeLast();
        assertThat(differences()).isEmpty();
    }

    @Test
    void theEndOfAFormerStartThatWasCutOffEverywhereIsNamed() {
        write();
        log.forEach(partition -> partition.subList(4, partition.size()).clear());
        Sender again = new Sender("s1", 2, sender.keys);
        again.former = 3;
        again.send(ONE, 5);
        again.seal(true);
        assertThat(differences())
                .containsExactly(
                        "SEAL_MISSING the end of bongsu.logs-0 seals 2 to 3 of shipper s1, epoch 1",
                        "SEAL_MISSING the end of bongsu.logs-1 seals 2 to 3 of shipper s1, epoch 1");
    }

    @Test
    void aLineThatWasPutIntoARecordIsNamed() {
        write();
        edit(0, 2, logs -> {
            List<RawLine> lines = new ArrayList<>(logs.getLines());
            lines.add(4, line(13, 5, "one more"));
            return RawLogs.newBuilder(logs).setLines(lines).build();
        });
        assertThat(differences())
                .containsExactly("INSERTED " + id(ONE, 1, 13)
                        + " number 13, bongsu.logs-0@2 line 4: not the line that has this number, which is"
                        + " bongsu.logs-0@2 line 3");
    }

    @Test
    void aRecordThatWasPutInIsNamed() {
        write();
        append(0, logs("s1", 1, ONE, List.of(line(30, 5, "one more"))));
        append(0, logs("s1", 1, ONE, List.of(line(3, 5, "another with an old number"))));
        append(1, logs("s1", 1, ONE, List.of(line(31, 5, "in the wrong partition"))));
        append(0, logs("s1", 1, name("new", 0), List.of(line(0, 5, "a source that nobody knows"))));
        sender.seal(false);
        assertThat(differences())
                .containsExactlyInAnyOrder(
                        "INSERTED " + id(ONE, 1, 3) + " number 3, bongsu.logs-0@8 line 0:"
                                + " not the line that has this number",
                        "INSERTED " + id(ONE, 1, 31) + " number 31, bongsu.logs-1@7 line 0:"
                                + " its lines belong in partition 0",
                        "INSERTED " + id(ONE, 1, 30) + " number 30, bongsu.logs-0@7 line 0: no head knows it",
                        "INSERTED " + id(name("new", 0), 1, 0) + " number 0, bongsu.logs-0@9 line 0: no head knows it");
    }

    @Test
    void aRepeatIsNoInsertion() {
        write();
        log.get(0).add(new Stored(7, time, log.get(0).get(2).value()));
        sender.seal(false);
        assertThat(differences()).isEmpty();
    }

    /** Kill -9: the last lines have no seal, and the next start reads the file from where Kafka had acknowledged it. */
    @Test
    void aFileThatIsReadAgainAfterAKillIsAsItWas() {
        sender.file(ONE, 7, List.of(line(9, 1, "0123456789"), line(19, 1, "abcdefghi")), 0);
        sender.seal(false);
        sender.file(ONE, 7, List.of(line(29, 2, "killed")), 20);
        Sender again = new Sender("s1", 2, sender.keys);
        again.former = 0;
        again.file(ONE, 7, List.of(line(19, 3, "abcdefghi"), line(29, 3, "killed"), line(39, 3, "on")), 10);
        again.seal(true);
        assertThat(differences()).isEmpty();
    }

    @Test
    void linesBehindTheLastSealOfAKilledShipperAreCountedAndNotNamed() {
        write();
        append(0, logs("s1", 1, ONE, List.of(line(30, 5, "sent, and killed"))));
        Sender again = new Sender("s1", 2, sender.keys);
        again.former = 3;
        again.send(ONE, 1);
        again.seal(false);
        List<String> differences = new ArrayList<>();
        Chains chains = check(Set.of(0, 1), Long.MAX_VALUE, TrustedKeys.onFirstUse(), differences);
        assertThat(differences).isEmpty();
        assertThat(chains.unsigned()).isOne();
        assertThat(chains.sealed()).isEqualTo(61);
    }

    @Test
    void whatRetentionTookAwayIsNotTampering() {
        write();
        for (int cut = 1; cut < log.get(0).size(); cut++) {
            List<Stored> rest = log.get(0);
            List<Stored> all = List.copyOf(rest);
            rest.subList(0, cut).clear();
            List<String> differences = new ArrayList<>();
            check(Set.of(1), Long.MAX_VALUE, TrustedKeys.onFirstUse(), differences);
            assertThat(differences).as("from record %d on", cut).isEmpty();
            rest.clear();
            rest.addAll(all);
        }
    }

    @Test
    void whatLiesBehindTheStretchIsLeftOut() {
        write();
        long to = log.get(0).get(4).at();
        edit(0, 4, logs -> without(logs, 25));
        log.get(1).removeLast();
        List<String> differences = new ArrayList<>();
        check(Set.of(0, 1), log.get(0).get(3).at(), TrustedKeys.onFirstUse(), differences);
        assertThat(differences).isEmpty();
        assertThat(to).isPositive();
    }

    @Test
    void aSignatureThatDoesNotFitIsNamedAndProvesNothing() {
        write();
        Stored seal = log.get(0).get(3);
        byte[] forged = seal.value().clone();
        forged[14] ^= 2; // the time that it says
        log.get(0).set(3, new Stored(seal.offset(), seal.at(), forged));
        assertThat(differences())
                .anyMatch(d -> d.startsWith("BAD_SIGNATURE bongsu.logs-0@3 seal "))
                .noneMatch(d -> d.startsWith("CHANGED"));
    }

    @Test
    void onlyPinnedKeysAreTrusted() throws Exception {
        write();
        new Sender("s1", 2).seal(true); // the name of one, the key of another
        assertThat(differences())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("UNKNOWN_KEY bongsu.logs-0@7 of shipper s1: ");

        Path pins = folder.resolve("keys");
        Files.writeString(pins, "# ours\ns1 " + base64(sender.keys) + "\n");
        List<String> differences = new ArrayList<>();
        Chains chains = check(Set.of(0, 1), Long.MAX_VALUE, TrustedKeys.of(pins), differences);
        assertThat(differences).hasSize(1).first().asString().startsWith("UNKNOWN_KEY");
        assertThat(chains.sealed()).isEqualTo(60);

        Files.writeString(pins, "other " + base64(sender.keys) + "\n");
        differences.clear();
        assertThat(check(Set.of(0, 1), Long.MAX_VALUE, TrustedKeys.of(pins), differences)
                        .sealed())
                .isZero();
        assertThat(differences)
                .anyMatch(d -> d.startsWith("UNKNOWN_KEY"))
                .anyMatch(d -> d.startsWith("INSERTED " + id(ONE, 1, 0))
                        && d.endsWith("shipper s1 has signed nothing that is trusted"));
    }

    /** Three stretches of ten lines of each of two sources, each under a seal, and one that says that they arrived. */
    private void write() {
        for (int i = 0; i < 3; i++) {
            sender.send(ONE, 10);
            sender.send(TWO, 10);
            sender.seal(false);
        }
        sender.seal(false);
    }

    private List<String> differences() {
        List<String> differences = new ArrayList<>();
        check(Set.of(0, 1), Long.MAX_VALUE, TrustedKeys.onFirstUse(), differences);
        return differences;
    }

    private Chains check(Set<Integer> whole, long to, TrustedKeys keys, List<String> differences) {
        Chains chains =
                new Chains(keys, "bongsu.logs", PARTITIONS, whole, Map.of(), to, time + MINUTE, (kind, what, more) -> {
                    assertThat(kind).isInstanceOf(Kind.class);
                    differences.add(kind + " " + what + " " + more.replaceFirst("^source \\S+, ", ""));
                });
        for (int p = 0; p < PARTITIONS; p++) {
            for (Stored stored : log.get(p)) {
                switch (decode(stored.value())) {
                    case RawLogs logs -> chains.logs(p, stored.offset(), stored.at(), logs);
                    case Heartbeat beat -> chains.beat(p, stored.offset(), stored.at(), stored.value(), beat);
                    default -> throw new AssertionError(stored);
                }
            }
        }
        chains.end();
        return chains;
    }

    private interface Edit<T> {
        T of(T before);
    }

    private void edit(int partition, int index, Edit<RawLogs> edit) {
        Stored was = log.get(partition).get(index);
        RawLogs now = edit.of((RawLogs) decode(was.value()));
        log.get(partition).set(index, new Stored(was.offset(), was.at(), Codec.encode(now)));
    }

    /** The line of that number, in whatever record before an index. */
    private void change(int partition, int before, Edit<RawLine> edit, long sequence) {
        for (int i = 0; i < before; i++) {
            if (decode(log.get(partition).get(i).value()) instanceof RawLogs) {
                edit(partition, i, logs -> RawLogs.newBuilder(logs)
                        .setLines(logs.getLines().stream()
                                .map(l -> l.getSequence() == sequence ? edit.of(l) : l)
                                .toList())
                        .build());
            }
        }
    }

    private static RawLogs without(RawLogs logs, long sequence) {
        return RawLogs.newBuilder(logs)
                .setLines(logs.getLines().stream()
                        .filter(l -> l.getSequence() != sequence)
                        .toList())
                .build();
    }

    private void append(int partition, RawLogs logs) {
        put(partition, Codec.encode(logs));
    }

    private void put(int partition, byte[] value) {
        time += 100_000;
        List<Stored> to = log.get(partition);
        to.add(new Stored(to.isEmpty() ? 0 : to.getLast().offset() + 1, time, value));
    }

    /** A shipper in ten lines: what it sends, it chains and seals. */
    private final class Sender {
        final String shipper;
        final long epoch;
        final KeyPair keys;
        long former = -1;
        private long number;
        private final Map<String, byte[]> heads = new HashMap<>();
        private final Map<String, Long> next = new HashMap<>();
        private final Map<String, List<RawLine>> open = new TreeMap<>();
        private final Map<String, Long> epochs = new HashMap<>();

        Sender(String shipper, long epoch) {
            this(shipper, epoch, pair());
        }

        Sender(String shipper, long epoch, KeyPair keys) {
            this.shipper = shipper;
            this.epoch = epoch;
            this.keys = keys;
        }

        void send(String source, int lines) {
            long first = next.getOrDefault(source, 0L)
                    + open.getOrDefault(source, List.of()).size();
            add(
                    source,
                    epoch,
                    IntStream.range(0, lines)
                            .mapToObj(i -> line(first + i, time, "line " + (first + i)))
                            .toList(),
                    null);
        }

        void file(String source, long fileEpoch, List<RawLine> lines, long from) {
            next.putIfAbsent(source, from);
            add(source, fileEpoch, lines, from);
        }

        private void add(String source, long lineEpoch, List<RawLine> lines, Long from) {
            epochs.put(source, lineEpoch);
            open.computeIfAbsent(source, s -> new ArrayList<>()).addAll(lines);
            append(
                    partition(source),
                    RawLogs.newBuilder(logs(shipper, lineEpoch, source, lines))
                            .setFrom(from)
                            .build());
        }

        void seal(boolean last) {
            List<Head> done = new ArrayList<>();
            open.forEach((source, lines) -> {
                long first = next.getOrDefault(source, 0L);
                byte[] previous = heads.getOrDefault(source, Chain.start(shipper, source, epochs.get(source), first));
                MessageDigest digest = Chain.sha256();
                digest.update(previous);
                lines.forEach(l -> digest.update(Chain.bytes(l)));
                byte[] hash = digest.digest();
                long end = lines.getLast().getSequence() + 1;
                heads.put(source, hash);
                next.put(source, end);
                done.add(new Head(
                        source,
                        epochs.get(source),
                        first,
                        end,
                        (long) lines.size(),
                        ByteBuffer.wrap(previous),
                        ByteBuffer.wrap(hash)));
            });
            open.clear();
            Seal seal = new Seal(
                    number,
                    number - 1,
                    true,
                    last,
                    epoch - 1,
                    former,
                    done,
                    ByteBuffer.wrap(keys.getPublic().getEncoded()));
            number++;
            byte[] value = Seals.sign(new Heartbeat(shipper, epoch, time, Map.of(), seal, null), keys.getPrivate());
            for (int p = 0; p < PARTITIONS; p++) {
                put(p, value);
            }
        }
    }

    private static RawLogs logs(String shipper, long epoch, String source, List<RawLine> lines) {
        return RawLogs.newBuilder()
                .setShipper(shipper)
                .setEpoch(epoch)
                .setSource(source)
                .setInput("syslog")
                .setLines(lines)
                .build();
    }

    private static RawLine line(long sequence, long received, String text) {
        byte[] front = Chain.bytes(new RawLine(sequence, received, 0, utf8(text), 0));
        return new RawLine(sequence, received, 0, utf8(text), Chain.check(front, 0, front.length - 1));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static int partition(String source) {
        return Utils.toPositive(Utils.murmur2(source.getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
    }

    /** Of a source that lives in that partition. */
    private static String name(String stem, int partition) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "tcp/" + stem + i)
                .filter(name -> partition(name) == partition)
                .findFirst()
                .orElseThrow();
    }

    private static String id(String source, long epoch, long sequence) {
        return EventId.of(EventId.prefix("s1", epoch, source), sequence);
    }

    private static String base64(KeyPair keys) {
        return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static SpecificRecord decode(byte[] value) {
        try {
            return Codec.decode(value);
        } catch (Codec.Undecodable e) {
            throw new AssertionError(e);
        }
    }
}
