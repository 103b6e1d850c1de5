package io.bongsu.app;

import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * What a command has started, ended in reverse order and once: when the command is done, at Ctrl-C or at SIGTERM. What is
 * started while the end has begun is ended at once. After SIGTERM the exit code is 0 when everything ended in order, and 1
 * when something did not, for example a shipper that could not deliver what it held.
 */
public final class Lifetime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static volatile boolean signalled;

    private final ArrayDeque<AutoCloseable> parts = new ArrayDeque<>(); // guarded by this
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private boolean ending; // guarded by this
    private volatile boolean unclean;

    /** @param onSignal runs first when a signal ends the process */
    public Lifetime(Runnable onSignal) {
        hook = new Thread(
                () -> {
                    signalled = true;
                    onSignal.run();
                    end();
                    if (unclean) {
                        Runtime.getRuntime().halt(1);
                    }
                },
                "end");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** To be asked to end is no failure: without this, Java says 143. Not for a child, which leaves SIGTERM to its parent. */
    public static void exitZeroOnTerm() {
        Signal.handle(new Signal("TERM"), signal -> System.exit(0));
    }

    /** A signal ends this process: whatever fails from now on is of no interest. */
    public static boolean signalled() {
        return signalled;
    }

    /** Thrown when something is to be started after the end has begun. */
    public static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1;

        Ended() {
            super("already ending");
        }
    }

    public <T extends AutoCloseable> T own(T part) {
        synchronized (this) {
            if (!ending) {
                parts.push(part);
                return part;
            }
        }
        close(part);
        throw new Ended();
    }

    /** Returns when the end has come by a signal; so practically never. */
    public void await() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it runs, and finds nothing to do
        }
    }

    private void end() {
        boolean first;
        synchronized (this) {
            first = !ending;
            ending = true;
        }
        if (first) {
            for (AutoCloseable part = next(); part != null; part = next()) {
                close(part);
            }
            ended.countDown();
        } else {
            await();
        }
    }

    private synchronized @Nullable AutoCloseable next() {
        return parts.poll();
    }

    private void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            unclean = true;
            LOG.warn("could not be closed in order: part={}", part.getClass().getSimpleName(), e);
        }
    }
}
