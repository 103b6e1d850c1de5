package io.bongsu.app.console;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Whether our output is looked at by a person, and how wide the window is. */
public final class Terminal {
    private static final int WIDTH = 120;

    private Terminal() {}

    public static boolean isOut() {
        return is(1);
    }

    public static boolean isErr() {
        return is(2);
    }

    /** System.console() answers for input and output together, and from JDK 22 on even when there is no terminal. */
    private static boolean is(int descriptor) {
        try {
            Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return device.startsWith("/dev/pts") || device.toString().matches("/dev/(tty|console).*");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && Runtime.version().feature() < 22;
        }
    }

    /** Colour only for a person who has not said no (no-color.org) and whose terminal can. */
    public static boolean colour(boolean terminal, Map<String, String> environment) {
        return terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Columns of the window; 120 when they cannot be known. */
    public static int width() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.from(new File("/dev/tty")))
                    .redirectError(Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (stty.waitFor(1, TimeUnit.SECONDS) && size.matches("[0-9]{1,5} [0-9]{1,5}")) {
                int columns = Integer.parseInt(size.split(" ")[1]);
                return columns < 20 ? WIDTH : columns;
            }
        } catch (IOException e) {
            // no stty, no terminal
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return WIDTH;
    }
}
