package io.bongsu.app.console;

import java.nio.file.Path;

/** Commands to try next, written so that they work as they are shown: with the launcher and the folders of this call. */
public final class Tries {
    private Tries() {}

    /** The command as it was called; {@code bongsu} where no launcher says so. */
    public static String bongsu() {
        return System.getProperty("bongsu.command", "bongsu");
    }

    /** {@code bongsu search}, with the folder of the data where it is not the default one. */
    public static String search(Path data) {
        return bongsu() + " search" + data(data);
    }

    /** {@code --data} and a blank before it, or nothing. */
    public static String data(Path data) {
        String folder = shown(data);
        return folder.equals("data") ? "" : " --data " + folder;
    }

    /** Relative to the folder that we were called in, when it is below it. */
    public static String shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return (path.startsWith(here) ? here.relativize(path) : path).toString();
    }
}
