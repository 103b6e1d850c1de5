package io.bongsu.embedded;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The child's side of {@link ChildProcess}. The parent holds the other end of our standard input; it closes when the parent
 * closes it or dies, however it dies, and then this JVM ends: in order by its shutdown hooks, and by force after a grace
 * time. Call {@link #start} first thing in {@code main}, so that this also holds while the rest is still starting.
 */
public final class ParentWatch {
    static final String READY = "bongsu-child ready";
    static final String PROBLEM = "bongsu-child problem\t";

    /** Exit code after {@link #fail}: EX_CONFIG of sysexits.h. */
    static final int FAILED = 78;

    /** Exit code when the shutdown hooks did not end within the grace time. */
    static final int FORCED = 79;

    /** Taken at once: a server may redirect System.in and System.out to its own log. */
    private static final InputStream IN = System.in;

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private ParentWatch() {}

    /** Returns at once. The shutdown hooks have {@code grace} from the moment at which the parent is gone. */
    public static void start(Duration grace) {
        Thread guard = daemon("parent-watch-guard", () -> forceAfter(grace));
        daemon("parent-watch", () -> watch(guard)).start();
    }

    /** Tells the parent that this process does its work now. */
    public static void ready() {
        OUT.println(READY);
    }

    /** Tells the parent why this process cannot start, and ends. */
    public static void fail(EmbeddedException why) {
        OUT.println(PROBLEM + oneLine(why.problem()) + "\t" + oneLine(why.fix()));
        System.exit(FAILED);
    }

    private static void watch(Thread guard) {
        try {
            try {
                while (IN.read() >= 0) {
                    // the parent sends nothing; only the end counts
                }
            } catch (IOException e) {
                // as good as closed
            }
            guard.start();
            System.exit(0);
        } catch (Throwable e) { // out of memory, or threads: an orphan would be worse than an unclean end
            Runtime.getRuntime().halt(FORCED);
        }
    }

    private static void forceAfter(Duration grace) {
        try {
            Thread.sleep(grace);
        } catch (InterruptedException e) {
            // end now
        }
        Runtime.getRuntime().halt(FORCED);
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
