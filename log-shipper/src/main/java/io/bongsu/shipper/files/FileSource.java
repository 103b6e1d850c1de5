package io.bongsu.shipper.files;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.handoff.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Followed files, in a thread of their own. While memory is used up nothing is read: the files are the buffer. Where
 * reading goes on after a restart is written once a second, behind Kafka's acknowledgement.
 */
public final class FileSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);
    private static final long REST = Duration.ofMillis(200).toNanos();

    private final Follower follower;
    private final Thread thread = new Thread(this::run, "bongsu-shipper-files");
    private volatile boolean stopping;

    /**
     * @param checkpoint where the places are kept
     * @throws IOException they cannot be read; the message says what to do
     */
    public FileSource(
            List<FileInput> inputs, int maxLineBytes, HandOff handOff, Bound bound, Ledger ledger, Path checkpoint)
            throws IOException {
        for (FileInput input : inputs) {
            ledger.listener(input.name());
        }
        follower = new Follower(inputs, Follower.Settings.of(maxLineBytes), new ToKafka(handOff, bound), checkpoint);
        ledger.gauge("files", () -> follower.followed);
        ledger.gauge("files.open", () -> follower.open);
        ledger.gauge("files.unreadable", () -> follower.unreadable);
        ledger.gauge("files.unread.bytes", () -> follower.unread);
        ledger.gauge("files.replaced", () -> follower.replaced);
        ledger.gauge("files.lost", () -> follower.lost);
        ledger.gauge("files.checkpoint.fails", () -> follower.checkpointFails ? 1 : 0);
    }

    public void start() {
        thread.start();
    }

    /** The room in memory changed. */
    public void roomChanged() {
        LockSupport.unpark(thread);
    }

    /** Nothing is read when this returns; what was read is not acknowledged yet. */
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes how far Kafka has acknowledged, so it comes after the end of the hand-off. */
    @Override
    public void close() {
        stop();
        follower.close();
    }

    private void run() {
        while (!stopping) {
            boolean more = false;
            try {
                more = follower.turn(System.nanoTime());
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("Files could not be followed in this turn; trying on");
            }
            if (!more) {
                LockSupport.parkNanos(this, REST);
            }
        }
    }

    private record ToKafka(HandOff handOff, Bound bound) implements Output {
        private static final Pattern POD = Pattern.compile("/pods/([^/_]+)_([^/_]+)_[^/]+/([^/]+)/[^/]+$");

        @Override
        public File file(FileInput input, String name, long epoch, String path, long from) {
            Origin origin = new Origin(
                    input.name(),
                    input.format() == FileInput.Format.CRI ? "cri" : "auto",
                    input.tag(),
                    input.charset(),
                    input.zone(),
                    fields(input, path));
            Source source = handOff.file(origin, name, epoch, from);
            return new File() {
                @Override
                public Source.Lines open() {
                    return source.open();
                }

                @Override
                public void forget() {
                    handOff.forget(source);
                }
            };
        }

        /** Kubernetes says in the path whose log it is: pods/NAMESPACE_POD_UID/CONTAINER/N.log. */
        private static Map<String, String> fields(FileInput input, String path) {
            Matcher pod = POD.matcher(path);
            return input.format() == FileInput.Format.CRI && pod.find()
                    ? Map.of(
                            "log.file.path",
                            path,
                            "orchestrator.type",
                            "kubernetes",
                            "orchestrator.namespace",
                            pod.group(1),
                            "orchestrator.resource.type",
                            "pod",
                            "orchestrator.resource.name",
                            pod.group(2),
                            "container.name",
                            pod.group(3))
                    : Map.of("log.file.path", path);
        }

        @Override
        public boolean open() {
            return bound.open();
        }
    }
}
