package io.bongsu.shipper.spool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * A million random steps against a model: what was appended is delivered, at least once, in order for each source, byte
 * by byte; nothing else is; no exception comes out but the {@link IOException} of an append or acknowledgement.
 */
class SpoolSimulationTest {
    private static final int SOURCES = 3;
    private static final int MAX_BYTES = 24 * 1024;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void keepsItsPromisesOnABadDisk(long seed) throws IOException {
        Logger log = (Logger) LoggerFactory.getLogger(Spool.class);
        Level before = log.getLevel();
        log.setLevel(Level.OFF);
        try {
            new Simulation(seed).run(250_000);
        } finally {
            log.setLevel(before);
        }
    }

    /** The simulation must be able to fail: without a sync, a crash takes records along. */
    @Test
    void aDiskThatLiesAboutSyncsIsFoundOut() throws IOException {
        Random random = new Random(5);
        MemoryDisk disk = new MemoryDisk(random);
        Spool spool = Spool.open(disk, MAX_BYTES, 2048, random::nextLong);
        spool.append(List.of(new Spool.Entry(new byte[] {1}, new byte[100], 1)));
        disk.flip(
                disk.list().stream()
                        .filter(n -> n.endsWith(".spool"))
                        .findFirst()
                        .orElseThrow(),
                60,
                3);
        disk.crash();
        assertThat(Spool.open(disk, MAX_BYTES, 2048, random::nextLong).read()).isNull();
    }

    private static final class Simulation {
        private final Random random;
        private final MemoryDisk disk;
        private Spool spool;

        /** What must come, by source; those that a flipped bit may have hit are not in it. */
        private final List<TreeMap<Integer, String>> promised = new ArrayList<>();

        private final int[] next = new int[SOURCES];
        private final Map<String, int[]> placed = new HashMap<>();
        private final ArrayDeque<Spool.Read> inFlight = new ArrayDeque<>();
        private final Set<Long> session = new HashSet<>();
        private final int[] newest = new int[SOURCES];

        private long delivered;
        private long failures;
        private long crashes;
        private long flips;
        private boolean flipped;

        Simulation(long seed) throws IOException {
            random = new Random(seed);
            disk = new MemoryDisk(random);
            spool = open();
            for (int s = 0; s < SOURCES; s++) {
                promised.add(new TreeMap<>());
            }
        }

        private Spool open() throws IOException {
            inFlight.clear();
            session.clear();
            Arrays.fill(newest, -1);
            return Spool.open(disk, MAX_BYTES, 2048, random::nextLong);
        }

        void run(int steps) throws IOException {
            for (int step = 0; step < steps; step++) {
                int what = random.nextInt(1000);
                if (what < 350) {
                    append();
                } else if (what < 700) {
                    read();
                } else if (what < 940) {
                    acknowledge(random.nextInt(1 + inFlight.size()));
                } else if (what < 955) {
                    rewind();
                } else if (what < 970) {
                    crash();
                } else if (what < 980) {
                    disk.failNextSyncs(1 + random.nextInt(3));
                } else if (what < 990) {
                    disk.capacity(random.nextBoolean() ? Long.MAX_VALUE : disk.used() + random.nextInt(600));
                } else if (what < 994) {
                    flip();
                } else if (what == 999) {
                    drain();
                }
                // What a failed batch left behind may be back after a crash, beyond the bound.
                assertThat(spool.bytes()).isBetween(0L, MAX_BYTES + 8 * 1200L);
            }
            drain();
            assertThat(delivered).isGreaterThan(steps / 10);
            assertThat(failures).as("appends that failed").isGreaterThan(steps / 200);
            assertThat(crashes).isGreaterThan(steps / 200);
            assertThat(flips).isGreaterThan(steps / 1000);
        }

        private void append() {
            List<Spool.Entry> batch = new ArrayList<>();
            List<int[]> who = new ArrayList<>();
            int[] numbers = next.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int source = random.nextInt(SOURCES);
                int number = numbers[source]++;
                byte[] value = value(source, number);
                batch.add(new Spool.Entry(new byte[] {(byte) source}, value, 1 + number % 3));
                who.add(new int[] {source, number});
            }
            try {
                List<Spool.Place> places = spool.append(batch);
                for (int i = 0; i < batch.size(); i++) {
                    int[] w = who.get(i);
                    String place = places.get(i).toString();
                    promised.get(w[0]).put(w[1], place);
                    placed.put(place, new int[] {w[0], w[1], (int) batch.get(i).size()});
                }
                System.arraycopy(numbers, 0, next, 0, SOURCES);
            } catch (IOException e) {
                failures++; // none of them is promised; they are tried again
            }
        }

        /** The same number has the same bytes, however often it is tried. */
        private static byte[] value(int source, int number) {
            Random own = new Random(31L * number + source);
            byte[] bytes = new byte[8 + own.nextInt(250)];
            own.nextBytes(bytes);
            ByteBuffer.wrap(bytes).putInt(source).putInt(number);
            return bytes;
        }

        private void read() {
            Spool.Read read = spool.read();
            if (read == null) {
                return;
            }
            delivered++;
            ByteBuffer value = ByteBuffer.wrap(read.entry().value());
            int source = value.getInt();
            int number = value.getInt();
            assertThat(read.entry().key()).containsExactly(source);
            assertThat(read.entry().lines()).isEqualTo(1 + number % 3);
            if (number >= next[source] + 8
                    || !Arrays.equals(value(source, number), read.entry().value())) {
                throw new AssertionError("delivered what was never written");
            }
            if (session.add(((long) source << 32) + number)) {
                if (number <= newest[source]) {
                    throw new AssertionError(number + " of source " + source + " comes behind " + newest[source]);
                }
                // Nothing that was promised has been passed over.
                Integer due = promised.get(source).higherKey(newest[source]);
                if (due != null && due < number) {
                    throw new AssertionError(due + " of source " + source + " is missing; " + number + " came");
                }
                newest[source] = number;
            }
            inFlight.add(read);
        }

        private void acknowledge(int count) {
            for (int i = 0; i < count; i++) {
                Spool.Read read = inFlight.remove();
                ByteBuffer value = ByteBuffer.wrap(read.entry().value());
                promised.get(value.getInt()).remove(value.getInt());
            }
            try {
                spool.acknowledged(
                        inFlight.isEmpty() ? spool.reading() : inFlight.peek().place());
            } catch (IOException e) {
                failures++;
            }
        }

        private void rewind() {
            if (!inFlight.isEmpty()) {
                spool.rewind(inFlight.peek().place());
                inFlight.clear();
            }
        }

        private void crash() throws IOException {
            crashes++;
            disk.capacity(Long.MAX_VALUE);
            disk.crash();
            spool = open();
            // What was not promised is not tried again: after a start, new lines have new identities.
            for (int s = 0; s < SOURCES; s++) {
                next[s] += 8;
            }
        }

        /** In the middle of what is promised; that record may be lost then, and no other. */
        private void flip() {
            flips++;
            int source = random.nextInt(SOURCES);
            if (promised.get(source).isEmpty()) {
                return;
            }
            Map.Entry<Integer, String> victim = random.nextBoolean()
                    ? promised.get(source).firstEntry()
                    : promised.get(source).lastEntry();
            int[] where = placed.get(victim.getValue());
            int colon = victim.getValue().indexOf(':');
            disk.flip(
                    victim.getValue().substring(0, colon),
                    Long.parseLong(victim.getValue().substring(colon + 1)) + random.nextInt(where[2]),
                    random.nextInt(8));
            promised.get(source).remove(victim.getKey());
            flipped = true;
        }

        /** Everything comes out, and the books balance. */
        private void drain() throws IOException {
            disk.capacity(Long.MAX_VALUE);
            disk.failNextSyncs(0);
            rewind();
            while (spool.unread()) {
                read();
            }
            for (Map<Integer, String> source : promised) {
                for (int number : source.keySet()) {
                    if (!session.contains(((long) promised.indexOf(source) << 32) + number)) {
                        throw new AssertionError(number + " was promised and never came");
                    }
                }
            }
            acknowledge(inFlight.size());
            promised.forEach(source -> assertThat(source).isEmpty());
            assertThat(spool.bytes()).isZero();
            if (!flipped) {
                assertThat(spool.damaged()).isZero();
            }
            placed.clear();
        }
    }
}
