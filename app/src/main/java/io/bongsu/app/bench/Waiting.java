package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Looks at another process now and then, until it has done something. */
final class Waiting {
    private static final long PATIENCE = 120_000_000_000L;

    private Waiting() {}

    static void until(String who, BooleanSupplier done) throws IOException {
        long until = System.nanoTime() + PATIENCE;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new Fault(who + " does not get done with what it was sent", "see the logs in the folder above");
            }
            pause(20);
        }
    }

    static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
