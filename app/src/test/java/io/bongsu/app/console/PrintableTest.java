package io.bongsu.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    @Test
    void nothingThatSteersATerminalGetsThrough() {
        String hostile = "a\u001b]0;title\u0007b\rc\nd\u0000e\u007ff\u009b31mg\u2028h\u202ei\ud800j";

        String shown = Printable.text(hostile);

        assertThat(shown)
                .isEqualTo(
                        "a\\u001b]0;title\\u0007b\\u000dc\\u000ad\\u0000e\\u007ff\\u009b31mg\\u2028h\\u202ei\\ud800j");
    }

    @Test
    void hangulAndEmojiStay() {
        String text = "로그인 성공 🔥 é";

        assertThat(Printable.text(text)).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource({"abc, 3", "로그, 4", "e\u0301, 1", "🔥, 2"})
    void columns(String text, int columns) {
        assertThat(Printable.width(text)).isEqualTo(columns);
    }

    @ParameterizedTest
    @CsvSource({"abcdef, 4, abc…", "abcd, 4, abcd", "로그인, 5, 로그…", "로그인, 4, 로…"})
    void whatIsCutIsShown(String text, int columns, String cut) {
        assertThat(Printable.cut(text, columns)).isEqualTo(cut);
    }
}
