package io.bongsu.shipper.handoff;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From lines to acknowledged records of {@code bongsu.logs}. One thread of its own hands packs to the producer, oldest
 * first, so that one source stays in order; it alone ever blocks on Kafka. A record is kept, and counts against the
 * {@link Bound}, until Kafka has acknowledged it. When the producer fails for good, a new one sends everything that is
 * not acknowledged again, in the same order: some lines may then be in the log twice, under the same identity.
 *
 * <p>A heartbeat goes to each partition when every line received before its {@code now} has been handed to the producer.
 * No new heartbeats while older ones are not acknowledged, so an outage does not pile them up.
 */
public final class HandOff {
    /** Bytes of lines in a record; a longer line has a record to itself. */
    static final int PACK_BYTES = 256 * 1024;
    /** Lines in a record: each becomes an event several times its size, and those meet in one record again. */
    static final int PACK_LINES = 2_000;
    /** Senders that are told apart; the lines of any more share one source per listener, {@code <listener>/other}. */
    static final int MAX_SOURCES = 50_000;

    private static final int PACKS_A_ROUND = 64;
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long COMPLAIN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final Identity identity;
    private final Ledger ledger;
    private final Bound bound;
    private final Clock clock;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final long lingerNanos;
    private final long heartbeatNanos;
    private final byte[] heartbeatKey;

    private final Map<String, Source> sources = new ConcurrentHashMap<>();
    private final Queue<LinePack> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sealed = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger heartbeatsInFlight = new AtomicInteger();
    /** Actions of inputs that wait for their lines to be durable. */
    private final AtomicInteger expected = new AtomicInteger();

    private final Thread thread = new Thread(this::run, "bongsu-shipper-sender");
    private volatile @Nullable Throwable broken;
    private volatile int generation;
    private volatile long deadline;
    private volatile long heartbeatAcknowledged;
    private volatile boolean heartbeatSeen;
    private volatile boolean closing;

    // The sender thread's own.
    private final ArrayDeque<Outgoing> unacknowledged = new ArrayDeque<>();
    private Producer<byte[], byte[]> producer;
    private @Nullable Exception refused;
    private long nextHeartbeat;
    private long nextComplaint;

    /** A record until it is acknowledged. */
    private static final class Outgoing {
        final int lines;
        final long charged;
        final boolean heartbeat;
        final List<Runnable> whenDurable;
        volatile @Nullable ProducerRecord<byte[], byte[]> record;

        Outgoing(
                @Nullable ProducerRecord<byte[], byte[]> record,
                int lines,
                long charged,
                boolean heartbeat,
                List<Runnable> whenDurable) {
            this.record = record;
            this.lines = lines;
            this.charged = charged;
            this.heartbeat = heartbeat;
            this.whenDurable = whenDurable;
        }
    }

    /**
     * @param producers makes a producer; called once here and again whenever one has failed
     * @param wall clock in microseconds since 1970
     */
    public HandOff(
            Identity identity,
            Ledger ledger,
            Bound bound,
            Duration linger,
            Duration heartbeat,
            Supplier<Producer<byte[], byte[]>> producers,
            LongSupplier wall) {
        this.identity = identity;
        this.ledger = ledger;
        this.bound = bound;
        this.clock = new Clock(wall);
        this.producers = producers;
        this.lingerNanos = linger.toNanos();
        this.heartbeatNanos = heartbeat.toNanos();
        this.heartbeatKey = identity.shipper().getBytes(StandardCharsets.UTF_8);
        this.producer = producers.get();
        ledger.gauge("inflight.bytes", bound::used);
        ledger.gauge("sources", sources::size);
        ledger.gauge("heartbeat.age.ms", this::heartbeatAge);
    }

    public void start() {
        nextHeartbeat = System.nanoTime();
        nextComplaint = nextHeartbeat;
        thread.start();
    }

    /** The source of that sender; the same object for the same address, for as long as the epoch lasts. */
    public Source source(Origin origin, @Nullable String address) {
        return source(origin, address, null);
    }

    /** @param subject of the sender's certificate: whoever shows another one from the same address is another source */
    public Source source(Origin listener, @Nullable String address, @Nullable String subject) {
        Origin origin = subject == null ? listener : listener.with("tls.client.subject", subject);
        String name = origin.listener() + '/' + address + (subject == null ? "" : '/' + subject);
        Source known = sources.get(name);
        if (known != null) {
            return known;
        }
        if (sources.size() >= MAX_SOURCES) {
            String other = origin.listener() + "/other";
            return sources.computeIfAbsent(other, n -> new Source(this, origin, null, n, identity.epoch(), -1));
        }
        return sources.computeIfAbsent(name, n -> new Source(this, origin, address, n, identity.epoch(), -1));
    }

    /**
     * A file, or a part of one that goes on elsewhere: its lines have places instead of numbers.
     *
     * @param name of the file under that input, the same for as long as its content is
     * @param epoch how often it was begun anew
     * @param from the first place that is read
     */
    public Source file(Origin origin, String name, long epoch, long from) {
        String key = origin.listener() + '/' + name;
        Source source = new Source(this, origin, null, key, epoch, from);
        sources.put(key + '/' + epoch, source);
        return source;
    }

    /** No more will be read from it; what was handed over stays. */
    public void forget(Source source) {
        sources.values().remove(source);
    }

    /**
     * Delivers what was received, then a last heartbeat. When that takes longer than the timeout, the rest is given up and
     * reported: it remains in {@code inflight.lines}. Nothing may be received any more.
     */
    public void close(Duration timeout) {
        deadline = System.nanoTime() + timeout.toNanos();
        closing = true;
        wake();
        try {
            thread.join(timeout.plusMillis(1));
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    Identity identity() {
        return identity;
    }

    Ledger ledger() {
        return ledger;
    }

    Bound bound() {
        return bound;
    }

    Clock clock() {
        return clock;
    }

    boolean fits(LinePack pack, int length) {
        return pack.size() + length <= PACK_BYTES && pack.lines() < PACK_LINES;
    }

    /** A new pack, queued behind all older ones. Called under the source's lock, so that its packs stay in order. */
    LinePack begin(Source source, long from) {
        LinePack pack = new LinePack(source, System.nanoTime(), from);
        waiting.add(pack);
        wake();
        return pack;
    }

    void sealed() {
        sealed.incrementAndGet();
        wake();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        boolean lastHeartbeat = false;
        while (!(lastHeartbeat && unacknowledged.isEmpty()) && !outOfTime()) {
            try {
                forgetAcknowledged();
                replaceBrokenProducer();
                sendWhatIsDue();
                forgetAcknowledged();
                if (!closing) {
                    heartbeatIfDue();
                } else if (!lastHeartbeat && waiting.isEmpty()) {
                    lastHeartbeat = heartbeat();
                }
                rest();
            } catch (RuntimeException | OutOfMemoryError e) {
                broken = e;
            }
        }
        finish();
    }

    private void forgetAcknowledged() {
        for (Outgoing oldest = unacknowledged.peek();
                oldest != null && oldest.record == null;
                oldest = unacknowledged.peek()) {
            unacknowledged.remove();
            durable(oldest);
        }
    }

    private void durable(Outgoing out) {
        for (Runnable action : out.whenDurable) {
            expected.decrementAndGet();
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("Lines are durable, but their input could not be told");
            }
        }
    }

    private void replaceBrokenProducer() {
        Throwable cause = broken;
        if (cause == null) {
            return;
        }
        LOG.atError()
                .setCause(cause)
                .addKeyValue("topic", Topics.LOGS)
                .addKeyValue("records", unacknowledged.size())
                .log("Kafka refused a record; all that is not acknowledged is sent again until it is taken."
                        + " Check the permissions and the settings of the topic");
        generation++;
        producer.close(Duration.ZERO);
        pause();
        producer = producers.get();
        broken = null;
        for (Outgoing out : unacknowledged) {
            if (out.record != null) {
                ledger.resent(out.lines);
                transmit(out);
            }
        }
    }

    private void sendWhatIsDue() {
        for (int i = 0; i < PACKS_A_ROUND && broken == null; i++) {
            LinePack next = waiting.peek();
            if (next == null || !due(next)) {
                return;
            }
            sendOldest(next);
        }
    }

    /** A full pack does not wait, and neither do those before it; none waits while Kafka has nothing else to do. */
    private boolean due(LinePack pack) {
        return sealed.get() > 0
                || inFlight.get() == 0
                || closing
                || System.nanoTime() - pack.createdNanos >= lingerNanos;
    }

    private void sendOldest(LinePack pack) {
        pack.source.seal(pack);
        long charged = LinePack.OVERHEAD + pack.source.header.length + pack.size();
        ProducerRecord<byte[], byte[]> record = pack.lines() == 0
                ? null
                : new ProducerRecord<>(Topics.LOGS, pack.source.key, pack.encode(pack.source.header));
        Outgoing out = new Outgoing(record, pack.lines(), charged, false, pack.whenDurable());
        expected.addAndGet(pack.whenDurable().size());
        waiting.remove();
        if (pack.sealed()) {
            sealed.decrementAndGet();
        }
        if (record == null) {
            unacknowledged.add(out);
            bound.charge(-charged);
            return;
        }
        send(out);
    }

    private void heartbeatIfDue() {
        if (heartbeatsInFlight.get() == 0 && System.nanoTime() - nextHeartbeat >= 0) {
            heartbeat();
        }
    }

    /** Whether it was handed to the producer. */
    private boolean heartbeat() {
        nextHeartbeat = System.nanoTime() + heartbeatNanos;
        List<PartitionInfo> partitions;
        try {
            partitions = producer.partitionsFor(Topics.LOGS);
        } catch (TimeoutException e) {
            complain(e);
            return false;
        }
        long now = clock.now();
        // Whoever read the clock before us has queued its lines when this is over; whoever comes later reads `now` or
        // more.
        sources.values().forEach(Source::fence);
        long until = System.nanoTime();
        for (LinePack next = waiting.peek(); next != null && next.createdNanos - until <= 0; next = waiting.peek()) {
            sendOldest(next);
        }
        byte[] value = Codec.encode(Heartbeat.newBuilder()
                .setShipper(identity.shipper())
                .setEpoch(identity.epoch())
                .setNow(now)
                .setCounters(ledger.snapshot())
                .build());
        long charged = LinePack.OVERHEAD + value.length;
        for (PartitionInfo partition : partitions) {
            heartbeatsInFlight.incrementAndGet();
            bound.charge(charged);
            send(new Outgoing(
                    new ProducerRecord<>(Topics.LOGS, partition.partition(), heartbeatKey, value),
                    0,
                    charged,
                    true,
                    List.of()));
        }
        ledger.heartbeat();
        return true;
    }

    private void send(Outgoing out) {
        unacknowledged.add(out);
        inFlight.incrementAndGet();
        transmit(out);
    }

    /** Until the producer has it, or is broken: then it goes again, in its turn, through the next one. */
    private void transmit(Outgoing out) {
        int current = generation;
        ProducerRecord<byte[], byte[]> record = out.record;
        while (broken == null && record != null && !outOfTime()) {
            refused = null;
            try {
                producer.send(record, (metadata, failure) -> answered(out, current, failure));
            } catch (KafkaException | IllegalStateException e) {
                broken = e;
                return;
            }
            Exception why = refused;
            if (why == null) {
                return;
            }
            if (!(why instanceof TimeoutException)) {
                broken = why;
                return;
            }
            complain(why);
            pause();
        }
    }

    /** On Kafka's own thread; or on ours, within {@code send}, when the producer did not even take the record. */
    private void answered(Outgoing out, int generationThen, @Nullable Exception failure) {
        if (failure == null) {
            acknowledged(out);
        } else if (Thread.currentThread() == thread) {
            refused = failure;
        } else if (generationThen == generation) {
            broken = failure;
            wake();
        }
    }

    private synchronized void acknowledged(Outgoing out) {
        if (out.record == null) {
            return;
        }
        out.record = null;
        ledger.acknowledged(out.lines);
        bound.charge(-out.charged);
        boolean lastHeartbeat = out.heartbeat && heartbeatsInFlight.decrementAndGet() == 0;
        if (lastHeartbeat) {
            heartbeatAcknowledged = System.nanoTime();
            heartbeatSeen = true;
        }
        if (inFlight.decrementAndGet() == 0 || lastHeartbeat || expected.get() > 0) {
            wake();
        }
    }

    /** How long ago every partition had acknowledged a heartbeat; -1: never. */
    private long heartbeatAge() {
        return heartbeatSeen ? (System.nanoTime() - heartbeatAcknowledged) / 1_000_000 : -1;
    }

    private void rest() {
        if (broken != null) {
            return;
        }
        long now = System.nanoTime();
        long nanos = closing ? RETRY_NANOS : heartbeatNanos;
        if (!closing && heartbeatsInFlight.get() == 0) {
            nanos = nextHeartbeat - now;
        }
        LinePack next = waiting.peek();
        if (next != null) {
            nanos = due(next) ? 0 : Math.min(nanos, next.createdNanos + lingerNanos - now);
        }
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void pause() {
        long until = System.nanoTime() + RETRY_NANOS;
        for (long left = RETRY_NANOS; left > 0 && !outOfTime(); left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private boolean outOfTime() {
        return closing && System.nanoTime() - deadline >= 0;
    }

    private void complain(Exception why) {
        if (System.nanoTime() - nextComplaint >= 0) {
            nextComplaint = System.nanoTime() + COMPLAIN_NANOS;
            LOG.atWarn()
                    .addKeyValue("topic", Topics.LOGS)
                    .addKeyValue("inflight.bytes", bound.used())
                    .addKeyValue("reason", why.getMessage())
                    .log("Kafka does not take records; trying on, senders over TCP wait when memory is used up."
                            + " Check that Kafka runs and that the topic exists");
        }
    }

    private void finish() {
        forgetAcknowledged();
        boolean all = unacknowledged.isEmpty() && waiting.isEmpty();
        if (!all) {
            LOG.atError()
                    .addKeyValue("records", unacknowledged.size() + waiting.size())
                    .addKeyValue("lines", ledger.snapshot().get("inflight.lines"))
                    .log("Stopped before Kafka had acknowledged everything; these lines may be lost");
        }
        // Who closes us may have lost patience; the producer must close all the same.
        Thread.interrupted();
        try {
            producer.close(all ? Duration.ofSeconds(5) : Duration.ZERO);
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("The Kafka producer did not close cleanly");
        }
    }
}
