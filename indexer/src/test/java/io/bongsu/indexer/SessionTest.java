package io.bongsu.indexer;

import static io.bongsu.indexer.Rig.ALERTS;
import static io.bongsu.indexer.Rig.EVENTS;
import static io.bongsu.indexer.Rig.LETTERS;
import static io.bongsu.indexer.Rig.MORE_EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.indexer.StubElasticsearch.Fault;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
    private static final String DAY = "logs-bongsu.events-default-2026.11.22";

    @Test
    void eachTopicLandsInItsIndexAndOffsetsFollow() {
        try (Rig rig = new Rig()) {
            rig.add(EVENTS, Records.events(1, 3));
            rig.add(EVENTS, Records.events(4, 0));
            rig.add(ALERTS, Records.alert("alert-1", 1));
            rig.add(LETTERS, Records.letter("letter-1"));

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents.get(Records.id(1)).index()).isEqualTo(DAY);
            assertThat(rig.stub.documents.get(Records.id(1)).version()).isZero();
            assertThat(rig.stub.documents.get("alert-1").index()).isEqualTo("logs-bongsu.alerts-default");
            assertThat(rig.stub.documents.get("alert-1").version()).isEqualTo(1);
            assertThat(rig.stub.documents.get("letter-1").index())
                    .isEqualTo("logs-bongsu.dead-letters-default-2026.11.22");
            assertThat(rig.stub.documents).hasSize(5);
            assertThat(rig.count("indexed.events")).isEqualTo(3);
            assertThat(rig.count("indexed.alerts")).isEqualTo(1);
            assertThat(rig.count("indexed.dead-letters")).isEqualTo(1);
        }
    }

    @Test
    void theFirstDocumentsGoAtOnceAndTheNextOnesWaitForCompany() {
        IndexerConfig patient = Rig.config(3, 1 << 20, 1 << 20).with(2, 3, 1 << 20, Duration.ofHours(1));
        try (Rig rig = new Rig(patient, true)) {
            rig.add(EVENTS, Records.events(1, 1));
            rig.turnUntil("the first one is there", () -> rig.count("indexed.events") == 1);

            rig.add(EVENTS, Records.events(2, 2));
            rig.turnUntil("two are read", () -> rig.count("read") == 3);
            rig.turn(20);
            assertThat(rig.count("waiting.documents")).isEqualTo(2);

            rig.add(EVENTS, Records.events(4, 1));
            rig.turnUntil("a full request is there", () -> rig.count("indexed.events") == 4);
            assertThat(rig.count("requests")).isEqualTo(2);
        }
    }

    static Stream<Arguments> passing() {
        String block = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]";
        return Stream.of(
                Arguments.of("429 of the request", new Fault.Status(429)),
                Arguments.of("429 of every item", new Fault.Items(1, 429, "es_rejected_execution_exception", "full")),
                Arguments.of("429 of some items", new Fault.Items(3, 429, "es_rejected_execution_exception", "full")),
                Arguments.of("502", new Fault.Status(502, "<html>bad gateway</html>")),
                Arguments.of("503", new Fault.Status(503, "{\"error\":{\"type\":\"x\",\"reason\":\"not ready\"}}")),
                Arguments.of("504", new Fault.Status(504)),
                Arguments.of("500", new Fault.Status(500)),
                Arguments.of(
                        "503 of some items", new Fault.Items(2, 503, "unavailable_shards_exception", "no primary")),
                Arguments.of("401, repaired", new Fault.Status(401)),
                Arguments.of("403, repaired", new Fault.Status(403)),
                Arguments.of(
                        "403 of items: read-only", new Fault.Items(2, 403, "cluster_block_exception", "read-only")),
                Arguments.of("429 of items: flood stage", new Fault.Items(1, 429, "cluster_block_exception", block)),
                Arguments.of("404 of items", new Fault.Items(2, 404, "index_not_found_exception", "no such index")),
                Arguments.of("400: too many shards", new Fault.Items(1, 400, "validation_exception", "maximum shards")),
                Arguments.of("302 of a login page", new Fault.Status(302)),
                Arguments.of("reset within the answer", new Fault.Reset()),
                Arguments.of("no answer at all", new Fault.Silence()),
                Arguments.of("an answer that is none", new Fault.Nonsense("<html>welcome</html>")),
                Arguments.of("an answer to something else", new Fault.Nonsense("{\"items\":[]}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void whatCanPassIsTriedAgainUntilItPasses(String name, Fault fault) {
        try (Rig rig = new Rig()) {
            for (int i = 0; i < 3; i++) {
                rig.stub.faults.add(fault);
            }
            for (int i = 0; i < 10; i++) {
                rig.add(EVENTS, Records.events(i * 10, 10));
            }

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).hasSize(100);
            assertThat(rig.count("indexed.events") + rig.count("present.events"))
                    .isEqualTo(100);
            assertThat(rig.count("retries")).isPositive();
            assertThat(rig.letters()).isEmpty();
        }
    }

    @Test
    void nothingIsCommittedWhileElasticsearchIsAway() {
        try (Rig rig = new Rig()) {
            rig.stub.always = new Fault.Status(503);
            rig.add(EVENTS, Records.events(1, 10));
            rig.add(EVENTS, Records.events(11, 0));

            rig.turnUntil("several attempts", () -> rig.count("requests.failed") > 5);

            assertThat(rig.committed(EVENTS)).isLessThanOrEqualTo(0);
            assertThat(rig.count("elasticsearch.available")).isZero();

            rig.stub.always = null;
            rig.turnUntilCommitted();
            rig.turn(1);
            assertThat(rig.count("elasticsearch.available")).isEqualTo(1);
            assertThat(rig.stub.documents).hasSize(10);
        }
    }

    @Test
    void memoryStaysBoundedWhileElasticsearchIsAway() {
        try (Rig rig = new Rig()) {
            rig.stub.always = new Fault.Status(503);
            rig.consumer.setMaxPollRecords(4);
            String kilobyte = "x".repeat(1_024);
            for (int i = 0; i < 400; i++) {
                int from = i * 10;
                rig.add(
                        i % 2 == 0 ? EVENTS : MORE_EVENTS,
                        Records.events(Stream.iterate(from, n -> n + 1)
                                .limit(10)
                                .map(n -> Records.event(n, Map.of("message", kilobyte)))
                                .toList()));
            }

            rig.turnUntil("both partitions are paused", () -> rig.count("partitions.paused") >= 2);
            rig.turn(50);

            long record = 10 * 2_048;
            assertThat(rig.count("buffered.bytes")).isLessThan(Rig.CONFIG.bufferBytes() + 2 * record);
            assertThat(rig.count("buffered.records")).isLessThanOrEqualTo(8);

            rig.stub.always = null;
            rig.turnUntilCommitted();
            assertThat(rig.stub.documents).hasSize(4_000);
        }
    }

    @Test
    void aBlockedIndexHoldsUpNoOtherPartition() {
        try (Rig rig = new Rig()) {
            rig.stub.refused.put("alert-1", new Fault.Items(1, 403, "cluster_block_exception", "read-only"));
            rig.add(ALERTS, Records.alert("alert-1", 1));
            rig.add(ALERTS, Records.alert("alert-2", 1));
            for (int i = 0; i < 20; i++) {
                rig.add(EVENTS, Records.events(i * 10, 10));
            }

            rig.turnUntil("events are committed", () -> rig.committed(EVENTS) == 20);

            assertThat(rig.stub.documents).hasSize(201).containsKey("alert-2");
            assertThat(rig.committed(ALERTS)).isLessThanOrEqualTo(0);

            rig.stub.refused.clear();
            rig.turnUntilCommitted();
            assertThat(rig.stub.documents).hasSize(202);
        }
    }

    @Test
    void aRequestThatIsTooLargeIsSentInParts() {
        try (Rig rig = new Rig()) {
            rig.stub.maxBody = 3_000;
            for (int i = 0; i < 10; i++) {
                rig.add(EVENTS, Records.events(i * 10, 10));
            }

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).hasSize(100);
            assertThat(rig.letters()).isEmpty();
            assertThat(rig.stub.batches).allMatch(n -> n <= 6);
        }
    }

    @Test
    void aDocumentThatIsTooLargeByItselfBecomesADeadLetter() {
        try (Rig rig = new Rig()) {
            rig.stub.maxBody = 3_000;
            rig.add(
                    EVENTS,
                    Records.events(List.of(
                            Records.event(1, Map.of("message", "small")),
                            Records.event(2, Map.of("message", "x".repeat(5_000))),
                            Records.event(3, Map.of("message", "small")))));

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).containsOnlyKeys(Records.id(1), Records.id(3));
            assertThat(rig.letters()).singleElement().satisfies(letter -> {
                assertThat(letter.getReason()).isEqualTo("too_large");
                assertThat(letter.getEvent()).isEqualTo(Records.id(2));
            });
        }
    }

    @Test
    void aRequestThatOneDocumentSpoilsIsTakenApart() {
        try (Rig rig = new Rig()) {
            rig.stub.always =
                    new Fault.Status(400, "{\"error\":{\"type\":\"illegal_argument_exception\",\"reason\":\"bad\"}}");
            rig.add(EVENTS, Records.events(1, 8));

            rig.turnUntil("the first is found", () -> !rig.letters().isEmpty());
            rig.stub.always = null;
            rig.turnUntilCommitted();

            assertThat(rig.stub.documents.size() + rig.letters().size()).isEqualTo(8);
        }
    }

    @Test
    void poisonBecomesADeadLetterAndItsNeighboursAreIndexed() {
        try (Rig rig = new Rig()) {
            String reason =
                    "object mapping for [host] tried to parse field [host] as object, but found a concrete value";
            rig.stub.poison(Records.id(5), reason);
            rig.add(EVENTS, Records.events(1, 10));

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).hasSize(9);
            assertThat(rig.count("dead-lettered")).isEqualTo(1);
            DeadLetter letter = rig.letters().getFirst();
            assertThat(letter.getStage()).isEqualTo("index");
            assertThat(letter.getReason()).isEqualTo("document_parsing_exception");
            assertThat(letter.getMessage()).isEqualTo(reason);
            assertThat(letter.getTopic()).isEqualTo(Topics.EVENTS);
            assertThat(letter.getLine()).isEqualTo(5);
            assertThat(letter.getEvent()).isEqualTo(Records.id(5));
            assertThat(letter.getSource()).isEqualTo(Records.SOURCE);
            assertThat(letter.getAppended()).isEqualTo(Records.APPENDED);
            assertThat(text(letter)).contains("\"message\":\"line 5\"");
            assertThat(rig.producer.history().getFirst().key())
                    .isEqualTo(Records.SOURCE.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aDeadLetterIsTheSameAfterAReplay() {
        String first = poisonedOnce();
        String second = poisonedOnce();

        assertThat(first).isEqualTo(second);
    }

    private static String poisonedOnce() {
        try (Rig rig = new Rig()) {
            rig.stub.poison(Records.id(1), "no");
            rig.add(EVENTS, Records.events(1, 1));
            rig.turnUntilCommitted();
            return rig.letters().getFirst().getId();
        }
    }

    @Test
    void noOffsetMovesBeforeKafkaHasTheDeadLetter() {
        try (Rig rig = new Rig(Rig.CONFIG, false)) {
            rig.stub.poison(Records.id(1), "no");
            rig.add(EVENTS, Records.events(1, 1));

            rig.turnUntil(
                    "the dead letter is sent", () -> !rig.producer.history().isEmpty());
            rig.turn(5);
            assertThat(rig.committed(EVENTS)).isLessThanOrEqualTo(0);

            rig.producer.errorNext(new org.apache.kafka.common.errors.TimeoutException("away"));
            rig.turnUntil("it is sent again", () -> rig.producer.history().size() == 2);
            rig.turn(5);
            assertThat(rig.committed(EVENTS)).isLessThanOrEqualTo(0);

            rig.producer.completeNext();
            rig.turnUntilCommitted();
            assertThat(rig.count("dead-lettered")).isEqualTo(1);
        }
    }

    @Test
    void aDeadLetterThatElasticsearchRefusesStaysInKafkaAndDoesNotLoop() {
        try (Rig rig = new Rig()) {
            rig.stub.poison("letter-1", "no");
            rig.add(LETTERS, Records.letter("letter-1"));

            rig.turnUntilCommitted();

            assertThat(rig.letters()).isEmpty();
            assertThat(rig.count("refused.dead-letters")).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoRecordOfOursIsDeadLetteredWhole() {
        try (Rig rig = new Rig()) {
            byte[] broken = "not Avro".getBytes(StandardCharsets.UTF_8);
            rig.add(EVENTS, broken);
            rig.add(ALERTS, Records.letter("letter-1"));
            rig.add(LETTERS, broken);
            rig.add(EVENTS, Records.events(1, 1));

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).containsOnlyKeys(Records.id(1));
            assertThat(rig.letters())
                    .extracting(DeadLetter::getTopic, DeadLetter::getOffset, DeadLetter::getReason)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(Topics.EVENTS, 0L, "undecodable"),
                            org.assertj.core.groups.Tuple.tuple(Topics.ALERTS, 0L, "unexpected_record"),
                            org.assertj.core.groups.Tuple.tuple(Topics.DEAD_LETTERS, 0L, "undecodable"));
            assertThat(rig.letters()).extracting(SessionTest::text).contains("not Avro");
            assertThat(rig.letters()).extracting(DeadLetter::getId).doesNotHaveDuplicates();
        }
    }

    @Test
    void theHighestRevisionOfAnAlertStaysWhateverTheirOrder() {
        try (Rig rig = new Rig()) {
            for (int revision : new int[] {2, 1, 3, 3, 2}) {
                rig.add(ALERTS, Records.alert("alert-1", revision));
            }

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents.get("alert-1").version()).isEqualTo(3);
            assertThat(rig.count("indexed.alerts") + rig.count("present.alerts"))
                    .isEqualTo(5);
        }
    }

    @Test
    void aReplayDoublesNothing() {
        try (Rig rig = new Rig()) {
            rig.add(EVENTS, Records.events(1, 10));
            rig.add(EVENTS, Records.events(1, 10));

            rig.turnUntilCommitted();

            assertThat(rig.stub.documents).hasSize(10);
            assertThat(rig.count("indexed.events")).isEqualTo(10);
            assertThat(rig.count("present.events")).isEqualTo(10);
        }
    }

    @Test
    void withoutTemplatesNothingIsIndexed() {
        try (Rig rig = new Rig()) {
            rig.stub.templateStatus = 404;
            rig.add(EVENTS, Records.events(1, 1));
            rig.turn(10);
            assertThat(rig.stub.requests).hasValue(0);

            rig.stub.templateStatus = 200;
            rig.turnUntilCommitted();
            assertThat(rig.stub.documents).hasSize(1);
        }
    }

    @Test
    void anErrorWithinElasticsearchThatOnlyOneDocumentMeetsEndsAsADeadLetter() {
        try (Rig rig = new Rig()) {
            rig.stub.refused.put(Records.id(1), new Fault.Items(1, 500, "illegal_state_exception", "bug"));
            rig.add(EVENTS, Records.events(1, 1));
            long[] sequence = {100};

            rig.turnUntil("it is given up", () -> {
                rig.add(EVENTS, Records.events(sequence[0]++, 1));
                return !rig.letters().isEmpty();
            });

            assertThat(rig.letters()).singleElement().satisfies(letter -> {
                assertThat(letter.getReason()).isEqualTo("illegal_state_exception");
                assertThat(letter.getEvent()).isEqualTo(Records.id(1));
            });
        }
    }

    @Test
    void anErrorWithinElasticsearchThatAllDocumentsMeetIsWaitedFor() {
        try (Rig rig = new Rig()) {
            rig.stub.always = new Fault.Items(1, 500, "illegal_state_exception", "no disk");
            rig.add(EVENTS, Records.events(1, 3));

            rig.turnUntil("many attempts", () -> rig.count("retries") > 60);

            assertThat(rig.letters()).isEmpty();
            rig.stub.always = null;
            rig.turnUntilCommitted();
            assertThat(rig.stub.documents).hasSize(3);
        }
    }

    @Test
    void aPartitionThatIsTakenAwayIsForgottenAndItsAnswersDoNoHarm() {
        try (Rig rig = new Rig()) {
            rig.stub.always = new Fault.Status(503);
            rig.add(EVENTS, Records.events(1, 10));
            rig.add(ALERTS, Records.alert("alert-1", 1));
            rig.turnUntil("attempts", () -> rig.count("requests.failed") > 2);

            rig.assign(List.of(ALERTS));
            rig.turn(1);
            rig.stub.always = null;
            rig.turnUntil("the alert is committed", () -> rig.committed(ALERTS) == 1);

            assertThat(rig.committed(EVENTS)).isLessThanOrEqualTo(0);
            assertThat(rig.count("partitions")).isEqualTo(1);
            assertThat(rig.count("buffered.bytes")).isZero();
        }
    }

    @Test
    void finishWaitsForAnswersAndCommits() {
        try (Rig rig = new Rig()) {
            rig.add(EVENTS, Records.events(1, 10));
            rig.turnUntil("a request is on its way", () -> rig.count("requests") > 0);

            rig.session.finish();

            assertThat(rig.committed(EVENTS)).isEqualTo(1);
        }
    }

    @Test
    void recordsThatKafkaHasDeletedAreCountedAndTheRestIsRead() {
        try (Rig rig = new Rig()) {
            rig.consumer.updateBeginningOffsets(Map.of(EVENTS, 40L));
            rig.consumer.setPollException(new OffsetOutOfRangeException(Map.of(EVENTS, 7L)));

            rig.turn(1);
            rig.consumer.addRecord(Records.record(Topics.EVENTS, 0, 40, Records.events(1, 2)));
            rig.turnUntil("the rest is committed", () -> rig.committed(EVENTS) == 41);

            assertThat(rig.count("lost.records")).isEqualTo(33);
            assertThat(rig.stub.documents).hasSize(2);
        }
    }

    /** Whatever goes wrong in whichever order: each document is there once, or a dead letter, and the offsets are at the end. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anythingCanGoWrong(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Fault> faults = passing()
                .map(a -> (Fault) a.get()[1])
                .filter(f -> !(f instanceof Fault.Silence))
                .toList();
        try (Rig rig = new Rig(Rig.config(16, 8 * 1024, 64 * 1024), true)) {
            rig.consumer.setMaxPollRecords(3);
            Set<String> poisoned = new HashSet<>();
            int documents = 0;
            for (int i = 0; i < 60; i++) {
                rig.stub.faults.add(
                        random.nextInt(3) == 0
                                ? faults.get(random.nextInt(faults.size()))
                                : new Fault.Items(1_000, 429, "", ""));
                int count = random.nextInt(8);
                rig.add(random.nextBoolean() ? EVENTS : MORE_EVENTS, Records.events(documents, count));
                if (count > 0 && random.nextInt(4) == 0) {
                    poisoned.add(Records.id(documents));
                    rig.stub.poison(Records.id(documents), "no");
                }
                documents += count;
            }

            rig.turnUntilCommitted();

            Set<String> letters = new HashSet<>();
            rig.letters().forEach(letter -> letters.add(letter.getEvent()));
            assertThat(letters).isEqualTo(poisoned);
            assertThat(rig.letters()).hasSameSizeAs(poisoned);
            assertThat(rig.stub.documents).hasSize(documents - poisoned.size());
            assertThat(rig.count("indexed.events") + rig.count("present.events") + rig.count("dead-lettered"))
                    .isEqualTo(documents);
            rig.turn(1);
            assertThat(rig.count("buffered.bytes")).isZero();
        }
    }

    private static String text(DeadLetter letter) {
        return StandardCharsets.UTF_8.decode(letter.getData().duplicate()).toString();
    }
}
