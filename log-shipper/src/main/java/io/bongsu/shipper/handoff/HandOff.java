package io.bongsu.shipper.handoff;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Seal;
import io.bongsu.model.Seals;
import io.bongsu.model.Topics;
import io.bongsu.shipper.spool.Spool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
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
    /** What is synced at once. */
    private static final long SPOOL_BATCH_BYTES = 4 * 1024 * 1024;
    /** Each goes to every partition when the spool is read, so an outage must not pile them up. */
    private static final long SPOOLED_HEARTBEAT_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long SPOOL_RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long COMPLAIN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final Identity identity;
    private final Sealer sealer;
    private final Ledger ledger;
    private final Bound bound;
    private final ByteRoom room;
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

    // The sender thread's own. What is in order: unacknowledged, fromSpool, the unread part of the spool, next,
    // waiting.
    private final ArrayDeque<Outgoing> unacknowledged = new ArrayDeque<>();
    private final ArrayDeque<Outgoing> fromSpool = new ArrayDeque<>();
    private final ArrayDeque<Outgoing> next = new ArrayDeque<>();
    /** Records of the spool, by place, that were acknowledged before others that are read again. */
    private final Set<Spool.Place> done = new HashSet<>();

    private final @Nullable Spool spool;
    private final long spoolAfterNanos;
    private Producer<byte[], byte[]> producer;
    private FirstRecords first = new FirstRecords();
    private @Nullable Exception refused;
    private long nextHeartbeat;
    private long nextComplaint;
    private volatile long nextSend;
    private long nextSpooling;
    private long spoolLost;
    private boolean spooledLines;
    private volatile boolean spooling;
    private volatile Trouble trouble = Trouble.NONE;
    /** Handed to the producer and not acknowledged. */
    private long inFlightBytes;

    /** What keeps lines out of the spool. */
    private enum Trouble {
        NONE,
        BOUND,
        DISK
    }

    /** A record until it is acknowledged; a heartbeat is one, though it goes to every partition. */
    private static final class Outgoing {
        final byte[] key;
        final int lines;
        final int size;
        final boolean heartbeat;
        final List<Runnable> whenDurable;
        /** Number of the seal that it carries, and the epoch that this counts in; -1: none. */
        long seal = -1;

        long sealEpoch;

        final long createdNanos = System.nanoTime();
        /** Null when it lies in the spool and need not be kept. */
        byte @Nullable [] value;
        /** Null: it is in no spool. */
        Spool.@Nullable Place place;

        long charged;
        boolean atProducer;
        volatile boolean acknowledged;

        Outgoing(
                byte[] key,
                byte @Nullable [] value,
                int lines,
                long charged,
                boolean heartbeat,
                List<Runnable> whenDurable) {
            this.key = key;
            this.value = value;
            this.size = value == null ? 0 : value.length;
            this.lines = lines;
            this.charged = charged;
            this.heartbeat = heartbeat;
            this.whenDurable = whenDurable;
            this.acknowledged = value == null; // nobody but an input waits for it
        }
    }

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
        this.producers = producers;
        this.lingerNanos = linger.toNanos();
        this.heartbeatNanos = heartbeat.toNanos();
        this.heartbeatKey = identity.shipper().getBytes(StandardCharsets.UTF_8);
        this.producer = producers.get();
        this.spool = spool;
        this.spoolAfterNanos = spoolAfter.toNanos();
        if (spool != null) {
            spooling = spool.unread();
            ledger.recovered(spool.recovered());
            ledger.gauge("spool.bytes", spool::bytes);
            ledger.gauge("spool.damaged", spool::damaged);
            ledger.gauge("spool.active", () -> spooling ? 1 : 0);
            ledger.gauge("spool.trouble", () -> trouble.ordinal());
        }
        ledger.gauge("inflight.bytes", bound::used);
        ledger.gauge("sources", sources::size);
        ledger.gauge("heartbeat.age.ms", this::heartbeatAge);
    }

    public void start() {
        nextHeartbeat = System.nanoTime();
        nextComplaint = nextHeartbeat;
        nextSend = nextHeartbeat;
        nextSpooling = nextHeartbeat;
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
            thread.join((spool == null ? timeout : timeout.plusSeconds(5)).plusMillis(1));
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
                spoolWhatIsDue();
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
                broken = e;
            }
        }
        finish();
    }

    /** What lies in the spool comes with the next start. */
    private boolean nothingLeft() {
        return waiting.isEmpty() && next.isEmpty() && (spooling || unacknowledged.isEmpty());
    }

    private void forgetAcknowledged() {
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
        if (spool != null && (progress || spooling)) {
            forgetSpooled(spool);
        }
    }

    private void forgetSpooled(Spool spool) {
        if (spooling && caughtUp(spool)) {
            spooling = false;
            LOG.atInfo().log("Kafka has caught up; lines no longer go to the spool");
        }
        countLost(spool);
        long most = spool.maxBytes();
        bound.hold(most > 0 && spool.bytes() > (bound.held() ? most / 2 : most / 4 * 3));
        if (spool.bytes() == 0) {
            return;
        }
        Spool.Place upTo = spool.reading();
        Outgoing first = !unacknowledged.isEmpty() ? unacknowledged.peek() : fromSpool.peek();
        if (first != null && first.place != null) {
            upTo = first.place;
        } else if (!fromSpool.isEmpty()) {
            return;
        }
        try {
            spool.acknowledged(upTo);
        } catch (IOException e) {
            spoolFails(e, Trouble.DISK);
        }
    }

    /** Nothing is left to read, and what was read last is not waiting long either. */
    private boolean caughtUp(Spool spool) {
        if (spool.unread() || !fromSpool.isEmpty() || inFlightBytes() >= bound.limit() / 4) {
            return false;
        }
        Outgoing oldest = unacknowledged.peek();
        return oldest == null || oldest.place == null || System.nanoTime() - oldest.createdNanos < spoolAfterNanos;
    }

    private void countLost(Spool spool) {
        long lost = spool.lostLines();
        if (lost != spoolLost) {
            ledger.lost(lost - spoolLost);
            spoolLost = lost;
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
        out.whenDurable.clear();
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
        first = new FirstRecords();
        broken = null;
        takeBack();
    }

    /** What the producer had goes again, in the same order: from the spool what is there, the rest from memory. */
    private synchronized void takeBack() {
        Spool.Place again = null;
        ArrayDeque<Outgoing> fromMemory = new ArrayDeque<>();
        for (Outgoing out : unacknowledged) {
            if (!out.acknowledged) {
                ledger.resent(out.lines);
            }
            if (out.place == null) {
                out.atProducer = false;
                fromMemory.add(out);
                continue;
            }
            if (out.acknowledged) {
                done.add(out.place);
                continue;
            }
            if (again == null) {
                again = out.place;
            }
            bound.charge(-out.charged);
            if (out.heartbeat) {
                heartbeatsInFlight.decrementAndGet();
            }
            out.acknowledged = true; // nobody is to hear of this one again
        }
        unacknowledged.clear();
        for (Outgoing out = fromMemory.pollLast(); out != null; out = fromMemory.pollLast()) {
            next.addFirst(out);
        }
        if (again != null && spool != null) {
            for (Outgoing out : fromSpool) {
                bound.charge(-out.charged);
                if (out.heartbeat) {
                    heartbeatsInFlight.decrementAndGet();
                }
            }
            fromSpool.clear();
            spool.rewind(again);
            spooling = true;
        }
        inFlight.set(0);
        inFlightBytes = 0;
    }

    private void sendWhatIsDue() {
        for (int i = 0; i < PACKS_A_ROUND && broken == null && System.nanoTime() - nextSend >= 0; i++) {
            ArrayDeque<Outgoing> from = nextToSend();
            Outgoing out = from.peek();
            if (out == null || !transmit(out)) {
                return;
            }
            unacknowledged.add(from.remove());
        }
    }

    /** The queue whose head is the next to be sent; an empty one when there is none now. */
    private ArrayDeque<Outgoing> nextToSend() {
        if (spool != null && fromSpool.isEmpty() && spool.unread()) {
            if (inFlightBytes() >= bound.limit() / 4) {
                return fromSpool;
            }
            readSpool(spool);
        }
        if (!fromSpool.isEmpty() || spooling && trouble == Trouble.NONE) {
            return fromSpool;
        }
        LinePack pack = waiting.peek();
        if (next.isEmpty() && pack != null && due(pack)) {
            take(pack);
        }
        return next;
    }

    private void readSpool(Spool spool) {
        for (Spool.Read read = spool.read(); read != null; read = spool.read()) {
            if (done.remove(read.place())) {
                continue;
            }
            Spool.Entry entry = read.entry();
            Outgoing out = new Outgoing(
                    entry.key(),
                    entry.value(),
                    entry.lines(),
                    LinePack.OVERHEAD + entry.size(),
                    entry.lines() == 0,
                    new ArrayList<>(0));
            out.place = read.place();
            bound.charge(out.charged);
            if (out.heartbeat) {
                heartbeatsInFlight.incrementAndGet();
                sealOf(out, entry.value());
            }
            fromSpool.add(out);
            return;
        }
        done.clear();
    }

    private static void sealOf(Outgoing out, byte[] value) {
        try {
            if (Codec.decode(value) instanceof Heartbeat beat && beat.getSeal() != null) {
                out.seal = beat.getSeal().getNumber();
                out.sealEpoch = beat.getEpoch();
            }
        } catch (Codec.Undecodable e) {
            // Not for us to judge: it goes to Kafka as it was written.
            LOG.atWarn().setCause(e).log("A heartbeat in the spool cannot be read");
        }
    }

    /** A full pack does not wait, and neither do those before it; none waits while Kafka has nothing else to do. */
    private boolean due(LinePack pack) {
        return sealed.get() > 0
                || inFlight.get() == 0 && !spooling
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
        next.add(new Outgoing(pack.source.key, value, pack.lines(), charged, false, pack.whenDurable()));
    }

    private void spoolWhatIsDue() {
        if (spool == null || spool.maxBytes() == 0 || System.nanoTime() - nextSpooling < 0) {
            return;
        }
        try {
            if (!spooling) {
                if (!overdue() && bound.used() < bound.limit() / 8 * 7) {
                    trouble = Trouble.NONE;
                    return;
                }
                beginSpooling(spool);
            }
            while (spooling && spoolBatch(spool)) {
                // all that is due
            }
        } catch (Spool.Full e) {
            spoolFails(e, Trouble.BOUND);
        } catch (IOException e) {
            spoolFails(e, Trouble.DISK);
        }
    }

    /** Whether something that is in memory only has waited too long for Kafka. */
    private boolean overdue() {
        long now = System.nanoTime();
        long most = closing ? Math.min(spoolAfterNanos, Math.max(0, deadline - now) / 2) : spoolAfterNanos;
        for (Outgoing out : unacknowledged) {
            if (out.place == null && !out.acknowledged) {
                return now - out.createdNanos >= most;
            }
        }
        Outgoing out = next.peek();
        return out != null && now - out.createdNanos >= most;
    }

    /** What the producer has and Kafka has not acknowledged is written first, so that it is safe whatever comes. */
    private void beginSpooling(Spool spool) throws IOException {
        List<Outgoing> first = new ArrayList<>();
        for (Outgoing out : unacknowledged) {
            if (out.place == null && !out.acknowledged) {
                first.add(out);
            }
        }
        if (!first.isEmpty()) {
            spooled(first, spool.append(first.stream().map(HandOff::entry).toList()));
            spool.skipUnread();
        }
        spooling = true;
        unacknowledged.forEach(this::durable);
        LOG.atWarn()
                .addKeyValue("inflight.bytes", bound.used())
                .log("Kafka is slow or away; lines go to the spool until it has caught up");
    }

    /** Whether there may be more. */
    private boolean spoolBatch(Spool spool) throws IOException {
        long bytes = next.stream().mapToLong(o -> o.size).sum();
        LinePack pack = waiting.peek();
        for (; pack != null && due(pack) && bytes < SPOOL_BATCH_BYTES; pack = waiting.peek()) {
            take(pack);
            bytes += next.getLast().size;
        }
        long room = Math.min(spool.room(), SPOOL_BATCH_BYTES);
        List<Outgoing> batch = new ArrayList<>();
        int passed = 0;
        for (Outgoing out : next) {
            if (!out.acknowledged) {
                long size = entry(out).size();
                if (size > room && !batch.isEmpty()) {
                    break;
                }
                room -= size;
                batch.add(out);
            }
            passed++;
        }
        if (passed == 0) {
            if (trouble == Trouble.BOUND && spool.room() > spool.maxBytes() / 4) {
                trouble = Trouble.NONE;
            }
            return false;
        }
        if (!batch.isEmpty()) {
            spooled(batch, spool.append(batch.stream().map(HandOff::entry).toList()));
        }
        for (int i = 0; i < passed; i++) {
            durable(next.remove());
        }
        trouble = Trouble.NONE;
        return !next.isEmpty();
    }

    private static Spool.Entry entry(Outgoing out) {
        byte[] value = Objects.requireNonNull(out.value, "what is in memory only has its bytes");
        return new Spool.Entry(out.key, value, out.lines);
    }

    private synchronized void spooled(List<Outgoing> batch, List<Spool.Place> places) {
        for (int i = 0; i < batch.size(); i++) {
            Outgoing out = batch.get(i);
            out.place = places.get(i);
            out.value = null;
            if (out.acknowledged) { // meanwhile
                continue;
            }
            spooledLines |= out.lines > 0;
            ledger.spooled(out.lines);
            bound.charge(-out.charged);
            out.charged = 0;
            if (out.heartbeat && !out.atProducer) {
                heartbeatsInFlight.decrementAndGet();
            }
        }
    }

    private void spoolFails(IOException why, Trouble kind) {
        nextSpooling = System.nanoTime() + SPOOL_RETRY_NANOS;
        if (trouble != kind) {
            trouble = kind;
            LOG.atError()
                    .setCause(why)
                    .addKeyValue("spool.bytes", spool == null ? 0 : spool.bytes())
                    .log(
                            kind == Trouble.BOUND
                                    ? "The spool is full: TCP senders wait, datagrams are dropped and counted."
                                            + " See why Kafka does not take records, or raise shipper.spool.max_bytes"
                                    : "The spool's disk does not take data (" + why.getMessage()
                                            + "): TCP senders wait, datagrams are dropped and counted. Make room on it, or"
                                            + " repair it");
        }
    }

    private void heartbeatIfDue() {
        if (heartbeatsInFlight.get() > 0 || System.nanoTime() - nextHeartbeat < 0) {
            return;
        }
        if (!spooling) {
            heartbeat(false);
        } else if (spooledLines && next.isEmpty()) {
            spooledLines = false;
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
        heartbeatsInFlight.incrementAndGet();
        next.add(out);
        ledger.heartbeat();
    }

    /** Whether the producer has it; if not, it is broken, or it is tried again in a moment. */
    private boolean transmit(Outgoing out) {
        byte[] value = out.value;
        if (out.acknowledged || value == null) {
            return true;
        }
        int current = generation;
        refused = null;
        try {
            int[] partitions = partitions(out);
            if (mustWait(partitions)) {
                return false;
            }
            FirstRecords of = first;
            AtomicInteger left = new AtomicInteger(partitions.length);
            handedOver(out);
            for (int partition : partitions) {
                if (refused == null) {
                    of.sent(partition);
                    producer.send(new ProducerRecord<>(Topics.LOGS, partition, out.key, value), (metadata, failure) -> {
                        if (of.answered(partition, failure == null)) {
                            nextSend = System.nanoTime();
                            wake();
                        }
                        if (failure != null || left.decrementAndGet() == 0) {
                            answered(out, current, failure);
                        }
                    });
                }
            }
        } catch (TimeoutException e) {
            refused = e;
        } catch (KafkaException | IllegalStateException e) {
            broken = e;
        }
        Exception why = refused;
        if (why == null && broken == null) {
            if (out.place != null) {
                out.value = null; // it can be read again
            }
            return true;
        }
        notTaken(out);
        if (why != null && !(why instanceof TimeoutException)) {
            broken = why;
        } else if (why != null) {
            complain(why);
            nextSend = System.nanoTime() + RETRY_NANOS;
        }
        return false;
    }

    /** Until an answer to the first record of a partition, which also makes an end of the pause. */
    private boolean mustWait(int[] partitions) {
        if (!first.underWay(partitions)) {
            return false;
        }
        nextSend = System.nanoTime() + RETRY_NANOS;
        if (first.underWay(partitions)) {
            return true;
        }
        nextSend = System.nanoTime(); // answered meanwhile
        return false;
    }

    /** All for a heartbeat; for lines the one that murmur2 of the key gives, so that one source stays in one. */
    private int[] partitions(Outgoing out) {
        int count = producer.partitionsFor(Topics.LOGS).size();
        return out.heartbeat
                ? IntStream.range(0, count).toArray()
                : new int[] {Utils.toPositive(Utils.murmur2(out.key)) % count};
    }

    private synchronized void handedOver(Outgoing out) {
        out.atProducer = true;
        inFlight.incrementAndGet();
        inFlightBytes += out.size;
    }

    private synchronized void notTaken(Outgoing out) {
        if (out.atProducer && !out.acknowledged) {
            out.atProducer = false;
            inFlight.decrementAndGet();
            inFlightBytes -= out.size;
        }
    }

    private synchronized long inFlightBytes() {
        return inFlightBytes;
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
        if (out.acknowledged) {
            return;
        }
        out.acknowledged = true;
        if (out.place != null) {
            ledger.spooled(-out.lines);
        } else {
            out.value = null;
        }
        ledger.acknowledged(out.lines);
        bound.charge(-out.charged);
        if (out.heartbeat) {
            heartbeatsInFlight.decrementAndGet();
            heartbeatAcknowledged = System.nanoTime();
            heartbeatSeen = true;
        }
        if (out.atProducer) {
            inFlightBytes -= out.size;
            inFlight.decrementAndGet();
        }
        if (inFlight.get() == 0 || out.heartbeat || spooling || expected.get() > 0) {
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
            nanos = Math.max(nextHeartbeat - now, spooling ? RETRY_NANOS : 0);
        }
        boolean readable = spool != null && spool.unread() && inFlightBytes() < bound.limit() / 4;
        boolean direct = !spooling || trouble != Trouble.NONE && spool != null && !spool.unread();
        if (!fromSpool.isEmpty() || readable || direct && !next.isEmpty()) {
            nanos = Math.min(nanos, nextSend - now);
        }
        if (spooling && !next.isEmpty()) {
            nanos = Math.min(nanos, nextSpooling - now);
        }
        LinePack pack = waiting.peek();
        if (pack != null) {
            long due = due(pack) ? 0 : pack.createdNanos + lingerNanos - now;
            nanos = Math.min(nanos, Math.max(due, (spooling ? nextSpooling : nextSend) - now));
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
        // Who closes us may have lost patience; what can be saved is saved all the same, and the producer must close.
        Thread.interrupted();
        if (spool != null && !(waiting.isEmpty() && next.isEmpty() && (spooling || unacknowledged.isEmpty()))) {
            nextSpooling = System.nanoTime();
            deadline = nextSpooling;
            spoolWhatIsDue();
        }
        boolean all = nothingLeft();
        if (!all) {
            LOG.atError()
                    .addKeyValue("records", unacknowledged.size() + next.size() + waiting.size())
                    .addKeyValue("lines", ledger.snapshot().get("inflight.lines"))
                    .log("Stopped before Kafka had acknowledged everything; these lines may be lost");
        }
        try {
            producer.close(!all ? Duration.ZERO : Duration.ofSeconds(spooling ? 1 : 5));
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("The Kafka producer did not close cleanly");
        }
        if (spool != null) {
            forgetAcknowledged();
            closeSpool(spool);
        }
    }

    private void closeSpool(Spool spool) {
        if (spooling) {
            LOG.atInfo()
                    .addKeyValue("lines", ledger.snapshot().get("spool.lines"))
                    .log("What Kafka has not taken is in the spool; the next start sends it first");
        }
        try {
            spool.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("The spool did not close cleanly");
        }
    }
}
