package io.bongsu.shipper.handoff;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Seal;
import io.bongsu.model.Seals;
import io.bongsu.model.Topics;
import io.bongsu.shipper.spool.Spool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From lines to acknowledged records of {@code bongsu.logs}. One thread of its own hands packs to the producer, oldest
 * first, so that one source stays in order; it alone ever blocks on Kafka. A record is kept, and counts against the
 * {@link Bound}, until Kafka has acknowledged it. When the producer fails for good, a new one sends everything that is
 * not acknowledged again, in the same order: some lines may then be in the log twice, under the same identity.
 *
 * <p>What Kafka does not acknowledge soon is written to the {@link Spool}, in the same order: from then on everything
 * goes through it, until it has been read to its end and Kafka is quick again.
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
    /** Each goes to every partition when the spool is read, so an outage must not pile them up. */
    private static final long SPOOLED_HEARTBEAT_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final Identity identity;
    private final Sealer sealer;
    private final Ledger ledger;
    private final Bound bound;
    private final ByteRoom room;
    private final Clock clock;
    private final long lingerNanos;
    private final long heartbeatNanos;
    private final byte[] heartbeatKey;

    private final Map<String, Source> sources = new ConcurrentHashMap<>();
    private final Queue<LinePack> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sealed = new AtomicInteger();
    /** Actions of inputs that wait for their lines to be durable. */
    private final AtomicInteger expected = new AtomicInteger();

    private final Thread thread = new Thread(this::run, "bongsu-shipper-sender");
    private volatile long deadline;
    private volatile boolean closing;

    // The sender thread's own.
    private final Outgoing.Queues queues = new Outgoing.Queues();
    private final Delivery delivery;
    private final Spooling spooling;
    private final boolean hasSpool;
    private long nextHeartbeat;

    /**
     * @param spool takes what Kafka does not; closed with this. Null: none
     * @param spoolAfter how long Kafka may take before lines go there
     * @param producers makes a producer; called once here and again whenever one has failed
     * @param wall clock in microseconds since 1970
     */
    public HandOff(
            Identity identity,
            Ledger ledger,
            Bound bound,
            Duration linger,
            Duration heartbeat,
            @Nullable Spool spool,
            Duration spoolAfter,
            Supplier<Producer<byte[], byte[]>> producers,
            LongSupplier wall) {
        this.identity = identity;
        this.sealer = new Sealer(identity);
        this.ledger = ledger;
        this.bound = bound;
        this.room = new ByteRoom(bound.limit());
        this.clock = new Clock(wall);
        this.lingerNanos = linger.toNanos();
        this.heartbeatNanos = heartbeat.toNanos();
        this.heartbeatKey = identity.shipper().getBytes(StandardCharsets.UTF_8);
        this.delivery = new Delivery(producers, ledger, bound, thread, this::wake, this::acknowledged);
        this.hasSpool = spool != null;
        this.spooling = new Spooling(spool, spoolAfter, queues, delivery, ledger, bound, this::takeDue, this::durable);
        ledger.gauge("inflight.bytes", bound::used);
        ledger.gauge("sources", sources::size);
    }

    /** The first record is a heartbeat, whose answer lines wait for; unless older lines lie in the spool. */
    public void start() {
        nextHeartbeat = System.nanoTime();
        if (!spooling.active()) {
            heartbeat(false);
        }
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
            // An interrupt would close the spool's file in the middle of a write.
            thread.join((hasSpool ? timeout.plusSeconds(5) : timeout).plusMillis(1));
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
        LinePack pack = new LinePack(room, source, System.nanoTime(), from);
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
        while (!(lastHeartbeat && nothingLeft()) && !outOfTime()) {
            try {
                forgetAcknowledged();
                replaceBrokenProducer();
                spooling.write(closing ? Math.max(0, deadline - System.nanoTime()) / 2 : Long.MAX_VALUE);
                sendWhatIsDue();
                forgetAcknowledged();
                if (!closing) {
                    heartbeatIfDue();
                } else if (!lastHeartbeat && waiting.isEmpty()) {
                    heartbeat(true);
                    lastHeartbeat = true;
                }
                rest();
            } catch (RuntimeException | OutOfMemoryError e) {
                delivery.broken(e);
            }
        }
        finish();
    }

    /** What lies in the spool comes with the next start. */
    private boolean nothingLeft() {
        return waiting.isEmpty()
                && queues.next().isEmpty()
                && (spooling.active() || queues.unacknowledged().isEmpty());
    }

    private void forgetAcknowledged() {
        ArrayDeque<Outgoing> unacknowledged = queues.unacknowledged();
        boolean progress = false;
        for (Outgoing oldest = unacknowledged.peek();
                oldest != null && oldest.acknowledged;
                oldest = unacknowledged.peek()) {
            unacknowledged.remove();
            if (oldest.seal >= 0) {
                sealer.acknowledged(oldest.sealEpoch, oldest.seal);
            }
            durable(oldest);
            progress = true;
        }
        spooling.forget(progress);
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
        out.whenDurable.clear();
    }

    private void replaceBrokenProducer() {
        Throwable cause = delivery.broken();
        if (cause == null) {
            return;
        }
        LOG.atError()
                .setCause(cause)
                .addKeyValue("topic", Topics.LOGS)
                .addKeyValue("records", queues.unacknowledged().size())
                .log("Kafka refused a record; all that is not acknowledged is sent again until it is taken."
                        + " Check the permissions and the settings of the topic");
        delivery.abandon();
        pause();
        delivery.begin();
        spooling.takeBack();
    }

    private void sendWhatIsDue() {
        for (int i = 0; i < PACKS_A_ROUND && delivery.broken() == null && delivery.pause(System.nanoTime()) <= 0; i++) {
            ArrayDeque<Outgoing> from = nextToSend();
            Outgoing out = from.peek();
            if (out == null || !delivery.transmit(out)) {
                return;
            }
            queues.unacknowledged().add(from.remove());
        }
    }

    /** The queue whose head is the next to be sent; an empty one when there is none now. */
    private ArrayDeque<Outgoing> nextToSend() {
        if (spooling.goesFirst()) {
            return queues.fromSpool();
        }
        if (queues.next().isEmpty()) {
            takeDue();
        }
        return queues.next();
    }

    private boolean takeDue() {
        LinePack pack = waiting.peek();
        if (pack == null || !due(pack)) {
            return false;
        }
        take(pack);
        return true;
    }

    /** A full pack does not wait, and neither do those before it; none waits while Kafka has nothing else to do. */
    private boolean due(LinePack pack) {
        return sealed.get() > 0
                || delivery.inFlight() == 0 && !spooling.active()
                || closing
                || System.nanoTime() - pack.createdNanos >= lingerNanos;
    }

    /** The oldest pack becomes the last record to send. */
    private void take(LinePack pack) {
        pack.source.seal(pack);
        long charged = LinePack.OVERHEAD + pack.source.header.length + pack.size();
        byte[] value = pack.lines() == 0 ? null : pack.encode(pack.source.header);
        expected.addAndGet(pack.whenDurable().size());
        waiting.remove();
        if (pack.sealed()) {
            sealed.decrementAndGet();
        }
        if (value == null) {
            bound.charge(-charged);
        } else {
            sealer.add(pack);
        }
        pack.release();
        queues.next().add(new Outgoing(pack.source.key, value, pack.lines(), charged, false, pack.whenDurable()));
    }

    private void heartbeatIfDue() {
        if (delivery.heartbeats().get() > 0 || System.nanoTime() - nextHeartbeat < 0) {
            return;
        }
        if (!spooling.active()) {
            heartbeat(false);
        } else if (queues.next().isEmpty() && spooling.hadLines()) {
            heartbeat(false);
            nextHeartbeat += Math.max(0, SPOOLED_HEARTBEAT_NANOS - heartbeatNanos);
        }
    }

    /** Goes behind all that was received before it. */
    private void heartbeat(boolean last) {
        nextHeartbeat = System.nanoTime() + heartbeatNanos;
        long now = clock.now();
        // Whoever read the clock before us has queued its lines when this is over; whoever comes later reads `now` or
        // more.
        sources.values().forEach(Source::fence);
        long until = System.nanoTime();
        for (LinePack pack = waiting.peek(); pack != null && pack.createdNanos - until <= 0; pack = waiting.peek()) {
            take(pack);
        }
        Seal seal = sealer.seal(last);
        Heartbeat beat = new Heartbeat(identity.shipper(), identity.epoch(), now, ledger.told(), seal, null);
        byte[] value = seal == null
                ? Codec.encode(beat)
                : Seals.sign(beat, identity.key().getPrivate());
        Outgoing out = new Outgoing(heartbeatKey, value, 0, LinePack.OVERHEAD + value.length, true, new ArrayList<>(0));
        out.seal = seal == null ? -1 : seal.getNumber();
        out.sealEpoch = identity.epoch();
        bound.charge(out.charged);
        delivery.heartbeats().incrementAndGet();
        queues.next().add(out);
        ledger.heartbeat();
    }

    /** On Kafka's own thread. */
    private void acknowledged(Outgoing out) {
        if (delivery.inFlight() == 0 || out.heartbeat || spooling.active() || expected.get() > 0) {
            wake();
        }
    }

    private void rest() {
        if (delivery.broken() != null) {
            return;
        }
        long now = System.nanoTime();
        long nanos = closing ? Delivery.RETRY_NANOS : heartbeatNanos;
        if (!closing && delivery.heartbeats().get() == 0) {
            nanos = Math.max(nextHeartbeat - now, spooling.active() ? Delivery.RETRY_NANOS : 0);
        }
        if (spooling.hasSomethingToSend()) {
            nanos = Math.min(nanos, delivery.pause(now));
        }
        if (spooling.active() && !queues.next().isEmpty()) {
            nanos = Math.min(nanos, spooling.pause(now));
        }
        LinePack pack = waiting.peek();
        if (pack != null) {
            long due = due(pack) ? 0 : pack.createdNanos + lingerNanos - now;
            long pause = spooling.active() ? spooling.pause(now) : delivery.pause(now);
            nanos = Math.min(nanos, Math.max(due, pause));
        }
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void pause() {
        long until = System.nanoTime() + Delivery.RETRY_NANOS;
        for (long left = Delivery.RETRY_NANOS; left > 0 && !outOfTime(); left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private boolean outOfTime() {
        return closing && System.nanoTime() - deadline >= 0;
    }

    private void finish() {
        forgetAcknowledged();
        // Who closes us may have lost patience; what can be saved is saved all the same, and the producer must close.
        Thread.interrupted();
        if (!nothingLeft()) {
            spooling.writeAll();
        }
        boolean all = nothingLeft();
        if (!all) {
            LOG.atError()
                    .addKeyValue(
                            "records",
                            queues.unacknowledged().size() + queues.next().size() + waiting.size())
                    .addKeyValue("lines", ledger.snapshot().get("inflight.lines"))
                    .log("Stopped before Kafka had acknowledged everything; these lines may be lost");
        }
        delivery.close(!all ? Duration.ZERO : Duration.ofSeconds(spooling.active() ? 1 : 5));
        if (hasSpool) {
            forgetAcknowledged();
            spooling.close();
        }
    }
}
