package io.bongsu.embedded;

import io.bongsu.embedded.ChildProcess.Listener;

/** A server in a process of its own, which can be started again on the same data and port. Thread-safe. */
public abstract sealed class ServerProcess implements AutoCloseable permits KafkaProcess, ElasticsearchProcess {
    private final ChildProcess.Builder command;
    private final Listener listener;
    private volatile ChildProcess child;
    private boolean closed; // guarded by this

    ServerProcess(ChildProcess.Builder command, Listener listener) {
        this.command = command;
        this.listener = listener;
        this.child = command.build(listener);
    }

    final void launch() {
        child.start();
    }

    /** Returns when it takes requests; throws {@link EmbeddedException} when it does not come up. */
    public final void awaitReady() {
        child.awaitReady();
    }

    /** Stops it if it runs, starts it on the same data and port, and returns when it takes requests. */
    public final void restart() {
        child.close();
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            child = command.build(listener);
            child.start();
        }
        child.awaitReady();
    }

    /** The process of now; another one after {@link #restart}. */
    public final ChildProcess process() {
        return child;
    }

    /** Stops it in order, or by force when that takes too long. Returns when it is gone. */
    @Override
    public final void close() {
        synchronized (this) {
            closed = true;
        }
        child.close();
    }
}
