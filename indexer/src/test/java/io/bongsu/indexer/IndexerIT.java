package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bongsu.model.Codec;
import io.bongsu.model.Event;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The indexer between a real Kafka and a real Elasticsearch. Each test makes sequence numbers, and so event ids, of its own. */
class IndexerIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    static Path data;

    private static Servers servers;
    private static Elasticsearch elasticsearch;
    private static Producer<byte[], byte[]> producer;
    private static long sequences = 1;

    private Indices indices;
    private Search search;

    @BeforeAll
    static void start() throws ExecutionException, InterruptedException {
        servers = Servers.start(data);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.bootstrap()))) {
            admin.createTopics(Topics.all().stream()
                            .map(t -> new NewTopic(t.name(), 2, (short) 1).configs(t.config()))
                            .toList())
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers.bootstrap(), "max.request.size", Topics.MAX_RECORD_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        elasticsearch = new Elasticsearch(servers.elasticsearch());
        Templates.install(elasticsearch);
    }

    @AfterAll
    static void stop() {
        if (servers != null) { // otherwise they are not to be had, and all is skipped
            producer.close();
            elasticsearch.close();
            servers.close();
        }
    }

    @BeforeEach
    void open() {
        indices = new Indices(elasticsearch);
        search = new Search(elasticsearch);
    }

    @Test
    void templatesInstallTwiceInTheFormThatTheServerTakes() {
        assertThat(Templates.install(elasticsearch)).isEqualTo(Templates.Form.REDUCED);
        assertThat(Templates.install(elasticsearch)).isEqualTo(Templates.Form.REDUCED);
    }

    @Test
    void everythingLandsWhereItBelongsAndIsFound() {
        long first = sequence(2);
        send(
                Topics.EVENTS,
                Records.events(List.of(
                        Records.event(
                                first,
                                Map.of(
                                        "message", "Failed password for zelda from 203.0.113.9 port 4711 ssh2",
                                        "user.name", "zelda",
                                        "source.ip", "203.0.113.9",
                                        "event.outcome", "failure",
                                        "json.deep.er", "found",
                                        "acme.class", "auth")),
                        Records.event(first + 1, Map.of("message", "password of zelda changed")))));
        send(Topics.ALERTS, Records.alert("it-alert", 1));
        send(Topics.DEAD_LETTERS, Records.letter("it-letter"));

        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, Set.of(Records.id(first), Records.id(first + 1), "it-alert", "it-letter"));
        }

        assertThat(found("user.name:zelda AND event.outcome:failure")).containsExactly(Records.id(first));
        assertThat(found("message:\"failed password\" AND user.name:zelda")).containsExactly(Records.id(first));
        assertThat(found("message:\"password failed\" AND user.name:zelda")).isEmpty();
        assertThat(found("source.ip:\"203.0.113.0/24\"")).containsExactly(Records.id(first));
        assertThat(found("json.deep.er:found")).containsExactly(Records.id(first));
        assertThat(found("acme.class:auth")).containsExactly(Records.id(first));
        assertThat(found("password zelda")).containsExactly(Records.id(first + 1), Records.id(first));
        Search.Found alerts = search.find(
                Search.Query.of("rule.name:\"SSH brute force\" AND event.id:it-alert", Search.In.ALERTS, 10));
        assertThat(alerts.hits().getFirst().index()).isEqualTo(Target.ALERTS);
        assertThat(alerts.hits().getFirst().flat())
                .containsEntry("bongsu.alert.revision", 1L)
                .containsEntry("source.ip", "192.0.2.66");
        assertThat(indices.names(Target.ALL_EVENTS)).contains("logs-bongsu.events-default-2026.11.22");
        assertThat(indices.names(Target.ALL_DEAD_LETTERS)).contains("logs-bongsu.dead-letters-default-2026.11.22");
    }

    @Test
    void searchKeepsToItsTimeRangeAndSizeNewestFirst() {
        long first = sequence(20);
        send(
                Topics.EVENTS,
                Records.events(LongStream.range(first, first + 20)
                        .mapToObj(n -> Records.event(n, Map.of("message", "ranged")))
                        .toList()));
        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, ids(first, 20));
        }
        Event sixth = Records.event(first + 5, Map.of());
        Event fifteenth = Records.event(first + 15, Map.of());

        // Times are a microsecond apart, and Elasticsearch keeps milliseconds: the id breaks the tie.
        Search.Found newest = search.find(Search.Query.of("message:ranged", Search.In.EVENTS, 3));
        Search.Found none = search.find(new Search.Query(
                "message:ranged", Search.In.EVENTS, fifteenth.getTime() + 1_000_000, Micros.UNKNOWN, 10));
        Search.Found all = search.find(new Search.Query(
                "message:ranged", Search.In.BOTH, sixth.getTime() - 1_000_000, sixth.getTime() + 1_000_000, 100));

        assertThat(newest.total()).isEqualTo(20);
        assertThat(newest.hits())
                .extracting(Search.Hit::id)
                .containsExactly(Records.id(first + 19), Records.id(first + 18), Records.id(first + 17));
        assertThat(none.hits()).isEmpty();
        assertThat(all.hits()).hasSize(20);
    }

    @Test
    void aBadQueryIsExplained() {
        assertThatThrownBy(() -> search.find(Search.Query.of("user.name:(root", Search.In.BOTH, 10)))
                .isInstanceOf(ElasticsearchException.class)
                .hasMessageStartingWith("the query cannot be understood: ")
                .hasMessageContaining("Cannot parse 'user.name:(root'");
    }

    @Test
    void noValueOfAFieldCostsTheEvent() {
        long first = sequence(103);
        send(
                Topics.EVENTS,
                Records.events(List.of(
                        Records.event(first, values("192.0.2.1", 1L, "2026-11-22T00:00:00Z", true, "1,2")),
                        Records.event(first + 1, values("no address", "no number", "no date", "no flag", "nowhere")),
                        Records.event(first + 2, values(5L, Double.MAX_VALUE, Long.MIN_VALUE, 0.5, true)))));
        List<Event> longStrings = longStrings(first + 3);
        longStrings.forEach(event -> send(Topics.EVENTS, Records.events(List.of(event))));

        try (Indexer indexer = indexer(Map.of())) {
            await().atMost(PATIENCE).until(() -> {
                Map<String, Long> counters = indexer.counters();
                return counters.get("dead-lettered") + counters.get("indexed.events") >= 3 + longStrings.size();
            });
            awaitIndexed(indexer, ids(first, 3 + longStrings.size()));
            assertThat(indexer.counters()).containsEntry("dead-lettered", 0L);
        }
    }

    @Test
    void aMegabyteOfMessageIsIndexedAndItsWordsAreFound() {
        long first = sequence(2);
        send(
                Topics.EVENTS,
                Records.events(List.of(
                        Records.event(first, Map.of("message", "needle" + first + " " + "x".repeat(1024 * 1024))),
                        Records.event(
                                first + 1, Map.of("message", "many words ".repeat(100_000) + "needle" + first)))));

        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, ids(first, 2));
        }

        assertThat(found("message:needle" + first)).containsExactly(Records.id(first + 1), Records.id(first));
    }

    @Test
    void arbitraryNamesDoNotGrowTheMapping() {
        long first = sequence(2);
        send(Topics.EVENTS, Records.events(List.of(Records.event(first, Map.of("json.a", 1L, "labels.a", "b")))));
        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, ids(first, 1));
            int before = liveTypes().size();
            Map<String, Object> fields = new HashMap<>();
            for (int i = 0; i < 5_000; i++) {
                fields.put("json.k" + i, (long) i);
                fields.put("labels.k" + i, "v");
                fields.put("winlog.event_data.k" + i, "v");
            }
            send(Topics.EVENTS, Records.events(List.of(Records.event(first + 1, fields))));

            awaitIndexed(indexer, ids(first + 1, 1));

            assertThat(liveTypes()).hasSize(before);
        }
        assertThat(found("json.k4711:4711")).containsExactly(Records.id(first + 1));
    }

    /** Across midnight: the day of a document is that of its line, not of the day on which it is indexed. */
    @Test
    void aReplayDoublesNothing() {
        long first = sequence(500);
        long midnight = Records.APPENDED + 1_000;
        for (int i = 0; i < 50; i++) {
            List<Event> events = LongStream.range(first + i * 10, first + i * 10 + 10)
                    .mapToObj(n -> Records.event(n, Map.of("message", "replayed")))
                    .toList();
            send(Topics.EVENTS, Records.events(events, i < 20 ? Records.APPENDED : midnight));
        }
        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, ids(first, 500));
        }
        String today = Target.events(Records.APPENDED);
        String tomorrow = Target.events(midnight);
        long events = indices.count(today);
        long after = indices.count(tomorrow);
        long alerts = indices.count(Target.ALL_ALERTS);

        try (Indexer indexer = indexer(Map.of("group.id", "replay-" + first))) {
            await().atMost(PATIENCE).until(() -> indexer.counters().get("present.events") >= events + after);
        }
        indices.refresh("logs-bongsu.*");

        assertThat(tomorrow).isNotEqualTo(today);
        assertThat(after).as("of the day after").isEqualTo(300);
        assertThat(indices.count(today)).isEqualTo(events);
        assertThat(indices.count(tomorrow)).isEqualTo(after);
        assertThat(indices.count(Target.ALL_ALERTS)).isEqualTo(alerts);
    }

    @Test
    void theHighestRevisionOfAnAlertStays() {
        for (int revision : new int[] {3, 1, 5, 4, 2}) {
            send(Topics.ALERTS, Records.alert("it-revised", revision));
        }

        try (Indexer indexer = indexer(Map.of())) {
            await().atMost(PATIENCE)
                    .until(() -> indexer.counters().get("indexed.alerts")
                                    + indexer.counters().get("present.alerts")
                            >= 5);
        }
        indices.refresh(Target.ALL_ALERTS);

        assertThat(search.find(Search.Query.of("event.id:it-revised", Search.In.ALERTS, 10))
                        .hits())
                .singleElement()
                .satisfies(hit -> assertThat(hit.flat()).containsEntry("bongsu.alert.revision", 5L));
    }

    @Test
    void poisonEndsInTheIndexOfDeadLettersAndItsNeighboursInTheirs() {
        long first = sequence(3);
        send(
                Topics.EVENTS,
                Records.events(List.of(
                        Records.event(first, Map.of("message", "before")),
                        Records.event(first + 1, Map.of("message", "poison", "host", "not an object")),
                        Records.event(first + 2, Map.of("message", "behind")))));
        send(Topics.EVENTS, "no record".getBytes(StandardCharsets.UTF_8));

        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, Set.of(Records.id(first), Records.id(first + 2)));
            await().atMost(PATIENCE).until(() -> {
                indices.refresh(Target.ALL_DEAD_LETTERS);
                return deadLetters().stream()
                                .anyMatch(l -> Records.id(first + 1).equals(l.get("bongsu.event")))
                        && deadLetters().stream().anyMatch(l -> "undecodable".equals(l.get("error.code")));
            });
        }

        assertThat(deadLetters()).anySatisfy(letter -> assertThat(letter)
                .containsEntry("bongsu.event", Records.id(first + 1))
                .containsEntry("bongsu.stage", "index")
                .containsEntry("error.code", "document_parsing_exception")
                .hasEntrySatisfying(
                        "error.message", m -> assertThat(m.toString()).contains("object mapping for [host]")));
    }

    @Test
    void elasticsearchIsKilledAndNothingIsLost() {
        long first = sequence(6_000);
        try (Indexer indexer = indexer(Map.of())) {
            for (int i = 0; i < 300; i++) {
                send(Topics.EVENTS, Records.events(first + i * 10, 10));
            }
            await().atMost(PATIENCE).until(() -> indexer.counters().get("indexed.events") > 0);

            servers.kill();
            for (int i = 300; i < 600; i++) {
                send(Topics.EVENTS, Records.events(first + i * 10, 10));
            }
            await().atMost(PATIENCE).until(() -> indexer.counters().get("elasticsearch.available") == 0);
            servers.restart();

            awaitIndexed(indexer, ids(first, 6_000));
            assertThat(indexer.counters()).containsEntry("dead-lettered", 0L).containsEntry("restarts", 0L);
        }
    }

    @Test
    void oldIndicesAreDeletedByDay() {
        long first = sequence(2);
        var old = Records.events(first, 2);
        old = io.bongsu.model.Events.newBuilder(old)
                .setAppended(Micros.of(java.time.Instant.parse("2026-01-31T23:00:00Z")))
                .build();
        send(Topics.EVENTS, old);
        try (Indexer indexer = indexer(Map.of())) {
            awaitIndexed(indexer, ids(first, 2));
        }

        assertThat(indices.deleteBefore(LocalDate.parse("2026-02-01")))
                .containsExactly("logs-bongsu.events-default-2026.01.31");
        assertThat(indices.names(Target.ALL_EVENTS)).doesNotContain("logs-bongsu.events-default-2026.01.31");
    }

    // ---- what the tests say it with

    private static synchronized long sequence(int count) {
        long first = sequences;
        sequences += count;
        return first;
    }

    private static Indexer indexer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", servers.bootstrap());
        Indexer indexer = new Indexer(IndexerConfig.of(properties), elasticsearch);
        indexer.start();
        return indexer;
    }

    private static void send(String topic, SpecificRecord value) {
        send(topic, Codec.encode(value));
    }

    private static void send(String topic, byte[] value) {
        producer.send(new ProducerRecord<>(topic, Records.SOURCE.getBytes(StandardCharsets.UTF_8), value));
    }

    private static Set<String> ids(long first, int count) {
        Set<String> ids = new HashSet<>();
        LongStream.range(first, first + count).forEach(n -> ids.add(Records.id(n)));
        return ids;
    }

    private void awaitIndexed(Indexer indexer, Set<String> ids) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            indices.refresh("logs-bongsu.*");
            Set<String> missing = new HashSet<>(ids);
            indices.scanIds("logs-bongsu.*", missing::remove);
            return missing.isEmpty();
        });
        assertThat(indexer.counters()).containsEntry("restarts", 0L);
    }

    private List<String> found(String query) {
        return search.find(Search.Query.of(query, Search.In.EVENTS, 10)).hits().stream()
                .map(Search.Hit::id)
                .toList();
    }

    private List<Map<String, Object>> deadLetters() {
        List<Map<String, Object>> letters = new ArrayList<>();
        indices.scan(Target.ALL_DEAD_LETTERS, hit -> letters.add(hit.flat()));
        return letters;
    }

    /** The fields of the index that the tests write to. */
    private static Map<String, String> liveTypes() {
        String index = Target.events(Records.APPENDED);
        JsonNode answer = new Rest(elasticsearch)
                .call(
                        "GET _mapping",
                        client -> Rest.parse(elasticsearch
                                .call("GET", "/" + index + "/_mapping", Map.of(), null)
                                .body()));
        return Mapping.of(answer.path(index).path("mappings"));
    }

    /** A document with every field of the templates, each with the value that its type is given here. */
    private static Map<String, Object> values(Object ip, Object number, Object date, Object flag, Object point) {
        Map<String, Object> values = new HashMap<>();
        Mapping.ofTemplates().forEach((name, type) -> {
            switch (type) {
                case "ip" -> values.put(name, ip);
                case "long", "float", "scaled_float" -> values.put(name, number);
                case "date" -> values.put(name, date);
                case "boolean" -> values.put(name, flag);
                case "geo_point" -> values.put(name, point);
                case "flattened" -> values.put(name + ".any", "value");
                default -> {
                    if (!name.endsWith(".text")) {
                        values.put(name, List.of("one", 2L, 3.5, true));
                    }
                }
            }
        });
        return values;
    }

    /** Events of which each has a very long string in some of the fields, until all fields had one. */
    private static List<Event> longStrings(long first) {
        String value = "가".repeat(12_000);
        List<String> names = List.copyOf(Mapping.ofTemplates().keySet());
        List<Event> events = new ArrayList<>();
        for (int from = 0; from < names.size(); from += 20) {
            Map<String, Object> fields = new HashMap<>();
            for (String name : names.subList(from, Math.min(names.size(), from + 20))) {
                boolean object = Mapping.ofTemplates().get(name).equals("flattened");
                if (!name.endsWith(".text")) {
                    fields.put(object ? name + ".any" : name, value);
                }
            }
            events.add(Records.event(first + events.size(), fields));
        }
        return events;
    }
}
