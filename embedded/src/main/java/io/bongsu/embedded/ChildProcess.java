package io.bongsu.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of ours as a child. Its output goes to a log file of bounded size, it is ready when its main called {@link
 * ParentWatch#ready} (or a probe says so), and it ends when its standard input closes; so nothing survives this process,
 * not even its death by SIGKILL, provided that the main calls {@link ParentWatch#start} first.
 *
 * <p>With a {@link Backoff} it is started again whenever it ends after it was ready once; each end is told to the {@link
 * Listener}. An end before that is a failure of {@link #awaitReady}. Used once: start, close. Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Path SHELL = Path.of("/bin/sh");

    private final Builder command;
    private final Listener listener;
    private final ChildLog log;

    // all below: guarded by this
    private @Nullable Process process;
    private @Nullable Thread follower;
    private boolean wasReady;
    private boolean ready;
    private boolean over;
    private boolean closing;
    private @Nullable EmbeddedException failure;

    private ChildProcess(Builder command, Listener listener) {
        this.command = command;
        this.listener = listener;
        this.log = new ChildLog(command.log, command.logBytes);
    }

    /**
     * What to run. Without further calls: 16 MiB of log, one minute to start, ten seconds to stop, no restart, ready when it
     * says so.
     *
     * @param name as the user knows it: "Kafka"
     * @param log its output; what exceeds the bound, and the log of the start before, is kept once, beside it, as {@code .1}
     */
    public static Builder builder(String name, String classPath, String mainClass, Path log) {
        return new Builder(name, classPath, mainClass, log);
    }

    /** The parameters of a child; each {@link #build} gives a new one. */
    public static final class Builder {
        private final String name;
        private final String classPath;
        private final String mainClass;
        private final Path log;
        private long logBytes = 16 << 20;
        private List<String> jvmArguments = List.of();
        private List<String> arguments = List.of();
        private Map<String, String> environment = Map.of();
        private BooleanSupplier probe = () -> true;
        private Duration startTimeout = Duration.ofMinutes(1);
        private Duration stopTimeout = Duration.ofSeconds(10);
        private @Nullable Backoff restart;

        private Builder(String name, String classPath, String mainClass, Path log) {
            this.name = name;
            this.classPath = classPath;
            this.mainClass = mainClass;
            this.log = log;
        }

        public Builder logBytes(long most) {
            logBytes = most;
            return this;
        }

        public Builder jvmArguments(List<String> values) {
            jvmArguments = List.copyOf(values);
            return this;
        }

        public Builder arguments(List<String> values) {
            arguments = List.copyOf(values);
            return this;
        }

        /** Added to ours. */
        public Builder environment(Map<String, String> values) {
            environment = Map.copyOf(values);
            return this;
        }

        /** Asked ten times a second after the child said that it is ready, until the answer is yes. */
        public Builder readyWhen(BooleanSupplier question) {
            probe = question;
            return this;
        }

        /** How long {@link #awaitReady} waits. */
        public Builder startTimeout(Duration value) {
            startTimeout = value;
            return this;
        }

        /** How long {@link #close} waits after closing the standard input, before SIGKILL. */
        public Builder stopTimeout(Duration value) {
            stopTimeout = value;
            return this;
        }

        /** Null: not started again. */
        public Builder restart(@Nullable Backoff value) {
            restart = value;
            return this;
        }

        public ChildProcess build(Listener listener) {
            return new ChildProcess(this, listener);
        }
    }

    private List<String> commandLine() {
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(SHELL)) {
            // Ctrl-C, a closed terminal and the stop of a service (systemd) go to the whole process group, but
            // the order of stopping is the parent's. An ignored signal stays so behind exec, and a JVM respects it.
            line.addAll(List.of(SHELL.toString(), "-c", "trap '' INT HUP TERM; exec \"$@\"", "sh"));
        }
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(command.jvmArguments);
        line.addAll(List.of("-cp", command.classPath, command.mainClass));
        line.addAll(command.arguments);
        return line;
    }

    /** The waiting time before a restart: doubles from first to most, and is first again after a minute without an end. */
    public record Backoff(Duration first, Duration most) {
        public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));

        public Backoff {
            if (first.isNegative() || most.compareTo(first) < 0) {
                throw new IllegalArgumentException("not a back-off: " + first + " to " + most);
            }
        }
    }

    /** Called on the child's own thread; must return soon. */
    public interface Listener {
        Listener NONE = new Listener() {};

        default void started(String name, long pid) {}

        default void ready(String name, long pid) {}

        default void ended(End end) {}
    }

    /**
     * A child has ended.
     *
     * @param asked it ended because of {@link ChildProcess#close}
     * @param restartIn null: it is not started again
     * @param lastLines of its output
     */
    public record End(
            String name,
            long pid,
            int exitCode,
            boolean asked,
            @Nullable Duration restartIn,
            List<String> lastLines) {}

    /** Starts it and returns; see {@link #awaitReady}. */
    public synchronized void start() {
        if (follower != null || closing) {
            throw new IllegalStateException(command.name + " was started before");
        }
        log.open();
        Process first = launch();
        follower = new Thread(() -> follow(first), "child " + command.name);
        follower.setDaemon(true);
        follower.start();
    }

    /** Returns when it does its work. Throws when it ended before, or when startTimeout is over (it then still runs). */
    public synchronized void awaitReady() {
        long end = System.nanoTime() + command.startTimeout.toNanos();
        while (!ready) {
            if (failure != null) {
                throw failure;
            }
            if (over || closing || follower == null) {
                throw new EmbeddedException(command.name + " does not run", "see " + command.log);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new EmbeddedException(
                        command.name + " is not ready after " + command.startTimeout.toSeconds() + " s; its last lines:"
                                + log.indentedTail(),
                        "see " + command.log + ", or try again when the machine is less busy");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EmbeddedException("interrupted while " + command.name + " started", "start again", e);
            }
        }
    }

    public synchronized boolean isReady() {
        return ready;
    }

    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Of the process that runs now or, between an end and the restart, of the last one; -1 before the start. */
    public synchronized long pid() {
        return process == null ? -1 : process.pid();
    }

    /** SIGKILL, now. With a {@link Backoff} it comes back. */
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Its last lines of output. */
    public List<String> lastLines() {
        return log.tail();
    }

    /** Ends it: closes its standard input, after stopTimeout SIGKILL. Returns when it is gone. */
    @Override
    public void close() {
        Process running;
        Thread following;
        synchronized (this) {
            closing = true;
            notifyAll();
            running = process;
            following = follower;
        }
        if (running != null) {
            end(running);
        }
        if (following != null) {
            joinQuietly(following);
        }
    }

    private void end(Process running) {
        try {
            running.getOutputStream().close();
        } catch (IOException e) {
            // gone already
        }
        try {
            if (running.waitFor(command.stopTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.destroyForcibly();
    }

    private static void joinQuietly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Process launch() {
        ProcessBuilder builder = new ProcessBuilder(commandLine()).redirectErrorStream(true);
        builder.environment().putAll(command.environment);
        try {
            Process started = builder.start();
            process = started;
            return started;
        } catch (IOException e) {
            throw new EmbeddedException(
                    "the process of " + command.name + " cannot be started: " + e.getMessage(),
                    "check the limits on processes and memory of this user",
                    e);
        }
    }

    /** The life of the child: follow it to its end, tell, wait, start it again. */
    private void follow(Process first) {
        Process current = first;
        Duration pause = command.restart == null ? Duration.ZERO : command.restart.first();
        try (log) {
            while (true) {
                listener.started(command.name, current.pid());
                long began = System.nanoTime();
                read(current);
                int code = awaitExit(current);
                Backoff restart = command.restart;
                if (restart != null && System.nanoTime() - began > TimeUnit.MINUTES.toNanos(1)) {
                    pause = restart.first();
                }
                boolean again;
                boolean asked;
                synchronized (this) {
                    ready = false;
                    asked = closing;
                    again = restart != null && wasReady && !closing;
                    over = !again;
                    if (!wasReady && failure == null && !closing) {
                        failure = endedEarly(code);
                    }
                    notifyAll();
                }
                listener.ended(new End(command.name, current.pid(), code, asked, again ? pause : null, log.tail()));
                if (!again || restart == null) {
                    return;
                }
                Process next = launchAfter(pause);
                if (next == null) {
                    return;
                }
                current = next;
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(restart.most()) < 0 ? doubled : restart.most();
            }
        }
    }

    /** Null: closed meanwhile. */
    private synchronized @Nullable Process launchAfter(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        while (true) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            try {
                if (left > 0 && !closing) {
                    wait(left);
                    continue;
                }
                if (closing) {
                    over = true;
                    return null;
                }
                return launch();
            } catch (EmbeddedException e) { // no process or memory to be had just now
                log.line(String.valueOf(e.getMessage()));
                end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            } catch (InterruptedException e) {
                closing = true;
            }
        }
    }

    private void read(Process current) {
        try (InputStream in = current.getInputStream()) {
            log.copy(in, line -> heard(current, line));
        } catch (IOException e) {
            // the process is gone
        }
    }

    private void heard(Process current, String line) {
        if (line.startsWith(ParentWatch.PROBLEM)) {
            String[] parts = line.substring(ParentWatch.PROBLEM.length()).split("\t", 2);
            synchronized (this) {
                if (!wasReady) {
                    failure = new EmbeddedException(
                            command.name + " cannot start: " + parts[0],
                            parts.length > 1 ? parts[1] : "see " + command.log);
                }
            }
        } else if (line.equals(ParentWatch.READY)) {
            Thread asking = new Thread(() -> ask(current), "child " + command.name + " probe");
            asking.setDaemon(true);
            asking.start();
        }
    }

    private void ask(Process current) {
        try {
            while (!command.probe.getAsBoolean()) {
                if (current.waitFor(100, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            nowReady(current);
        } catch (InterruptedException e) {
            // nobody does
        }
    }

    private void nowReady(Process current) {
        synchronized (this) {
            if (current != process || !current.isAlive()) {
                return;
            }
            wasReady = true;
            ready = true;
            notifyAll();
        }
        listener.ready(command.name, current.pid());
    }

    private EmbeddedException endedEarly(int code) {
        String how = code > 128 ? "by signal " + (code - 128) : "with code " + code;
        return new EmbeddedException(
                command.name + " ended " + how + " before it was ready; its last lines:" + log.indentedTail(),
                "the whole output is in " + command.log);
    }

    private static int awaitExit(Process current) {
        while (true) {
            try {
                return current.waitFor();
            } catch (InterruptedException e) {
                current.destroyForcibly();
            }
        }
    }
}
