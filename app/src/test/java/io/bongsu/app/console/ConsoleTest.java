package io.bongsu.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.console.Console.Paint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void onATerminalTheStatusStaysBelowTheLines() {
        Console console = new Console(out, true, false, 12);

        console.status("one");
        console.line("a line");
        console.status("longer than the window");
        console.endStatus();

        assertThat(printed()).isEqualTo("\r\u001b[Kone\r\u001b[Ka line\none\r\u001b[Klonger tha…" + "\r\u001b[K");
    }

    @Test
    void elsewhereTheStatusIsALineNowAndThenAndThereIsNoEscape() {
        Console console = new Console(out, false, false, 80);

        console.status("one");
        console.status("two, at once");
        console.line(console.paint(Paint.RED, "a line"));
        console.endStatus();

        assertThat(printed()).isEqualTo("one\na line\n");
    }

    @Test
    void colourIsForTerminalsWhoseUserHasNotSaidNo() {
        assertThat(Terminal.colour(true, Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.colour(false, Map.of())).isFalse();
        assertThat(Terminal.colour(true, Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.colour(true, Map.of("TERM", "dumb"))).isFalse();
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
