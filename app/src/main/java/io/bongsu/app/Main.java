package io.bongsu.app;

import io.bongsu.app.command.Commands;
import io.bongsu.embedded.ParentWatch;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Where the {@code bongsu} command begins. Output is UTF-8, whatever the locale. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        if (Boolean.getBoolean("bongsu.child")) { // of a benchmark, which any command may be
            ParentWatch.start(Duration.ofSeconds(30));
            ParentWatch.ready();
        }
        Logs.toStandardError();
        System.exit(Commands.execute(args));
    }
}
