package io.bongsu.shipper.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.FileInput.Format;
import io.bongsu.shipper.FileInput.Start;
import io.bongsu.shipper.files.FakeOutput.Taken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.text.Normalizer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to files, on real ones; the clock and Kafka are the test's. */
class FollowerTest {
    private static final int MAX_LINE = 1_024;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    @TempDir
    Path directory;

    private FakeOutput kafka = new FakeOutput();
    private Follower follower;
    private long now;

    @AfterEach
    void close() {
        if (follower != null) {
            follower.close();
        }
    }

    @Test
    void whatIsAppendedIsReadAndAnIdentityIsAPlace() throws IOException {
        write("a.log", "one\r\n\n two\nhal");
        follow("a.log");
        turns();
        write("a.log", "f\n");
        turns();
        assertThat(kafka.texts()).containsExactly("one", " two", "half");
        assertThat(kafka.log).extracting(Taken::last).containsExactly(4L, 10L, 15L);
        assertThat(kafka.log).allSatisfy(line -> assertThat(line.path())
                .isEqualTo(directory.resolve("a.log").toString()));
    }

    @Test
    void nothingIsSavedBeforeKafkaHasIt() throws IOException {
        write("a.log", "one\ntwo\n");
        follow("a.log");
        turn();
        turn();
        turn();
        kafka.lose(1); // killed: one of the two had arrived
        follow("a.log");
        turns();
        assertThat(kafka.log).extracting(Taken::text).containsExactly("one", "one", "two");
        assertThat(kafka.texts()).containsExactly("one", "two");
        again("a.log");
        write("a.log", "three\n");
        turns();
        assertThat(kafka.log).extracting(Taken::text).containsExactly("one", "one", "two", "three");
    }

    @Test
    void whileThereIsNoRoomNothingIsRead() throws IOException {
        write("a.log", "one\n");
        follow("a.log");
        kafka.open = false;
        turns();
        assertThat(kafka.log).isEmpty();
        kafka.open = true;
        turns();
        assertThat(kafka.texts()).containsExactly("one");
    }

    @Test
    void startAtTheEndIsForFilesThatAreThereWhenTheInputIsNew() throws IOException {
        write("old.log", "before\nbefo");
        follower(Start.END, Format.PLAIN, "*.log");
        turns();
        write("old.log", "re\nafter\n");
        write("new.log", "first\n");
        turns();
        assertThat(kafka.texts()).containsExactlyInAnyOrder("before", "after", "first");
        follower.close();
        write("newer.log", "while away\n");
        follower(Start.END, Format.PLAIN, "*.log");
        turns();
        assertThat(kafka.texts()).containsExactlyInAnyOrder("before", "after", "first", "while away");
    }

    @Test
    void aLastLineWithoutALineFeedWaitsAMinuteAndIsNotTorn() throws IOException {
        write("a.log", "one\nha");
        follow("a.log");
        turns();
        now += MINUTE - 1;
        write("a.log", "lf");
        turns();
        assertThat(kafka.texts()).containsExactly("one");
        now += MINUTE;
        turns();
        assertThat(kafka.texts()).containsExactly("one", "half");
        write("a.log", " too late\nnext\n");
        turns();
        assertThat(kafka.texts()).containsExactly("one", "half", " too late", "next");
    }

    @Test
    void theLastLineOfAFileThatWasRotatedComesToo() throws IOException {
        write("a.log", "one\nlast words");
        follow("a.log");
        turns();
        move("a.log", "a.log.1");
        write("a.log", "new\n");
        turns();
        now += MINUTE;
        turns();
        assertThat(kafka.texts()).containsExactlyInAnyOrder("one", "new", "last words");
        now += 2 * MINUTE;
        turns();
        assertThat(follower.followed).isEqualTo(1);
    }

    @Test
    void aLongLineIsCutAndSaysHowMuchIsMissing() throws IOException {
        write("a.log", "x".repeat(3_000) + "\nnext\n" + "y".repeat(300_000));
        follow("a.log");
        turns();
        write("a.log", "y\r\nlast\n");
        turns();
        assertThat(kafka.log).extracting(line -> line.text().length()).containsExactly(MAX_LINE, 4, MAX_LINE, 4);
        assertThat(kafka.log).extracting(Taken::cut).containsExactly(3_000 - MAX_LINE, 0, 300_001 - MAX_LINE + 1, 0);
    }

    @Test
    void truncatedAndWrittenAgainToTheSameLengthIsSeen() throws IOException {
        write("a.log", "header\nline 1\n");
        follow("a.log");
        turns();
        truncate("a.log");
        write("a.log", "header\nline 2\n");
        turns();
        assertThat(kafka.texts()).containsExactly("header", "line 1", "header", "line 2");
        assertThat(kafka.log).extracting(Taken::epoch).containsExactly(0L, 0L, 1L, 1L);
        assertThat(follower.replaced).isEqualTo(1);
    }

    /** A program that does not append goes on at its old place, and the file begins with a hole. */
    @Test
    void theHoleThatATruncationLeavesIsSkipped() throws IOException {
        write("a.log", "one\n".repeat(50_000));
        follow("a.log");
        turns();
        truncate("a.log");
        try (FileChannel out = FileChannel.open(directory.resolve("a.log"), StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap("two\n".getBytes(StandardCharsets.UTF_8)), 200_000);
        }
        turns();
        assertThat(kafka.texts()).hasSize(50_001).endsWith("two");
    }

    /** log4j's memory-mapped appender makes room first. */
    @Test
    void roomThatIsNotWrittenYetIsNoLine() throws IOException {
        Files.write(directory.resolve("a.log"), new byte[10_000]);
        follow("a.log");
        turns();
        int at = 0;
        for (String text : List.of("one\n", "tw", "o\n")) {
            try (FileChannel out = FileChannel.open(directory.resolve("a.log"), StandardOpenOption.WRITE)) {
                at += out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), at);
            }
            touch("a.log");
            turns();
        }
        assertThat(kafka.texts()).containsExactly("one", "two");
    }

    /** The same inode, perhaps, and the same first line: a program that begins its log anew. */
    @Test
    void deletedAndMadeAgainWithTheSameFirstLine() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("a.log", "started\nrun " + i + "\n");
            if (i == 0) {
                follow("a.log");
            } else {
                again("a.log");
            }
            turns();
            follower.close();
            Files.delete(directory.resolve("a.log"));
        }
        assertThat(kafka.texts()).hasSize(8).contains("run 0", "run 1", "run 2", "run 3");
    }

    @Test
    void filesWithTheSameFirstLineAreTwo() throws IOException {
        write("auth.log", "same\nsame too\na\n");
        write("syslog.log", "same\nsame too\nb\n");
        write("auth.2.log", "same\nsame too\n");
        follow("*.log");
        for (int i = 0; i < 4; i++) {
            turns();
            now += MINUTE;
        }
        assertThat(kafka.texts()).hasSize(8).contains("a", "b");
    }

    @Test
    void whatWasRotatedOutOfThePatternWhileWeWereAwayIsReadToItsEnd() throws IOException {
        write("a.log", "one\n");
        follow("a.log");
        turns();
        follower.close();
        write("a.log", "two\n");
        move("a.log", "a.log-20261122");
        write("a.log", "three\n");
        follow("a.log");
        turns();
        assertThat(kafka.texts()).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(follower.lost).isZero();
    }

    @Test
    void aFileThatIsDeletedWhileItIsOpenIsReadToItsEnd() throws IOException {
        write("a.log", "one\n");
        follow("a.log");
        turns();
        write("a.log", "two\n");
        Files.delete(directory.resolve("a.log"));
        turns();
        assertThat(kafka.texts()).containsExactly("one", "two");
        now += 2 * MINUTE;
        turns();
        assertThat(follower.followed).isZero();
        assertThat(follower.open).isZero();
    }

    @Test
    void ofAFileThatWentBeforeItWasReadTheLossIsSaid() throws IOException {
        write("a.log", "one\n");
        follow("a.log");
        turn();
        kafka.open = false;
        write("a.log", "two\n");
        turns();
        follower.close();
        Files.delete(directory.resolve("a.log"));
        kafka = new FakeOutput();
        again("a.log");
        turns();
        assertThat(follower.lost).isEqualTo(1);
    }

    @Test
    void patternsFoldersKoreanNamesAndWhatIsExcluded() throws IOException {
        String decomposed = Normalizer.normalize("봉수", Normalizer.Form.NFD);
        write("app/top.log", "top\n");
        write("app/" + decomposed + "/감사.log", "감사\n");
        write("app/deep/er/b.log", "b\n");
        write("app/deep/debug.log", "no\n");
        write("app/deep/b.log.gz", "no\n");
        write("app/deep/b.txt", "no\n");
        follower = new Follower(
                List.of(new FileInput(
                        "app",
                        List.of(
                                directory + "/app/**/*.log",
                                directory + "/app/봉수/*",
                                directory + "/app/deep/*.{gz,zip}"),
                        List.of(directory + "/**/debug*"),
                        Start.BEGINNING,
                        Format.PLAIN,
                        null,
                        null,
                        null)),
                settings(10),
                kafka,
                directory.resolve("checkpoint"));
        turns();
        assertThat(kafka.texts()).containsExactlyInAnyOrder("top", "감사", "b");
    }

    @Test
    void globsAreThoseOfShells() {
        assertThat(new Glob("/a/**/*.log").matches(Path.of("/a/b.log"))).isTrue();
        assertThat(new Glob("/a/**/*.log").matches(Path.of("/a/b/c/d.log"))).isTrue();
        assertThat(new Glob("/a/*.log").matches(Path.of("/a/b/c.log"))).isFalse();
        assertThat(new Glob("/a/{b,c}?[0-9].log").matches(Path.of("/a/cx7.log")))
                .isTrue();
        assertThat(new Glob("/a/[!b]+(1).log").matches(Path.of("/a/c+(1).log"))).isTrue();
        assertThat(new Glob("/a/[!b].log").matches(Path.of("/a/b.log"))).isFalse();
        assertThat(new Glob("/a/b/*/c.log").root()).isEqualTo(Path.of("/a/b"));
        assertThat(new Glob("/a/b/*/c.log").depth()).isEqualTo(2);
        assertThat(new Glob("/*.log").root()).isEqualTo(Path.of("/"));
        assertThat(new Glob("/a/b.log").root()).isEqualTo(Path.of("/a"));
    }

    @Test
    void linesInCp949AreHandedOnAsTheyAre() throws IOException {
        byte[] text = "체크 실패\r\n".getBytes(Charset.forName("x-windows-949"));
        Files.write(directory.resolve("a.log"), text);
        follow("a.log");
        turns();
        assertThat(kafka.log.getFirst().last()).isEqualTo(text.length - 1);
        assertThat(kafka.log.getFirst().text()).isEqualTo(new String(text, 0, text.length - 2, StandardCharsets.UTF_8));
    }

    @Test
    void aFileUnderTwoNamesIsOne() throws IOException {
        write("real.txt", "one\n");
        Files.createLink(directory.resolve("hard.log"), directory.resolve("real.txt"));
        Files.createSymbolicLink(directory.resolve("soft.log"), directory.resolve("real.txt"));
        follow("*.log");
        turns();
        write("real.txt", "two\n");
        turns();
        assertThat(kafka.texts()).containsExactly("one", "two");
    }

    @Test
    void whatCannotBeReadIsCountedUntilItCan() throws IOException {
        Path loop = directory.resolve("a.log");
        Files.createSymbolicLink(loop, loop);
        follow("*.log");
        turns();
        assertThat(follower.unreadable).isEqualTo(1);
        Files.delete(loop);
        write("a.log", "one\n");
        turns();
        assertThat(follower.unreadable).isZero();
        assertThat(kafka.texts()).containsExactly("one");
    }

    @Test
    void moreFilesThanMayBeOpen() throws IOException {
        for (int i = 0; i < 200; i++) {
            write(i + ".log", i + "\n");
        }
        follow("*.log");
        turns();
        for (int i = 0; i < 200; i++) {
            write(i + ".log", "more\n");
        }
        turns();
        assertThat(kafka.texts()).hasSize(400);
        assertThat(follower.followed).isEqualTo(200);
        assertThat(follower.open).isLessThanOrEqualTo(10);
    }

    @Test
    void aDamagedCheckpointIsNeverGuessed() throws IOException {
        write("a\tb.log", "one\n");
        follow("*.log");
        turns();
        follower.close();
        Path file = directory.resolve("checkpoint");
        String good = Files.readString(file);
        for (String bad : List.of("", good.substring(0, good.length() - 9), good.replace("\t4\t", "\t9\t"))) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> follow("*.log"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(file.toString(), "is damaged", "restore it from a backup, or delete it");
        }
        Files.delete(file);
        follow("*.log");
        turns();
        assertThat(kafka.log).hasSize(2);
        assertThat(kafka.texts()).as("read again, under the same identity").containsExactly("one");
    }

    @Test
    void partsOfContainerLinesAreJoinedForEachStream() throws IOException {
        write("0.log", """
                2026-11-22T00:00:01.000000001Z stdout P begin-
                2026-11-22T00:00:02.000000001Z stderr F an error
                2026-11-22T00:00:03.000000001Z stdout P middle-
                """);
        follower(Start.BEGINNING, Format.CRI, "0.log");
        turns();
        again(Format.CRI, "0.log");
        write("0.log", """
                2026-11-22T00:00:04.000000001Z stdout F end
                2026-11-22T00:00:05.000000001Z stdout F\s
                no such form
                2026-11-22T00:00:06.000000001Z stdout P last words
                """);
        turns();
        assertThat(kafka.texts())
                .containsExactly(
                        "2026-11-22T00:00:02.000000001Z stderr F an error",
                        "2026-11-22T00:00:01.000000001Z stdout F begin-middle-end",
                        "2026-11-22T00:00:05.000000001Z stdout F ",
                        "no such form");
        now += MINUTE;
        turns();
        assertThat(kafka.texts()).endsWith("2026-11-22T00:00:06.000000001Z stdout F last words");
        write("0.log", "2026-11-22T00:00:07.000000001Z stdout F next\n");
        turns();
        assertThat(kafka.texts())
                .endsWith("2026-11-22T00:00:07.000000001Z stdout F next")
                .hasSize(6);
    }

    @Test
    void joinedPartsKeepToTheLimit() throws IOException {
        String part = "2026-11-22T00:00:01Z stdout P " + "x".repeat(500) + "\n";
        write("0.log", part + part + part + part.replace(" P ", " F "));
        follower(Start.BEGINNING, Format.CRI, "0.log");
        turns();
        assertThat(kafka.log).hasSize(1);
        assertThat(kafka.log.getFirst().text()).hasSize(MAX_LINE);
        assertThat(kafka.log.getFirst().cut()).isEqualTo(30 + 2_000 - MAX_LINE);
    }

    private static Follower.Settings settings(int maxOpen) {
        Follower.Settings standard = Follower.Settings.of(MAX_LINE);
        return new Follower.Settings(MAX_LINE, maxOpen, standard.scan(), standard.unended(), standard.away());
    }

    private void follow(String pattern) throws IOException {
        follower(Start.BEGINNING, Format.PLAIN, pattern);
    }

    private void again(String pattern) throws IOException {
        again(Format.PLAIN, pattern);
    }

    private void again(Format format, String pattern) throws IOException {
        follower.close();
        follower(Start.BEGINNING, format, pattern);
    }

    private void follower(Start start, Format format, String pattern) throws IOException {
        FileInput input =
                new FileInput("app", List.of(directory + "/" + pattern), List.of(), start, format, null, null, null);
        follower = new Follower(List.of(input), settings(10), kafka, directory.resolve("checkpoint"));
    }

    private void turn() {
        now += Duration.ofSeconds(1).toNanos();
        follower.turn(now);
    }

    private void turns() {
        for (int i = 0; i < 6; i++) {
            now += Duration.ofMillis(1_100).toNanos();
            while (follower.turn(now)) {
                now++;
            }
            kafka.acknowledge();
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void touch(String name) throws IOException {
        Files.setLastModifiedTime(
                directory.resolve(name), java.nio.file.attribute.FileTime.fromMillis(1_000_000 + now / 1_000_000));
    }

    private void truncate(String name) throws IOException {
        try (FileChannel out = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
            out.truncate(0);
        }
    }

    private void move(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to));
    }
}
