package io.bongsu.app.ledger;

import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indices;
import io.bongsu.indexer.Target;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Groups;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.RulesMarker;
import io.bongsu.model.Topics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Recounts a stretch of the log from Kafka and Elasticsearch alone, without any counter of the processes: every line of
 * bongsu.logs must be accounted for in bongsu.events, and every event of those must be in Elasticsearch once and say the
 * same there, and nothing else must be. What the groups have not committed yet is under way, not lost.
 *
 * @param from append time in bongsu.logs, inclusive; later than asked for when Kafka no longer holds all of that
 * @param lines in bongsu.logs
 * @param identities distinct ones among them
 * @param events in bongsu.events
 * @param indexed of those, in Elasticsearch
 * @param deadLettered dead letters that wait
 * @param sealed lines of bongsu.logs that are as their shipper signed for
 * @param unsigned lines that no signature says anything about
 * @param keys shipper to the key that its signatures were checked with
 * @param unparsed lines that the parsers have not come to
 * @param unindexed events that the indexer has not come to
 * @param counts of differences, by kind
 * @param differences the first {@value #NAMED} of each kind
 */
public record Verification(
        long from,
        long to,
        long lines,
        long identities,
        long events,
        long indexed,
        long deadLettered,
        long unparsed,
        long unindexed,
        long sealed,
        long unsigned,
        Map<String, String> keys,
        Map<Kind, Long> counts,
        List<Difference> differences) {
    /** Of each kind, so many are named. */
    public static final int NAMED = 1_000;

    /** What can be wrong. */
    public enum Kind {
        /** A line is not what its shipper signed for. */
        CHANGED("changed in bongsu.logs"),
        /** A line that its shipper signed for is not there. */
        REMOVED("removed from bongsu.logs"),
        /** A line is there that its shipper did not sign for. */
        INSERTED("inserted into bongsu.logs"),
        /** A heartbeat with heads whose signature does not fit. */
        BAD_SIGNATURE("with a signature that does not fit"),
        /** Signed by somebody who is not trusted. */
        UNKNOWN_KEY("signed with a key that is not trusted"),
        /** Heartbeats with heads that were there and are not. */
        SEAL_MISSING("heartbeats with signatures missing"),
        /** Sequence numbers of a source that are not in bongsu.logs. */
        GAP("not in bongsu.logs"),
        /** The parsers have passed a record, and nothing says what became of it. */
        UNACCOUNTED("not accounted for in bongsu.events"),
        /** The law does not hold for a record. */
        UNBALANCED("does not add up in bongsu.events"),
        /** bongsu.events has an event twice. */
        TWICE("twice in bongsu.events"),
        /** The indexer has passed an event, and it is not there. */
        MISSING("not in Elasticsearch"),
        /** A document does not say what its event says. */
        ALTERED("other in Elasticsearch than in bongsu.events"),
        /** Elasticsearch has it, and bongsu.events has not. */
        FOREIGN("in Elasticsearch only"),
        /** It lies in several indices. */
        DOUBLE("more than once in Elasticsearch"),
        /** A record of a topic that is none of ours and has no dead letter. */
        UNREADABLE("unreadable, without a dead letter");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** As JSON has it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param what event id, or place in a topic
     * @param more source and place, for people
     */
    public record Difference(Kind kind, String what, String more) {}

    public boolean clean() {
        return counts.isEmpty();
    }

    /**
     * @param from append time in bongsu.logs, inclusive, microseconds since 1970; {@link Micros#UNKNOWN}: all that is kept
     * @param to exclusive, likewise
     * @param quick whether each event is there, but not whether its document says what it says
     */
    public static Verification of(
            Map<String, Object> kafka,
            Elasticsearch elasticsearch,
            TrustedKeys keys,
            long from,
            long to,
            boolean quick) {
        try (TopicReader reader = new TopicReader(kafka)) {
            long begin = Math.max(from, Math.max(reader.horizon(Topics.LOGS), reader.horizon(Topics.EVENTS)));
            Indices indices = new Indices(elasticsearch);
            Contents contents = quick ? null : new Contents(indices);
            return new Work(reader, Topics.LOGS, keys, contents, begin, to).run(reader, kafka, indices);
        }
    }

    /**
     * Only the chains over the lines, and their numbers. Parameters as those above.
     *
     * @param topic bongsu.logs, or a copy of it with the same partitions
     */
    public static Verification chains(Map<String, Object> kafka, String topic, TrustedKeys keys, long from, long to) {
        try (TopicReader reader = new TopicReader(kafka)) {
            return new Work(reader, topic, keys, null, Math.max(from, reader.horizon(topic)), to).logsOnly(reader);
        }
    }

    /** Of one record of bongsu.logs: lines in it, less what is known of them. */
    private static final class Account {
        final String source;
        final int lines;
        long received;
        long accounted;
        long pending;

        Account(String source, int lines) {
            this.source = source;
            this.lines = lines;
        }
    }

    private static final class Work {
        private final long from;
        private final long to;
        private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        private final List<Difference> differences = new ArrayList<>();

        private final IdSet indexed = new IdSet();
        private final List<String> strangers = new ArrayList<>();
        private final Set<String> letters = new HashSet<>();
        private final Set<String> waiting = new HashSet<>();
        private final Set<String> unindexable = new HashSet<>();
        private final IdSet identities = new IdSet();
        /** Of lines of files, whose numbers are places: what lies between is not missing, but part of the line. */
        private final IdSet places = new IdSet();

        private final Map<String, Ranges> ranges = new HashMap<>();
        private final Map<String, String> sources = new HashMap<>();
        private final Map<Integer, TreeMap<Long, Account>> accounts = new TreeMap<>();
        private final IdSet known = new IdSet();
        private long lines;
        private long events;
        private long found;
        private long unparsed;
        private long unindexed;

        private final Chains chains;
        /** The first of lines that were removed: that they are a gap, too, says nothing more. */
        private final Set<String> removed = new HashSet<>();

        private final String topic;

        private final @Nullable Contents contents;

        Work(TopicReader reader, String topic, TrustedKeys keys, @Nullable Contents contents, long from, long to) {
            this.topic = topic;
            this.contents = contents;
            long now = Micros.now();
            this.from = from;
            this.to = to == Micros.UNKNOWN ? now : to;
            // Before anything is read: what a seal in front of these offsets says of other partitions is there by then.
            Map<Integer, Long> ends = reader.ends(topic);
            Set<Integer> whole = new HashSet<>();
            reader.begins(topic).forEach((partition, offset) -> {
                if (offset == 0 && from == Micros.UNKNOWN) {
                    whole.add(partition);
                }
            });
            this.chains = new Chains(keys, topic, ends.size(), whole, ends, this.to, now, this::differ);
        }

        Verification logsOnly(TopicReader reader) {
            reader.read(topic, from, this::logs);
            chains.end();
            gaps();
            return result();
        }

        /**
         * The order matters: what is in the index was in bongsu.events before, and what a group has committed is in the
         * topic or the index that it writes to. So whatever is read later holds what was read before.
         */
        Verification run(TopicReader reader, Map<String, Object> kafka, Indices indices) {
            Map<TopicPartition, Long> indexedUpTo = committed(kafka, Groups.INDEX);
            indices.refresh(Target.ALL_EVENTS);
            indices.scanIds(Target.ALL_EVENTS, from, to, this::document);
            Map<TopicPartition, Long> parsedUpTo = committed(kafka, Groups.PARSE);
            reader.read(Topics.LOGS, from, this::logs);
            reader.read(Topics.DEAD_LETTERS, from, this::letter);
            reader.read(Topics.EVENTS, from, record -> events(record, indexedUpTo));
            chains.end();
            judge(parsedUpTo);
            if (contents != null) {
                contents.end().forEach((id, more) -> differ(Kind.ALTERED, id, more));
            }
            return result();
        }

        private Verification result() {
            return new Verification(
                    from,
                    to,
                    lines,
                    identities.size() + places.size(),
                    events,
                    found,
                    waiting.size(),
                    unparsed,
                    unindexed,
                    chains.sealed(),
                    chains.unsigned(),
                    chains.keys(),
                    counts,
                    List.copyOf(differences));
        }

        private void document(String id) {
            if (!IdSet.isId(id)) {
                strangers.add(id);
            } else if (!indexed.add(id)) {
                differ(Kind.DOUBLE, id, "");
            }
        }

        private void logs(ConsumerRecord<byte[], byte[]> record) {
            SpecificRecord value = Accounts.decode(record);
            chain(record, value);
            if (!Accounts.in(Micros.ofMillis(record.timestamp()), from, to)) {
                return;
            }
            switch (value) {
                case RawLogs logs -> {
                    int size = logs.getLines().size();
                    lines += size;
                    accounts.computeIfAbsent(record.partition(), p -> new TreeMap<>())
                            .put(record.offset(), new Account(logs.getSource(), size));
                    String prefix = EventId.prefix(logs.getShipper(), logs.getEpoch(), logs.getSource());
                    sources.put(prefix, logs.getSource());
                    IdSet into = logs.getFrom() == null ? identities : places;
                    for (RawLine line : logs.getLines()) {
                        into.add(prefix, line.getSequence());
                    }
                    if (logs.getFrom() != null && size > 0) {
                        ranges.computeIfAbsent(prefix, p -> new Ranges())
                                .add(logs.getFrom(), logs.getLines().getLast().getSequence());
                    }
                }
                case Heartbeat beat -> {}
                case RulesMarker marker -> {}
                case null, default ->
                    accounts.computeIfAbsent(record.partition(), p -> new TreeMap<>())
                            .put(record.offset(), new Account("", -1));
            }
        }

        private void chain(ConsumerRecord<byte[], byte[]> record, @Nullable SpecificRecord value) {
            long at = Micros.ofMillis(record.timestamp());
            if (value instanceof RawLogs logs && !Topics.isReplay(record.headers(), Topics.LOGS)) {
                chains.logs(record.partition(), record.offset(), at, logs);
            } else if (value instanceof Heartbeat beat) {
                chains.beat(record.partition(), record.offset(), at, record.value(), beat);
            }
        }

        private void letter(ConsumerRecord<byte[], byte[]> record) {
            if (Accounts.decode(record) instanceof DeadLetter letter) {
                // The latest state of an id is what is known; they lie in one partition, in order.
                boolean waits = letter.getReplays() == 0;
                letters.add(letter.getId());
                if (waits && Accounts.in(letter.getAppended(), from, to)) {
                    waiting.add(letter.getId());
                } else {
                    waiting.remove(letter.getId());
                }
                if (letter.getStage().equals("index") && letter.getEvent() != null) {
                    if (waits) {
                        unindexable.add(letter.getEvent());
                    } else {
                        unindexable.remove(letter.getEvent());
                    }
                }
            }
        }

        private void events(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> indexedUpTo) {
            if (!(Accounts.decode(record) instanceof Events piece)) {
                return; // a dead letter of the indexer
            }
            if (!Accounts.in(piece.getAppended(), from, to)) {
                return;
            }
            boolean replay = Topics.isReplay(record.headers(), record.topic());
            if (!replay) {
                account(piece);
            }
            boolean again = replay || record.headers().lastHeader(Topics.REPLAY) != null;
            for (Event event : piece.getEvents()) {
                boolean first = known.add(event.getId());
                if (contents != null && (first || again) && passed(record, indexedUpTo)) {
                    contents.compare(event, piece.getAppended(), place(piece, event));
                }
                if (first) {
                    events++;
                    inIndex(event, piece, record, indexedUpTo);
                } else if (!again) {
                    differ(Kind.TWICE, event.getId(), place(piece, event));
                }
            }
        }

        private void account(Events piece) {
            TreeMap<Long, Account> partition = accounts.get(piece.getPartition());
            Account account = partition == null ? null : partition.get(piece.getOffset());
            if (account == null) {
                // Kafka dropped the record since, or it was read before the horizon of the other topic.
                return;
            }
            account.received += piece.getReceived();
            account.pending += piece.getPending();
            account.accounted += piece.getEvents().size()
                    + piece.getMerged()
                    + piece.getDeadLettered()
                    + piece.getDuplicates()
                    + piece.getDropped().values().stream().mapToInt(n -> n).sum();
        }

        private void inIndex(
                Event event,
                Events piece,
                ConsumerRecord<byte[], byte[]> record,
                Map<TopicPartition, Long> indexedUpTo) {
            if (indexed.remove(event.getId())) {
                found++;
            } else if (!passed(record, indexedUpTo)) {
                unindexed++;
            } else if (!unindexable.contains(event.getId())) {
                differ(Kind.MISSING, event.getId(), place(piece, event));
            }
        }

        private static boolean passed(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> upTo) {
            return record.offset() < upTo.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
        }

        private void judge(Map<TopicPartition, Long> parsedUpTo) {
            accounts.forEach((number, records) -> {
                long upTo = parsedUpTo.getOrDefault(new TopicPartition(Topics.LOGS, number), 0L);
                records.forEach((offset, account) -> judge(number, offset, account, offset < upTo));
            });
            accounts.clear();
            gaps();
            indexed.forEach(id -> differ(Kind.FOREIGN, id, ""));
            strangers.forEach(id -> differ(Kind.FOREIGN, id, "no id of ours"));
        }

        private void gaps() {
            identities.gaps((prefix, first, count) -> {
                String id = EventId.of(prefix, first);
                if (!removed.contains(id)) {
                    differ(Kind.GAP, id, count + " number(s) of source " + sources.get(prefix) + " from this one on");
                }
            });
            ranges.forEach((prefix, range) -> range.gap((first, bytes) -> differ(
                    Kind.GAP,
                    EventId.of(prefix, first),
                    bytes + " byte(s) of file " + sources.get(prefix) + " from this place on")));
        }

        private void judge(int partition, long offset, Account account, boolean parsed) {
            String place = topic + "-" + partition + "@" + offset;
            if (account.lines < 0) {
                if (parsed && !letters.contains(Topics.LOGS + "-" + partition + "-" + offset)) {
                    differ(Kind.UNREADABLE, place, "");
                }
            } else if (account.received == 0) {
                if (parsed) {
                    differ(Kind.UNACCOUNTED, place, account.lines + " line(s) of source " + account.source);
                } else {
                    unparsed += account.lines;
                }
            } else if (account.received != account.lines || account.received != account.accounted + account.pending) {
                differ(
                        Kind.UNBALANCED,
                        place,
                        account.lines + " line(s) of source " + account.source + ", received " + account.received
                                + ", accounted for " + account.accounted + ", waiting " + account.pending);
            }
        }

        private static String place(Events piece, Event event) {
            return "source " + piece.getSource() + ", " + Topics.LOGS + "-" + piece.getPartition() + "@"
                    + piece.getOffset() + " line " + event.getLine();
        }

        private void differ(Kind kind, String what, String more) {
            if (kind == Kind.REMOVED) {
                removed.add(what);
            }
            if (counts.merge(kind, 1L, Long::sum) <= NAMED) {
                differences.add(new Difference(kind, what, more));
            }
        }
    }

    private static Map<TopicPartition, Long> committed(Map<String, Object> kafka, String group) {
        return TopicReader.asked(String.valueOf(kafka.get("bootstrap.servers")), () -> {
            try (Admin admin = Admin.create(kafka)) {
                Map<TopicPartition, Long> offsets = new HashMap<>();
                for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .entrySet()) {
                    if (entry.getValue() != null) {
                        offsets.put(entry.getKey(), entry.getValue().offset());
                    }
                }
                return offsets;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException(e);
            }
        });
    }
}
