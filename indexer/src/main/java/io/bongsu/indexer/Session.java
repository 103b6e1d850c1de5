package io.bongsu.indexer;

import io.bongsu.model.DeadLetter;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The life of one consumer of the indexer. Belongs to one thread, which calls {@link #turn()} again and again; requests
 * are answered on others, which only queue what is to be done with the answer.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

    private static final Duration IDLE = Duration.ofMillis(100);
    private static final Duration BUSY = Duration.ofMillis(10);
    private static final Duration COMMIT_WAIT = Duration.ofSeconds(5);
    private static final long REMINDER = TimeUnit.SECONDS.toNanos(30);
    private static final long SMALLEST_SHARE = 256 * 1024;
    private static final long OTHERS_SHARE = 1024 * 1024;
    private static final int SUSPECT_ATTEMPTS = 10;

    private final IndexerConfig config;
    private final Elasticsearch elasticsearch;
    private final Consumer<byte[], byte[]> consumer;
    private final Letters letters;
    private final Counters counters;
    private final RandomGenerator random;

    private final Map<TopicPartition, Lane> lanes = new HashMap<>();
    private final Deque<Pending> ready = new ArrayDeque<>();
    private final PriorityQueue<Pending> later = new PriorityQueue<>(Comparator.comparingLong(p -> p.notBefore));
    private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
    private final BatchSize size;
    private final Map<String, Long> reminded = new HashMap<>();

    private boolean templates;
    private boolean asking;
    private int requests;
    private int lettersOut;
    private long readyBytes;
    private long posted;
    private long put;
    private int failures;
    private long holdUntil;
    private long failingSince;
    private long nextCommit;
    private long connections;

    Session(
            IndexerConfig config,
            Elasticsearch elasticsearch,
            Consumer<byte[], byte[]> consumer,
            Producer<byte[], byte[]> producer,
            Counters counters,
            RandomGenerator random) {
        this.config = config;
        this.elasticsearch = elasticsearch;
        this.consumer = consumer;
        this.letters = new Letters(producer);
        this.counters = counters;
        this.random = random;
        this.size = new BatchSize(config.batchDocuments(), config.batchBytes());
        this.holdUntil = System.nanoTime();
        this.posted = holdUntil - config.linger().toNanos();
        this.nextCommit = System.nanoTime();
        consumer.subscribe(Indexer.TOPICS, new Ownership());
    }

    /** Never waits long for anything, so that the consumer stays in its group while Elasticsearch is away. */
    void turn() {
        fetch();
        send(); // what is ready does not wait until more is unpacked
        unpack();
        send();
        settle(allFull() ? IDLE : Duration.ZERO);
        commit();
        gauges();
    }

    // ---- from Kafka

    private void fetch() {
        pauseAndResume();
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(allFull() ? Duration.ZERO : busy() ? BUSY : IDLE);
        } catch (NoOffsetForPartitionException e) {
            consumer.seekToBeginning(e.partitions());
            return;
        } catch (OffsetOutOfRangeException e) {
            lost(e.offsetOutOfRangePartitions());
            return;
        }
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            OffsetAndMetadata next = records.nextOffsets().get(partition);
            lane(partition).polled(polled, next == null ? polled.getLast().offset() + 1 : next.offset());
            counters.of("records").add(polled.size());
        }
    }

    private void pauseAndResume() {
        share();
        lanes.forEach((partition, lane) -> {
            if (lane.full() != lane.paused) {
                lane.paused = !lane.paused;
                if (lane.paused) {
                    consumer.pause(List.of(partition));
                } else {
                    consumer.resume(List.of(partition));
                }
            }
        });
    }

    private boolean busy() {
        return requests > 0 || lettersOut > 0 || !ready.isEmpty() || !later.isEmpty();
    }

    private boolean allFull() {
        return !lanes.isEmpty() && lanes.values().stream().allMatch(Lane::full);
    }

    /**
     * Of the buffer; a partition whose documents do not get through takes no more than its share from the others. Alerts and
     * dead letters are few: they have little, and the events all the rest.
     */
    private void share() {
        long events = lanes.keySet().stream()
                .filter(p -> p.topic().equals(Topics.EVENTS))
                .count();
        long others = lanes.size() - events;
        long even = config.bufferBytes() / Math.max(1, lanes.size());
        long little = Math.max(SMALLEST_SHARE, events == 0 ? even : Math.min(OTHERS_SHARE, even));
        long rest = Math.max(SMALLEST_SHARE, (config.bufferBytes() - others * little) / Math.max(1, events));
        lanes.forEach((partition, lane) -> lane.share = partition.topic().equals(Topics.EVENTS) ? rest : little);
    }

    private Lane lane(TopicPartition partition) {
        return lanes.computeIfAbsent(partition, p -> new Lane());
    }

    /** Kafka no longer has what comes next: its retention was shorter than the time we were away, or the topic is new. */
    private void lost(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(positions.keySet());
        positions.forEach((partition, position) -> {
            long beginning = Objects.requireNonNull(beginnings.get(partition));
            long missed = Math.max(0, beginning - position);
            counters.of("lost.records").add(missed);
            LOG.atError()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", position)
                    .addKeyValue("beginning", beginning)
                    .addKeyValue("lost", missed)
                    .log("Kafka has deleted records before they were indexed; reading on from its beginning");
            drop(partition);
            consumer.seek(partition, beginning);
            consumer.resume(List.of(partition));
        });
    }

    private void unpack() {
        share();
        for (Lane lane : lanes.values()) {
            while (!lane.waiting.isEmpty() && lane.bytes < lane.share) {
                ConsumerRecord<byte[], byte[]> record = lane.waiting.removeFirst();
                List<Unpack.Part> parts = Unpack.parts(record);
                Offsets.Ticket ticket = lane.open(record.offset(), parts.size());
                Origin origin = Origin.of(record);
                counters.of("read").add(parts.size());
                for (Unpack.Part part : parts) {
                    switch (part) {
                        case Unpack.Part.Ready r -> {
                            Pending pending = new Pending(lane, ticket, origin, r.document(), null);
                            lane.add(pending);
                            enqueue(pending);
                        }
                        case Unpack.Part.Refused r -> {
                            Pending pending = new Pending(lane, ticket, origin, null, r.letter());
                            lane.add(pending);
                            deadLetter(pending, r.letter());
                        }
                    }
                }
            }
        }
    }

    // ---- to Elasticsearch

    private void enqueue(Pending pending) {
        ready.addLast(pending);
        readyBytes += pending.weight();
    }

    private void enqueueFirst(List<Pending> batch) {
        for (Pending pending : batch.reversed()) {
            if (!pending.lane.dropped) {
                ready.addFirst(pending);
                readyBytes += pending.weight();
            }
        }
    }

    private void send() {
        long now = System.nanoTime();
        while (!later.isEmpty() && later.peek().notBefore - now <= 0) {
            Pending due = later.remove();
            if (due.letter != null) {
                deadLetter(due, due.letter);
            } else {
                enqueue(due);
            }
        }
        if (ready.isEmpty() || now - holdUntil < 0) {
            return;
        }
        if (!templates) {
            askForTemplates();
            return;
        }
        int most = failures > 0 ? 1 : config.requests();
        while (requests < most && !ready.isEmpty() && worthARequest(now)) {
            posted = now;
            post(next());
        }
    }

    /** Full, or the first one for a while: a request costs Elasticsearch about as much as some hundred documents. */
    private boolean worthARequest(long now) {
        return readyBytes >= size.bytes()
                || ready.size() >= size.documents()
                || now - posted >= config.linger().toNanos();
    }

    private List<Pending> next() {
        List<Pending> batch = new ArrayList<>();
        long bytes = 0;
        while (!ready.isEmpty() && batch.size() < size.documents()) {
            long weight = ready.getFirst().weight();
            if (!batch.isEmpty() && bytes + weight > size.bytes()) {
                break;
            }
            batch.add(ready.removeFirst());
            bytes += weight;
        }
        readyBytes -= bytes;
        return batch;
    }

    private void post(List<Pending> batch) {
        requests++;
        counters.of("requests").increment();
        List<Document> documents =
                batch.stream().map(p -> Objects.requireNonNull(p.document)).toList();
        elasticsearch.bulk(
                Bulk.body(documents),
                Bulk.PARAMETERS,
                (reply, failure) -> answers.add(() -> {
                    requests--;
                    if (reply == null) {
                        refused(batch, Verdict.ofFailure(Objects.requireNonNull(failure)));
                    } else {
                        switch (Bulk.answer(batch.size(), reply)) {
                            case Bulk.Answer.Items items -> judged(batch, items.verdicts());
                            case Bulk.Answer.Whole whole -> refused(batch, whole.verdict());
                        }
                    }
                }));
    }

    /** Without them, the first document would make an index whose mapping is guessed, and wrong for ever. */
    private void askForTemplates() {
        if (asking) {
            return;
        }
        asking = true;
        elasticsearch.send(
                "HEAD",
                Templates.EVENTS_PATH,
                (reply, failure) -> answers.add(() -> {
                    asking = false;
                    if (reply == null) {
                        trouble(Verdict.ofFailure(Objects.requireNonNull(failure)));
                    } else if (reply.status() == 404) {
                        trouble(new Verdict.Blocked("template_missing", "run: bongsu setup"));
                    } else if (reply.status() == 429 || reply.status() >= 500) {
                        trouble(Verdict.ofRequest(reply.status(), "", ""));
                    } else {
                        // It is there, or we may not look; then the bulk request says what is wrong.
                        templates = true;
                        if (reply.ok()) {
                            recovered();
                        }
                    }
                }));
    }

    // ---- answers

    /** Handles what was answered; waits for a first answer at most this long. */
    private void settle(Duration wait) {
        try {
            Runnable answer = answers.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            while (answer != null) {
                answer.run();
                answer = answers.poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The request as a whole. */
    private void refused(List<Pending> batch, Verdict verdict) {
        counters.of("requests.failed").increment();
        boolean smaller = verdict instanceof Verdict.Smaller;
        if (batch.size() == 1 && smaller) {
            judge(batch.getFirst(), verdict);
            return;
        }
        if (batch.size() == 1 && verdict instanceof Verdict.Suspect) {
            judge(batch.getFirst(), verdict);
            trouble(verdict);
            return;
        }
        boolean floor = verdict instanceof Verdict.Later || verdict instanceof Verdict.Blocked;
        size.shrink(batch.size(), batch.stream().mapToLong(Pending::weight).sum(), floor);
        counters.of("retries").add(batch.size());
        enqueueFirst(batch);
        if (!smaller) {
            trouble(verdict);
        }
    }

    /** Each document by itself. */
    private void judged(List<Pending> batch, List<Verdict> verdicts) {
        int done = 0;
        Verdict reason = null;
        for (int i = 0; i < batch.size(); i++) {
            if (judge(batch.get(i), verdicts.get(i))) {
                done++;
            } else {
                reason = verdicts.get(i);
            }
        }
        if (reason == null) {
            size.grow();
        } else if (reason instanceof Verdict.Later) {
            size.shrink(batch.size(), size.bytes(), true);
        }
        if (done > 0 || reason == null) {
            recovered();
        } else {
            trouble(reason);
        }
        if (reason != null && done > 0) {
            remind(reason, "Elasticsearch refuses some documents for now; they are tried again");
        }
    }

    /** True when it is done with, whichever way; false when it has to be tried again. */
    private boolean judge(Pending pending, Verdict verdict) {
        if (pending.lane.dropped) {
            return true;
        }
        Document document = Objects.requireNonNull(pending.document);
        switch (verdict) {
            case Verdict.Indexed() -> {
                put++;
                counters.of("indexed", document.kind()).increment();
                pending.lane.resolve(pending);
                return true;
            }
            case Verdict.Present() -> {
                put++;
                counters.of("present", document.kind()).increment();
                pending.lane.resolve(pending);
                return true;
            }
            case Verdict.Poison(String reason, String message) -> {
                poison(pending, document, reason, message);
                return true;
            }
            case Verdict.Smaller(String reason, String message) -> {
                poison(pending, document, reason, message);
                return true;
            }
            case Verdict.Suspect(String reason, String message) -> {
                // Only while others get through does it look like the document's own fault.
                if (pending.putBefore < put) {
                    pending.putBefore = put;
                    pending.suspicions++;
                }
                if (pending.suspicions >= SUSPECT_ATTEMPTS) {
                    poison(pending, document, reason, message);
                    return true;
                }
                again(pending);
                return false;
            }
            case Verdict.Later l -> {
                again(pending);
                return false;
            }
            case Verdict.Blocked b -> {
                again(pending);
                return false;
            }
        }
    }

    private void again(Pending pending) {
        counters.of("retries").increment();
        pending.notBefore = System.nanoTime() + config.backoff().nanos(pending.attempts++, random);
        later.add(pending);
    }

    private void poison(Pending pending, Document document, String reason, String message) {
        if (document.kind() == Document.Kind.DEAD_LETTER) {
            // Another dead letter about it would be refused as well, for ever.
            counters.of("refused.dead-letters").increment();
            at(LOG.atError(), pending)
                    .addKeyValue("reason", reason)
                    .log("Elasticsearch refuses a dead letter; it stays in Kafka only");
            pending.lane.resolve(pending);
            return;
        }
        at(LOG.atWarn(), pending)
                .addKeyValue("event.id", document.id())
                .addKeyValue("reason", reason)
                .log("Elasticsearch refuses a document; it becomes a dead letter");
        deadLetter(pending, Refusal.of(document, pending.origin, reason, message));
    }

    private void deadLetter(Pending pending, DeadLetter letter) {
        pending.letter = letter;
        lettersOut++;
        letters.send(
                letter,
                pending.origin.key(),
                failure -> answers.add(() -> {
                    lettersOut--;
                    lettered(pending, letter, failure);
                }));
    }

    private void lettered(Pending pending, DeadLetter letter, @Nullable Exception failure) {
        if (pending.lane.dropped) {
            return;
        }
        if (failure == null) {
            counters.of("dead-lettered").increment();
            pending.lane.resolve(pending);
        } else if (failure instanceof RecordTooLargeException
                && letter.getData().remaining() > 64 * 1024) {
            deadLetter(pending, Refusal.shorter(letter));
        } else {
            remind(
                    new Verdict.Blocked("kafka", failure.toString()),
                    "Kafka does not take a dead letter; it is tried again");
            again(pending);
        }
    }

    // ---- trouble and its end

    private void trouble(Verdict verdict) {
        long now = System.nanoTime();
        if (failures == 0) {
            failingSince = now;
        }
        holdUntil = now + config.backoff().nanos(failures, random);
        failures = Math.min(failures + 1, 1_000);
        remind(verdict, "Elasticsearch does not take documents; they wait and are tried again");
    }

    private void recovered() {
        if (failures > 0) {
            failures = 0;
            reminded.clear();
            LOG.atInfo()
                    .addKeyValue("after.ms", (System.nanoTime() - failingSince) / 1_000_000)
                    .addKeyValue("buffered", ready.size() + later.size())
                    .log("Elasticsearch takes documents again");
        }
    }

    /** Each reason at once, and then every half a minute. ERROR when someone has to act. */
    private void remind(Verdict verdict, String sentence) {
        record Reason(Level level, String reason, String message) {}
        Reason reason =
                switch (verdict) {
                    case Verdict.Later(String r, String m) -> new Reason(Level.WARN, r, m);
                    case Verdict.Blocked(String r, String m) -> new Reason(Level.ERROR, r, m);
                    case Verdict.Suspect(String r, String m) -> new Reason(Level.WARN, r, m);
                    case Verdict.Smaller(String r, String m) -> new Reason(Level.WARN, r, m);
                    case Verdict.Poison(String r, String m) -> new Reason(Level.WARN, r, m);
                    case Verdict.Indexed() -> new Reason(Level.DEBUG, "", "");
                    case Verdict.Present() -> new Reason(Level.DEBUG, "", "");
                };
        long now = System.nanoTime();
        Long last = reminded.get(reason.reason());
        if (last == null || now - last > REMINDER) {
            if (reminded.size() > 64) {
                reminded.clear();
            }
            reminded.put(reason.reason(), now);
            LOG.atLevel(reason.level())
                    .addKeyValue("url", elasticsearch.url())
                    .addKeyValue("reason", reason.reason())
                    .addKeyValue("message", Rest.shorten(reason.message()))
                    .addKeyValue("buffered", ready.size() + later.size())
                    .log(sentence);
        }
    }

    private static org.slf4j.spi.LoggingEventBuilder at(org.slf4j.spi.LoggingEventBuilder log, Pending pending) {
        return log.addKeyValue("topic", pending.origin.topic())
                .addKeyValue("partition", pending.origin.partition())
                .addKeyValue("offset", pending.origin.offset());
    }

    // ---- offsets

    private void commit() {
        long now = System.nanoTime();
        if (now - nextCommit < 0) {
            return;
        }
        nextCommit = now + config.commitInterval().toNanos();
        connections = countConnections();
        Map<TopicPartition, OffsetAndMetadata> offsets = committable(lanes.keySet());
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (done, failure) -> {
                if (failure != null) {
                    offsets.keySet().forEach(p -> {
                        Lane lane = lanes.get(p);
                        if (lane != null) {
                            lane.committed = -1;
                        }
                    });
                    LOG.atWarn()
                            .addKeyValue("reason", failure.toString())
                            .log("Offsets could not be committed; the next commit holds them as well");
                }
            });
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committable(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Lane lane = lanes.get(partition);
            if (lane != null && lane.committable() > lane.committed) {
                lane.committed = lane.committable();
                offsets.put(partition, new OffsetAndMetadata(lane.committed));
            }
        }
        return offsets;
    }

    private void commitNow(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = committable(partitions);
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, COMMIT_WAIT);
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log("The last offsets could not be committed; what they cover is indexed again");
        }
    }

    private void drop(TopicPartition partition) {
        Lane lane = lanes.remove(partition);
        if (lane != null) {
            lane.dropped = true;
            counters.of("returned").add(lane.documents);
            ready.removeIf(p -> p.lane.dropped);
            later.removeIf(p -> p.lane.dropped);
            readyBytes = ready.stream().mapToLong(Pending::weight).sum();
        }
    }

    private final class Ownership implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(Session.this::lane);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commitNow(partitions);
            partitions.forEach(Session.this::drop);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(Session.this::drop);
        }
    }

    private void gauges() {
        Map<String, Long> all = new HashMap<>(Map.of(
                "buffered.bytes",
                lanes.values().stream().mapToLong(l -> l.bytes).sum(),
                "buffered.documents",
                lanes.values().stream().mapToLong(l -> l.documents).sum(),
                "buffered.records",
                lanes.values().stream().mapToLong(l -> l.waiting.size()).sum(),
                "waiting.documents",
                (long) ready.size(),
                "retrying.documents",
                (long) later.size(),
                "requests.in-flight",
                (long) requests,
                "partitions",
                (long) lanes.size(),
                "partitions.paused",
                lanes.values().stream().filter(l -> l.paused).count(),
                "elasticsearch.available",
                failures == 0 ? 1L : 0L));
        lanes.forEach((partition, lane) ->
                consumer.currentLag(partition).ifPresent(ahead -> all.put("lag." + partition, ahead + lane.behind())));
        all.put("kafka.connections", connections);
        counters.gauges(all);
    }

    /** Not at each turn: it looks through all of Kafka's metrics. */
    private long countConnections() {
        return consumer.metrics().entrySet().stream()
                .filter(e -> e.getKey().name().equals("connection-count"))
                .mapToLong(e -> ((Number) e.getValue().metricValue()).longValue())
                .sum();
    }

    /** Waits for what is on its way, commits, and leaves the group. What is not done is done again after the next start. */
    void finish() {
        long start = System.nanoTime();
        long end = start + config.closeWait().toNanos();
        while ((requests > 0 || lettersOut > 0) && System.nanoTime() - end < 0) {
            settle(BUSY);
        }
        commitNow(List.copyOf(lanes.keySet()));
        LOG.atInfo()
                .addKeyValue("took.ms", (System.nanoTime() - start) / 1_000_000)
                .addKeyValue("requests", requests)
                .addKeyValue("documents", ready.size() + later.size())
                .log("The indexer stops; what is left is indexed after the next start");
    }

    @Override
    public void close() {
        List.copyOf(lanes.keySet()).forEach(this::drop);
        letters.close();
        // Whoever stops in order gives its partitions away at once, whether it comes back under its name or not.
        consumer.close(CloseOptions.timeout(COMMIT_WAIT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
}
