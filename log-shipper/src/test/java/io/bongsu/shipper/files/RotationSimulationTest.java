package io.bongsu.shipper.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.FileInput.Format;
import io.bongsu.shipper.FileInput.Start;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program writes, logrotate rotates, the shipper reads, is stopped, is killed with lines under way: in a random order
 * that a seed fixes. What was written is the truth; behind the identities everything must be there once.
 */
class RotationSimulationTest {
    private static final int STEPS = 600;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @TempDir
    Path directory;

    private final List<String> written = new ArrayList<>();
    private FakeOutput kafka;
    private Follower follower;
    private Random random;
    private Path log;
    private Path writing;
    private String unended = "";
    private int lines;
    private int rotations;
    private int kills;
    private long now = Duration.ofDays(1).toNanos();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void byRenameNothingIsLostAndNothingTwice(long seed) throws IOException {
        begin(seed, "app.log*");
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(14)) {
                case 0 -> {
                    // The program goes on writing to the old file until it is told.
                    rename();
                    if (random.nextBoolean()) {
                        append();
                    }
                    finishLine();
                    writing = log;
                }
                case 1 -> deleteTheOldest();
                default -> common();
            }
        }
        assertEverythingOnce();
        assertThat(rotations).isGreaterThan(9);
        assertThat(kills).isGreaterThan(9);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 17, 18})
    void byCopyAndTruncateNothingIsLostThatWasCopied(long seed) throws IOException {
        // Where the copies are in the pattern as well, one that is made while nobody looks may be taken for another
        // file.
        mayComeTwice = seed % 2 != 0;
        begin(seed, mayComeTwice ? "app.log*" : "app.log");
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(14)) {
                case 0 -> {
                    finishLine();
                    if (Files.exists(log) && Files.size(log) > 0) {
                        copyAndTruncate();
                    }
                }
                case 1 -> deleteTheOldest();
                default -> common();
            }
        }
        assertEverythingOnce();
        assertThat(rotations).isGreaterThan(9);
        assertThat(kills).isGreaterThan(9);
    }

    private void begin(long seed, String pattern) throws IOException {
        random = new Random(seed);
        kafka = new FakeOutput();
        log = directory.resolve("app.log");
        writing = log;
        start(pattern);
    }

    private String pattern;
    private boolean mayComeTwice;

    private void start(String paths) throws IOException {
        pattern = paths;
        FileInput input = new FileInput(
                "app", List.of(directory + "/" + paths), List.of(), Start.BEGINNING, Format.PLAIN, null, null, null);
        follower = new Follower(
                List.of(input),
                new Follower.Settings(4_096, 3, Duration.ofSeconds(1), Duration.ofHours(5), Duration.ofSeconds(60)),
                kafka,
                directory.resolve("checkpoint"));
    }

    private void common() throws IOException {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> append();
            case 3 -> kafka.acknowledge(random.nextInt(20));
            case 4 -> kafka.acknowledge();
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    kafka.acknowledge(random.nextInt(kafka.pending() + 1));
                    follower.close();
                    kafka.lose(random.nextInt(kafka.pending() + 1));
                    start(pattern);
                }
            }
            case 6 -> {
                if (random.nextInt(3) == 0) {
                    kafka.lose(random.nextInt(kafka.pending() + 1));
                    kills++;
                    start(pattern);
                }
            }
            default -> turn();
        }
    }

    private void turn() {
        now += random.nextInt(4) == 0 ? 30 * SECOND : SECOND / 3;
        follower.turn(now);
    }

    /** Some lines, of which the last may stop in its middle. */
    private void append() throws IOException {
        finishLine();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            String line = "line " + lines++ + " " + "x".repeat(random.nextInt(90));
            written.add(line);
            text.append(line).append(random.nextInt(9) == 0 ? "\r\n\n" : "\n");
        }
        int stop = random.nextInt(3) == 0 ? text.length() - random.nextInt(10) : text.length();
        unended = text.substring(stop);
        write(text.substring(0, stop));
    }

    private void finishLine() throws IOException {
        write(unended);
        unended = "";
    }

    private void write(String text) throws IOException {
        if (!text.isEmpty()) {
            Files.writeString(writing, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private void rename() throws IOException {
        if (!Files.exists(log)) {
            return;
        }
        shift();
        Files.move(log, directory.resolve("app.log.1"), StandardCopyOption.REPLACE_EXISTING);
        writing = directory.resolve("app.log.1");
        rotations++;
    }

    private void copyAndTruncate() throws IOException {
        if (pattern.equals("app.log")) {
            look(); // a life that nobody looked at between two truncations is in no pattern
        }
        shift();
        Files.copy(log, directory.resolve("app.log.1"));
        try (var out = Files.newByteChannel(log, StandardOpenOption.WRITE)) {
            out.truncate(0);
        }
        rotations++;
        if (pattern.equals("app.log")) {
            look();
        }
    }

    /** The next look into the folder, before anything else happens to it. */
    private void look() {
        now += 60 * SECOND;
        for (int i = 0; i < 3; i++) {
            follower.turn(now);
        }
    }

    private void shift() throws IOException {
        for (int i = 50; i >= 1; i--) {
            Path old = directory.resolve("app.log." + i);
            if (Files.exists(old)) {
                Files.move(old, directory.resolve("app.log." + (i + 1)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Rotation keeps files for longer than a shipper needs to read them. */
    private void deleteTheOldest() throws IOException {
        finishLine();
        drain();
        for (int i = 52; i >= 4; i--) {
            Files.deleteIfExists(directory.resolve("app.log." + i));
        }
    }

    private void drain() {
        for (int i = 0; i < 8; i++) {
            now += 20 * SECOND;
            while (follower.turn(now)) {
                now += SECOND / 100;
            }
            kafka.acknowledge();
        }
    }

    private void assertEverythingOnce() throws IOException {
        finishLine();
        drain();
        List<String> texts = kafka.texts();
        Set<String> there = new HashSet<>(texts);
        assertThat(written).as("lost").filteredOn(line -> !there.contains(line)).isEmpty();
        Set<String> expected = new HashSet<>(written);
        assertThat(texts)
                .as("torn")
                .filteredOn(line -> !expected.contains(line))
                .isEmpty();
        Set<String> once = new HashSet<>();
        List<String> twice = texts.stream().filter(line -> !once.add(line)).toList();
        if (mayComeTwice) {
            assertThat(twice).as("twice").hasSizeLessThan(written.size() / 20);
        } else {
            assertThat(twice).as("twice").isEmpty();
        }
        assertThat(new String(Files.readAllBytes(directory.resolve("checkpoint")), StandardCharsets.UTF_8))
                .contains("end\t");
        follower.close();
    }
}
