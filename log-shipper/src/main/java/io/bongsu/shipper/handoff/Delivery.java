package io.bongsu.shipper.handoff;

import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
 * The producer, and what it has and Kafka has not acknowledged. Called by the sender thread; Kafka's own thread brings the
 * answers.
 */
final class Delivery {
    static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long COMPLAIN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Ledger ledger;
    private final Bound bound;
    private final Thread sender;
    private final Runnable wake;
    private final Consumer<Outgoing> acknowledged;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong inFlightBytes = new AtomicLong();
    private final AtomicInteger heartbeats = new AtomicInteger();

    private volatile @Nullable Throwable broken;
    private volatile int generation;
    private volatile long nextSend = System.nanoTime();
    private volatile long heartbeatAcknowledged;
    private volatile boolean heartbeatSeen;

    private Producer<byte[], byte[]> producer;
    private FirstRecords first = new FirstRecords();
    private @Nullable Exception refused;
    private long nextComplaint = nextSend;

    /**
     * @param wake has the sender look again
     * @param acknowledged is told on Kafka's thread
     */
    Delivery(
            Supplier<Producer<byte[], byte[]>> producers,
            Ledger ledger,
            Bound bound,
            Thread sender,
            Runnable wake,
            Consumer<Outgoing> acknowledged) {
        this.producers = producers;
        this.ledger = ledger;
        this.bound = bound;
        this.sender = sender;
        this.wake = wake;
        this.acknowledged = acknowledged;
        this.producer = producers.get();
        ledger.gauge("heartbeat.age.ms", this::heartbeatAge);
    }

    int inFlight() {
        return inFlight.get();
    }

    long inFlightBytes() {
        return inFlightBytes.get();
    }

    /** Heartbeats that are not acknowledged, whether the producer has them yet or not. */
    AtomicInteger heartbeats() {
        return heartbeats;
    }

    /** Why everything has to go to a new producer; null: it need not. */
    @Nullable
    Throwable broken() {
        return broken;
    }

    void broken(Throwable why) {
        broken = why;
    }

    /** How long until it makes sense to send; not positive: now. */
    long pause(long now) {
        return nextSend - now;
    }

    /** Whether the producer has it; if not, it is broken, or it is tried again in a moment. */
    boolean transmit(Outgoing out) {
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
                            wake.run();
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

    /** All for a heartbeat; for lines the one that murmur2 of the key gives, so that one source stays in one. */
    private int[] partitions(Outgoing out) {
        int count = producer.partitionsFor(Topics.LOGS).size();
        return out.heartbeat
                ? IntStream.range(0, count).toArray()
                : new int[] {Utils.toPositive(Utils.murmur2(out.key)) % count};
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

    private void handedOver(Outgoing out) {
        synchronized (out) {
            out.atProducer = true;
            inFlight.incrementAndGet();
            inFlightBytes.addAndGet(out.size);
        }
    }

    private void notTaken(Outgoing out) {
        synchronized (out) {
            if (out.atProducer && !out.acknowledged) {
                out.atProducer = false;
                inFlight.decrementAndGet();
                inFlightBytes.addAndGet(-out.size);
            }
        }
    }

    /** On Kafka's own thread; or on ours, within {@code send}, when the producer did not even take the record. */
    private void answered(Outgoing out, int generationThen, @Nullable Exception failure) {
        if (failure == null) {
            taken(out);
        } else if (Thread.currentThread() == sender) {
            refused = failure;
        } else if (generationThen == generation) {
            broken = failure;
            wake.run();
        }
    }

    private void taken(Outgoing out) {
        synchronized (out) {
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
                heartbeats.decrementAndGet();
                heartbeatAcknowledged = System.nanoTime();
                heartbeatSeen = true;
            }
            if (out.atProducer) {
                inFlightBytes.addAndGet(-out.size);
                inFlight.decrementAndGet();
            }
        }
        acknowledged.accept(out);
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

    /** What the producer has will not be heard of again. */
    void abandon() {
        generation++;
        producer.close(Duration.ZERO);
    }

    /** With a new producer, which has nothing. */
    void begin() {
        producer = producers.get();
        first = new FirstRecords();
        broken = null;
    }

    /** Whatever was on its way goes again. */
    void nothingInFlight() {
        inFlight.set(0);
        inFlightBytes.set(0);
    }

    void close(Duration timeout) {
        try {
            producer.close(timeout);
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("The Kafka producer did not close cleanly");
        }
    }

    /** How long ago every partition had acknowledged a heartbeat; -1: never. */
    private long heartbeatAge() {
        return heartbeatSeen ? (System.nanoTime() - heartbeatAcknowledged) / 1_000_000 : -1;
    }
}
