package io.bongsu.shipper.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row is a trap: its name, what comes in, the frames that come out ({@code +n}: n bytes cut). Bytes are ISO 8859-1. */
class FramingTest {
    private static final int LIMIT = 40;

    record Row(String name, Framing framing, String in, List<String> out) {
        @Override
        public String toString() {
            return framing + ": " + name;
        }
    }

    static Stream<Row> rows() {
        String forty = "<13>" + "x".repeat(36);
        return Stream.of(
                syslog("lines", "<13>a\n<13>b\n", "<13>a", "<13>b"),
                syslog("CR LF", "<13>a\r\n<13>b\r\n", "<13>a", "<13>b"),
                syslog("no delimiter at the end", "<13>a\n<13>b", "<13>a", "<13>b"),
                syslog("empty lines are no frames", "\n\r\n\n<13>a\n\n", "<13>a"),
                syslog("only delimiters", "\n\0\r\n"),
                syslog("NUL as delimiter", "<13>a\0<13>b\0", "<13>a", "<13>b"),
                syslog("NUL before LF", "<13>a\0\n<13>b\0\n", "<13>a", "<13>b"),
                syslog("no priority", "hello\nworld\n", "hello", "world"),
                syslog("counted", "5 <13>a6 <13>bc", "<13>a", "<13>bc"),
                syslog("counted with a line feed inside", "9 <13>a\nb\nc5 <13>d", "<13>a\nb\nc", "<13>d"),
                syslog("counted with NUL inside", "7 <13>a\0b5 <13>d", "<13>a\0b", "<13>d"),
                syslog("counted and padded with NUL", "8 <13>a\0\0\0" + "5 <13>d", "<13>a", "<13>d"),
                syslog("LF behind a counted frame", "5 <13>a\n5 <13>b\n", "<13>a", "<13>b"),
                syslog("CR LF behind a counted frame", "5 <13>a\r\n5 <13>b\r\n", "<13>a", "<13>b"),
                syslog("the count includes the LF", "6 <13>a\n6 <13>b\n", "<13>a", "<13>b"),
                syslog("counted, then line, then counted", "5 <13>a<13>b\n5 <13>c", "<13>a", "<13>b", "<13>c"),
                syslog(
                        "the count is bytes, not characters",
                        "7 <13>" + utf8("한") + "5 <13>b",
                        "<13>" + utf8("한"),
                        "<13>b"),
                syslog("three digits of priority", "7 <191>ab5 <13>c", "<191>ab", "<13>c"),
                syslog("a line may begin with digits", "54 <1 minute left\n<13>b\n", "54 <1 minute left", "<13>b"),
                syslog("a line may begin with a number", "100 bottles\n<13>b\n", "100 bottles", "<13>b"),
                syslog("no blank behind the count", "5<13>a\n<13>b\n", "5<13>a", "<13>b"),
                syslog("two blanks behind the count", "5  <13>a\n<13>b\n", "5  <13>a", "<13>b"),
                syslog("a count does not begin with 0", "05 <13>a\n<13>b\n", "05 <13>a", "<13>b"),
                syslog("four digits are no priority", "8 <1234>a\n<13>b\n", "8 <1234>a", "<13>b"),
                syslog("an empty priority is none", "5 <>abc\n<13>b\n", "5 <>abc", "<13>b"),
                syslog("a count without room for the priority", "3 <13>abc\n<13>b\n", "3 <13>abc", "<13>b"),
                syslog("a priority and nothing else", "4 <13>5 <13>a", "<13>", "<13>a"),
                syslog("the count lies: too short", "6 <13>abcd\n5 <13>e", "<13>ab", "cd", "<13>e"),
                syslog("the count lies: too long", "12 <13>a\n<13>b\n<13>c\n", "<13>a\n<13>b", "<13>c"),
                syslog("a count of eight digits is none", "12345678 <13>a\n<13>b\n", "12345678 <13>a", "<13>b"),
                syslog("a counted frame ends with the connection", "30 <13>abc", "<13>abc"),
                syslog("the connection ends in the count", "30 ", "30 "),
                syslog("the connection ends in the priority", "30 <1", "30 <1"),
                syslog("a blank before a priority", "<13>a\n <13>b\n", "<13>a", "<13>b"),
                syslog("a blank before a count", "5 <13>a 5 <13>b", "<13>a", "<13>b"),
                syslog("a blank before anything else stays", " at x.y(Z)\n 5 apples\n", " at x.y(Z)", " 5 apples"),
                syslog("two blanks stay", "  <13>b\n", "  <13>b"),
                syslog("only blanks", "  \n <13>b\n", "  ", "<13>b"),
                syslog("exactly at the limit", forty + "\n<13>b\n", forty, "<13>b"),
                syslog("at the limit with CR LF", forty + "\r\n<13>b\n", forty, "<13>b"),
                syslog("one over the limit", forty + "y\n<13>b\n", forty + "+1", "<13>b"),
                syslog("over the limit with CR LF", forty + "yz\r\n<13>b\n", forty + "+2", "<13>b"),
                syslog("CR inside the rest counts", forty + "y\rz\r\r\n<13>b\n", forty + "+3", "<13>b"),
                syslog("no frame begins in the rest", forty + "y5 <13>a z\n<13>b\n", forty + "+10", "<13>b"),
                syslog("an endless line", "<13>" + "x".repeat(1000), forty + "+964"),
                syslog("counted at the limit", "40 " + forty + "5 <13>b", forty, "<13>b"),
                syslog("counted over the limit", "52 " + forty + "\n<13>a\n5 <13" + "5 <13>b", forty + "+12", "<13>b"),
                syslog("counted over the limit, ends early", "9999999 " + forty + "abc", forty + "+3"),
                syslog(
                        "bytes of every value",
                        "<13>\u0001\u007f\u0080\u00ff\u000b\n",
                        "<13>\u0001\u007f\u0080\u00ff\u000b"),
                lines("lines", "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}", "{\"b\":2}"),
                lines("CR LF", "{\"a\":1}\r\n{\"b\":2}\r\n", "{\"a\":1}", "{\"b\":2}"),
                lines("keep-alives", "\n\r\n{}\n\n", "{}"),
                lines("half an object at the end", "{\"a\":1}\n{\"b\":", "{\"a\":1}", "{\"b\":"),
                lines("no octet counting", "5 <13>a\n", "5 <13>a"),
                lines("NUL is a byte like others", "{\0}\n", "{\0}"),
                lines("blanks stay", " {} \n", " {} "),
                lines("over the limit", "x".repeat(41) + "\n{}\n", "x".repeat(40) + "+1", "{}"),
                nuls("texts", "{\"a\":1}\0{\"b\":2}\0", "{\"a\":1}", "{\"b\":2}"),
                nuls("line feeds stay inside", "{\n \"a\":\n1}\n\0\n\0{}\0", "{\n \"a\":\n1}", "{}"),
                nuls("no octet counting", "5 <13>a\0", "5 <13>a"),
                nuls("half an object at the end", "{}\0{\"b\":", "{}", "{\"b\":"),
                nuls("over the limit", "x".repeat(41) + "\0{}\0", "x".repeat(40) + "+1", "{}"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void framesComeOut(Row row) {
        assertThat(frames(row.framing(), bytes(row.in()), Integer.MAX_VALUE)).isEqualTo(row.out());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void howTheBytesWereSplitDoesNotMatter(Row row) {
        byte[] in = bytes(row.in());
        for (int chunk = 1; chunk <= 3; chunk++) {
            assertThat(frames(row.framing(), in, chunk))
                    .as("chunks of %d", chunk)
                    .isEqualTo(row.out());
        }
        for (int at = 0; at <= in.length; at++) {
            assertThat(frames(row.framing(), in, at, in.length))
                    .as("split at %d", at)
                    .isEqualTo(row.out());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void framesThatWereSentArriveInOrder(long seed) {
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            byte[] frame = frame(random);
            sent.add(text(frame, 0, frame.length, 0));
            if (random.nextBoolean()) {
                stream.writeBytes(bytes(frame.length + " "));
                stream.writeBytes(frame);
                stream.writeBytes(bytes(random.nextInt(4) == 0 ? "\n" : ""));
            } else {
                stream.writeBytes(frame);
                stream.writeBytes(bytes(List.of("\n", "\r\n", "\0").get(random.nextInt(3))));
            }
        }
        byte[] bytes = stream.toByteArray();
        assertThat(frames(Framing.SYSLOG, bytes, Integer.MAX_VALUE)).isEqualTo(sent);
        for (int run = 0; run < 5; run++) {
            int[] cuts = random.ints(50, 0, bytes.length + 1).sorted().toArray();
            assertThat(frames(Framing.SYSLOG, bytes, cuts)).isEqualTo(sent);
        }
    }

    /** Bytes are neither invented nor lost: they are in a frame, cut, a delimiter, or the digits and blank of a count. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomBytesAreAllAccountedFor(long seed) {
        Random random = new Random(seed);
        String alphabet = "0123456789 <>\n\r\0ab";
        byte[] bytes = new byte[20_000];
        long[] kept = {0};
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            kept[0] += "0123456789 \n\r\0".indexOf(bytes[i]) < 0 ? 1 : 0;
        }
        long[] seen = {0};
        StreamFramer framer = new StreamFramer(Framing.SYSLOG, 1 << 20);
        Frames count = (data, offset, length, cut) -> {
            assertThat(length).isPositive();
            for (int i = offset; i < offset + length; i++) {
                seen[0] += "0123456789 \n\r\0".indexOf(data[i]) < 0 ? 1 : 0;
            }
        };
        framer.feed(bytes, 0, bytes.length, count);
        framer.end(count);
        assertThat(seen[0]).isEqualTo(kept[0]);
        List<String> whole = frames(Framing.SYSLOG, bytes, Integer.MAX_VALUE);
        assertThat(frames(Framing.SYSLOG, bytes, 1)).isEqualTo(whole);
        assertThat(frames(
                        Framing.SYSLOG,
                        bytes,
                        random.ints(900, 0, bytes.length + 1).sorted().toArray()))
                .isEqualTo(whole);
    }

    @Test
    void aDatagramIsOneFrame() {
        List<String> out = new ArrayList<>();
        for (String in : List.of("<13>a\nb\r\n\0", "", "\n", "5 <13>a", "x".repeat(43) + "\n")) {
            byte[] data = bytes("__" + in);
            Datagram.frame(data, 2, data.length - 2, LIMIT, (d, o, l, c) -> out.add(text(d, o, l, c)));
        }
        assertThat(out).containsExactly("<13>a\nb", "5 <13>a", "x".repeat(40) + "+3");
    }

    private static byte[] frame(Random random) {
        byte[] frame = new byte[5 + random.nextInt(LIMIT - 5)];
        random.nextBytes(frame);
        for (int i = 0; i < frame.length; i++) {
            if (frame[i] == '\n' || frame[i] == '\r' || frame[i] == 0) {
                frame[i] = (byte) ('0' + random.nextInt(10));
            }
        }
        System.arraycopy(bytes("<13>"), 0, frame, 0, 4);
        return frame;
    }

    private static List<String> frames(Framing framing, byte[] in, int chunk) {
        return frames(framing, in, chunk >= in.length ? new int[0] : steps(chunk, in.length));
    }

    private static int[] steps(int chunk, int end) {
        return java.util.stream.IntStream.iterate(chunk, at -> at < end, at -> at + chunk)
                .toArray();
    }

    private static List<String> frames(Framing framing, byte[] in, int... cuts) {
        List<String> out = new ArrayList<>();
        StreamFramer framer = new StreamFramer(framing, LIMIT);
        Frames frames = (data, offset, length, cut) -> out.add(text(data, offset, length, cut));
        int at = 0;
        for (int cut : cuts) {
            feed(framer, in, at, cut, frames);
            at = cut;
        }
        feed(framer, in, at, in.length, frames);
        framer.end(frames);
        return out;
    }

    /** From a buffer that is overwritten at once, as a socket's is. */
    private static void feed(StreamFramer framer, byte[] in, int from, int to, Frames frames) {
        byte[] buffer = new byte[to - from + 3];
        System.arraycopy(in, from, buffer, 3, to - from);
        framer.feed(buffer, 3, to - from, frames);
        Arrays.fill(buffer, (byte) '!');
    }

    private static Row syslog(String name, String in, String... out) {
        return new Row(name, Framing.SYSLOG, in, List.of(out));
    }

    private static Row lines(String name, String in, String... out) {
        return new Row(name, Framing.LINES, in, List.of(out));
    }

    private static Row nuls(String name, String in, String... out) {
        return new Row(name, Framing.NULS, in, List.of(out));
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] data, int offset, int length, int cut) {
        return new String(data, offset, length, StandardCharsets.ISO_8859_1) + (cut == 0 ? "" : "+" + cut);
    }
}
