package io.bongsu.ingest.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownLinesTest {
    @Test
    void shapesByFrequencyWithAnExample() {
        String lines = """
                <13>Nov 22 09:15:02 a sshd[1]: Never said on 0.0.0.0 port 22.
                <13>Nov 22 09:15:02 a sshd[1]: Failed password for root from 203.0.113.7 port 22 ssh2
                <13>Nov 22 09:15:02 a nobody[1]: moved 17 "of many" to 2001:db8::1
                <13>Nov 22 09:15:03 b nobody[2]: moved 3 "of few" to 10.0.0.1
                """;
        UnknownLines unknown = new UnknownLines(
                ParserSet.load(List.of()).parsers(),
                new Offline.Options(null, Micros.UNKNOWN, false, 1_795_338_902_000_000L),
                problem -> {
                    throw new AssertionError(problem);
                });

        List<UnknownLines.Found> found = unknown.read(List.of(
                new Offline.File("x.log", () -> new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)))));

        assertThat(unknown.lines()).isEqualTo(4);
        assertThat(found)
                .containsExactly(
                        new UnknownLines.Found(
                                new UnknownLines.Shape("-/_no_parser", "nobody", "moved <n> \"…\" to <ip>"),
                                2,
                                "x.log:3: <13>Nov 22 09:15:02 a nobody[1]: moved 17 \"of many\" to 2001:db8::1"),
                        new UnknownLines.Found(
                                new UnknownLines.Shape(
                                        "linux.sshd/_unparsed_body", "sshd", "Never said on <ip> port <n>."),
                                1,
                                "x.log:1: <13>Nov 22 09:15:02 a sshd[1]: Never said on 0.0.0.0 port 22."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eth0: link up, 1000 Mbps          | eth<n>: link up, <n> Mbps
            at 09:15:02.123 took 12.5ms       | at <n> took <n>ms
            id 4bf92f3577b34da6a3ce929d done  | id <hex> done
            from fe80::1%eth0                 | from <ip>%eth<n>
            로그인 실패 3회                     | 로그인 실패 <n>회
            a-b_c.d                           | a-b_c.d
            on 2026-11-22 by 10.0.0.5:5000    | on <n> by <ip>:<n>
            사용자=홍길동 동작=차단 사유="정책" IP=10.0.0.5;x | 사용자=<v> 동작=<v> 사유="…" IP=<v>;x
            user=kim failed=1                 | user=kim failed=<n>
            """)
    void masks(String text, String shape) {
        assertThat(UnknownLines.shape(text)).isEqualTo(shape);
    }
}
