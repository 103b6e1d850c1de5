package io.bongsu.shipper.handoff;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.shipper.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way over the disk: what Kafka does not acknowledge soon is written to the {@link Spool}, in the order of receiving, and
 * from then on everything is, until it has been read to its end and Kafka is quick again. The sender thread's own.
 */
final class Spooling {
    /** What is synced at once. */
    private static final long BATCH_BYTES = 4 * 1024 * 1024;

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final @Nullable Spool spool;
    private final Outgoing.Queues queues;
    private final Delivery delivery;
    private final Ledger ledger;
    private final Bound bound;
    private final long afterNanos;
    private final BooleanSupplier takeDue;
    private final Consumer<Outgoing> durable;

    /** Records of the spool, by place, that were acknowledged before others that are read again. */
    private final Set<Spool.Place> done = new HashSet<>();

    private volatile boolean active;
    private volatile Trouble trouble = Trouble.NONE;
    private long nextWrite = System.nanoTime();
    private long lost;
    private boolean lines;

    /** What keeps lines out of the spool. */
    private enum Trouble {
        NONE,
        BOUND,
        DISK
    }

    /**
     * @param spool closed with this. Null: there is none, and nothing is ever due
     * @param after how long Kafka may take before lines go there
     * @param takeDue makes the oldest lines that are due the last record of {@code queues.next}; false when none are
     * @param durable is told of each record that is on disk
     */
    Spooling(
            @Nullable Spool spool,
            Duration after,
            Outgoing.Queues queues,
            Delivery delivery,
            Ledger ledger,
            Bound bound,
            BooleanSupplier takeDue,
            Consumer<Outgoing> durable) {
        this.spool = spool;
        this.afterNanos = after.toNanos();
        this.queues = queues;
        this.delivery = delivery;
        this.ledger = ledger;
        this.bound = bound;
        this.takeDue = takeDue;
        this.durable = durable;
        if (spool != null) {
            active = spool.unread();
            ledger.recovered(spool.recovered());
            ledger.gauge("spool.bytes", spool::bytes);
            ledger.gauge("spool.damaged", spool::damaged);
            ledger.gauge("spool.active", () -> active ? 1 : 0);
            ledger.gauge("spool.trouble", () -> trouble.ordinal());
        }
    }

    /** Whether everything goes through the spool. */
    boolean active() {
        return active;
    }

    /** Whether lines were written since this was asked last. */
    boolean hadLines() {
        boolean had = lines;
        lines = false;
        return had;
    }

    // ---- to the disk

    /** @param patience how long something may have waited for Kafka that is in memory only; nanoseconds */
    void write(long patience) {
        if (spool == null || spool.maxBytes() == 0 || System.nanoTime() - nextWrite < 0) {
            return;
        }
        try {
            if (!active) {
                if (!overdue(Math.min(patience, afterNanos)) && bound.used() < bound.limit() / 8 * 7) {
                    trouble = Trouble.NONE;
                    return;
                }
                begin(spool);
            }
            while (active && batch(spool)) {
                // all that is due
            }
        } catch (Spool.Full e) {
            fails(e, Trouble.BOUND);
        } catch (IOException e) {
            fails(e, Trouble.DISK);
        }
    }

    /** At the end: everything at once. */
    void writeAll() {
        nextWrite = System.nanoTime();
        write(0);
    }

    private boolean overdue(long most) {
        long now = System.nanoTime();
        for (Outgoing out : queues.unacknowledged()) {
            if (out.place == null && !out.acknowledged) {
                return now - out.createdNanos >= most;
            }
        }
        Outgoing out = queues.next().peek();
        return out != null && now - out.createdNanos >= most;
    }

    /** What the producer has and Kafka has not acknowledged is written first, so that it is safe whatever comes. */
    private void begin(Spool spool) throws IOException {
        List<Outgoing> first = new ArrayList<>();
        for (Outgoing out : queues.unacknowledged()) {
            if (out.place == null && !out.acknowledged) {
                first.add(out);
            }
        }
        if (!first.isEmpty()) {
            written(first, spool.append(first.stream().map(Spooling::entry).toList()));
            spool.skipUnread();
        }
        active = true;
        queues.unacknowledged().forEach(durable);
        LOG.atWarn()
                .addKeyValue("inflight.bytes", bound.used())
                .log("Kafka is slow or away; lines go to the spool until it has caught up");
    }

    /** Whether there may be more. */
    private boolean batch(Spool spool) throws IOException {
        ArrayDeque<Outgoing> next = queues.next();
        long bytes = next.stream().mapToLong(o -> o.size).sum();
        while (bytes < BATCH_BYTES && takeDue.getAsBoolean()) {
            bytes += next.getLast().size;
        }
        long room = Math.min(spool.room(), BATCH_BYTES);
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
            written(batch, spool.append(batch.stream().map(Spooling::entry).toList()));
        }
        for (int i = 0; i < passed; i++) {
            durable.accept(next.remove());
        }
        trouble = Trouble.NONE;
        return !next.isEmpty();
    }

    private static Spool.Entry entry(Outgoing out) {
        byte[] value = Objects.requireNonNull(out.value, "what is in memory only has its bytes");
        return new Spool.Entry(out.key, value, out.lines);
    }

    private void written(List<Outgoing> batch, List<Spool.Place> places) {
        for (int i = 0; i < batch.size(); i++) {
            Outgoing out = batch.get(i);
            synchronized (out) {
                out.place = places.get(i);
                out.value = null;
                if (out.acknowledged) { // meanwhile
                    continue;
                }
                lines |= out.lines > 0;
                ledger.spooled(out.lines);
                bound.charge(-out.charged);
                out.charged = 0;
                if (out.heartbeat && !out.atProducer) {
                    delivery.heartbeats().decrementAndGet();
                }
            }
        }
    }

    private void fails(IOException why, Trouble kind) {
        nextWrite = System.nanoTime() + RETRY_NANOS;
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

    // ---- from the disk

    /** Whether records wait in the spool that there is room for. */
    private boolean readable() {
        return spool != null && spool.unread() && delivery.inFlightBytes() < bound.limit() / 4;
    }

    /** Whether what is next must not pass what is, or is to be, on disk. */
    boolean goesFirst() {
        if (spool != null && queues.fromSpool().isEmpty() && spool.unread()) {
            if (!readable()) {
                return true;
            }
            read(spool);
        }
        return !queues.fromSpool().isEmpty() || active && trouble == Trouble.NONE;
    }

    private void read(Spool spool) {
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
                delivery.heartbeats().incrementAndGet();
                sealOf(out, entry.value());
            }
            queues.fromSpool().add(out);
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

    /** What the producer had goes again, in the same order: from the spool what is there, the rest from memory. */
    void takeBack() {
        Spool.Place again = null;
        ArrayDeque<Outgoing> fromMemory = new ArrayDeque<>();
        for (Outgoing out : queues.unacknowledged()) {
            synchronized (out) {
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
                    delivery.heartbeats().decrementAndGet();
                }
                out.acknowledged = true; // nobody is to hear of this one again
            }
        }
        queues.unacknowledged().clear();
        for (Outgoing out = fromMemory.pollLast(); out != null; out = fromMemory.pollLast()) {
            queues.next().addFirst(out);
        }
        if (again != null && spool != null) {
            for (Outgoing out : queues.fromSpool()) {
                bound.charge(-out.charged);
                if (out.heartbeat) {
                    delivery.heartbeats().decrementAndGet();
                }
            }
            queues.fromSpool().clear();
            spool.rewind(again);
            active = true;
        }
        delivery.nothingInFlight();
    }

    // ---- done with

    /** Lets the spool forget what is acknowledged, and sees whether it is still needed. */
    void forget(boolean progress) {
        if (spool == null || !progress && !active) {
            return;
        }
        if (active && caughtUp(spool)) {
            active = false;
            LOG.atInfo().log("Kafka has caught up; lines no longer go to the spool");
        }
        if (spool.lostLines() != lost) {
            ledger.lost(spool.lostLines() - lost);
            lost = spool.lostLines();
        }
        long most = spool.maxBytes();
        bound.hold(most > 0 && spool.bytes() > (bound.held() ? most / 2 : most / 4 * 3));
        if (spool.bytes() == 0) {
            return;
        }
        Spool.Place upTo = spool.reading();
        ArrayDeque<Outgoing> unacknowledged = queues.unacknowledged();
        Outgoing first = !unacknowledged.isEmpty()
                ? unacknowledged.peek()
                : queues.fromSpool().peek();
        if (first != null && first.place != null) {
            upTo = first.place;
        } else if (!queues.fromSpool().isEmpty()) {
            return;
        }
        try {
            spool.acknowledged(upTo);
        } catch (IOException e) {
            fails(e, Trouble.DISK);
        }
    }

    /** Nothing is left to read, and what was read last is not waiting long either. */
    private boolean caughtUp(Spool spool) {
        if (spool.unread() || !queues.fromSpool().isEmpty() || delivery.inFlightBytes() >= bound.limit() / 4) {
            return false;
        }
        Outgoing oldest = queues.unacknowledged().peek();
        return oldest == null || oldest.place == null || System.nanoTime() - oldest.createdNanos < afterNanos;
    }

    // ---- how long the sender may rest

    /** Whether a record could be sent now. */
    boolean hasSomethingToSend() {
        boolean direct = !active || trouble != Trouble.NONE && spool != null && !spool.unread();
        return !queues.fromSpool().isEmpty()
                || readable()
                || direct && !queues.next().isEmpty();
    }

    /** How long until it makes sense to write; not positive: now. */
    long pause(long now) {
        return nextWrite - now;
    }

    void close() {
        if (spool == null) {
            return;
        }
        if (active) {
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
