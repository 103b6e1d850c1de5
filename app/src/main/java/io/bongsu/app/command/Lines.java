package io.bongsu.app.command;

import io.bongsu.app.console.Printable;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** NDJSON on standard output, buffered, with nothing raw in it that steers a terminal. */
final class Lines implements AutoCloseable {
    private final PrintStream out =
            new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);

    void json(byte[] document) {
        out.print(Printable.json(new String(document, StandardCharsets.UTF_8)));
        out.print('\n');
    }

    @Override
    public void close() {
        out.flush();
    }
}
