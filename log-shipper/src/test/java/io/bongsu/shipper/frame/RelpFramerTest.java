package io.bongsu.shipper.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelpFramerTest {
    private static final int LIMIT = 64;

    @Test
    void framesAreTheSameHoweverTheyAreRead() throws Violation {
        String stream = "1 open 9 a=b\nc=d,e\n2 syslog 7 <13>\n봉\n3 syslog 0\n999999999 syslog 70 <13>" + "x".repeat(66)
                + "\n0 hint 0\n4 close 0\n";
        List<String> expected = List.of(
                "1 open a=b\nc=d,e 0",
                "2 syslog <13>\n봉 0".replace("봉", "ë´\u0089"),
                "3 syslog  0",
                "999999999 syslog <13>" + "x".repeat(60) + " 6",
                "0 hint  0",
                "4 close  0");
        byte[] bytes = stream.replace("7 <13>\n봉", "8 <13>\n봉").getBytes(StandardCharsets.UTF_8);
        for (int step = 1; step <= bytes.length; step++) {
            List<String> frames = new ArrayList<>();
            RelpFramer framer = new RelpFramer(LIMIT, 1000);
            for (int at = 0; at < bytes.length; at += step) {
                framer.feed(bytes, at, Math.min(step, bytes.length - at), collect(frames));
            }
            assertThat(frames).as("in steps of " + step).isEqualTo(expected);
            assertThat(framer.inside()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x syslog 1 a         | malformed | expected a transaction number of 1 to 9 digits
            ' 1 syslog 1 a'      | malformed | expected a transaction number of 1 to 9 digits
            1234567890 syslog    | malformed | expected a transaction number of 1 to 9 digits
            1 sys1og 1 a         | malformed | expected a command of 1 to 32 letters and a blank
            '1  1 a'             | malformed | expected a command of 1 to 32 letters and a blank
            1 abcdefghijklmnopqrstuvwxyzabcdefg 0 | malformed | expected a command of 1 to 32 letters and a blank
            1 syslog x           | malformed | expected a length of the data of 1 to 9 digits
            '1 syslog  1'        | malformed | expected a length of the data of 1 to 9 digits
            '1 syslog 0 x'       | malformed | expected a length of the data of 1 to 9 digits
            1 syslog 1234567890  | malformed | expected a length of the data of 1 to 9 digits
            1 syslog 1 ab        | malformed | expected a line feed behind the data
            1 syslog 3 abcd      | malformed | expected a line feed behind the data
            '1 syslog 1001 a'    | oversized | a frame announces more than 1000 bytes of data
            """)
    void whatIsNotAFrameIsAViolation(String text, String reason, String message) {
        assertThatThrownBy(() -> {
                    byte[] bytes = (text + " ").getBytes(StandardCharsets.ISO_8859_1);
                    new RelpFramer(LIMIT, 1000).feed(bytes, 0, bytes.length, collect(new ArrayList<>()));
                })
                .isInstanceOfSatisfying(
                        Violation.class, v -> assertThat(v.reason()).isEqualTo(reason))
                .hasMessage(message);
    }

    @Test
    void noiseEndsInAViolationOrFramesNeverInAnotherError() {
        Random random = new Random(7);
        String alphabet = "0123456789 syslogopenclose\n<>";
        int violations = 0;
        for (int i = 0; i < 20_000; i++) {
            RelpFramer framer = new RelpFramer(LIMIT, 1000);
            StringBuilder noise = new StringBuilder("1 syslog 3 abc\n");
            for (int n = random.nextInt(60); n > 0; n--) {
                noise.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = noise.toString().getBytes(StandardCharsets.ISO_8859_1);
            List<String> frames = new ArrayList<>();
            try {
                framer.feed(bytes, 0, bytes.length, collect(frames));
            } catch (Violation e) {
                violations++;
            }
            assertThat(frames).isNotEmpty().first().isEqualTo("1 syslog abc 0");
        }
        assertThat(violations).isGreaterThan(1_000);
    }

    private static RelpFramer.Frames collect(List<String> into) {
        return (transaction, command, data, offset, length, cut) -> into.add(transaction + " " + command + " "
                + new String(data, offset, length, StandardCharsets.ISO_8859_1) + " " + cut);
    }
}
