package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.command.Commands;
import io.bongsu.app.ledger.Accounts;
import io.bongsu.app.ledger.DeadLetters;
import io.bongsu.app.ledger.DeadLetters.Query;
import io.bongsu.app.ledger.DeadLetters.Replayed;
import io.bongsu.app.ledger.DeadLetters.Stored;
import io.bongsu.app.ledger.TrustedKeys;
import io.bongsu.app.ledger.Verification;
import io.bongsu.app.ledger.Verification.Kind;
import io.bongsu.app.pipeline.DataFolder;
import io.bongsu.app.pipeline.Tally;
import io.bongsu.indexer.Indices;
import io.bongsu.indexer.Target;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger recounts what is there; a dead letter comes back to its id; what somebody took away or put in is named. */
class LedgerIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Query WAITING = new Query(Micros.UNKNOWN, null, null, null, false);
    private static final Query ALL = new Query(Micros.UNKNOWN, null, null, null, true);

    @TempDir
    Path directory;

    @Test
    void everyLineIsFoundAgainAndEveryDifferenceNamed() throws Exception {
        try (Running running = Running.start(directory, Map.of());
                DeadLetters letters = new DeadLetters(running.pipeline().kafka());
                Socket syslog = running.connect("syslog-tcp", 1);
                Socket json = running.connect("json-tcp", 1)) {
            // Somebody's mapping, which takes no names of services.
            Instant today = Instant.now();
            List<String> days = List.of(index(today), index(today.plus(1, ChronoUnit.DAYS)));
            for (String day : days) {
                ask("PUT", "/" + day, "{\"mappings\":" + service(false) + "}");
            }
            for (int i = 0; i < 100; i++) {
                syslog.getOutputStream()
                        .write(("<13>1 2026-11-22T10:00:00Z web-1 app " + i + " - - line " + i + "\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
            json.getOutputStream()
                    .write("{\"@timestamp\":\"2026-11-22T10:00:00Z\",\"message\":\"ordered\",\"service\":\"orders\"}\n"
                            .getBytes(StandardCharsets.UTF_8));

            await().atMost(PATIENCE).until(() -> letters.find(WAITING).size() == 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(verify(running)).satisfies(v -> {
                        assertThat(v.lines()).isEqualTo(101);
                        assertThat(v.indexed()).isEqualTo(100);
                        assertThat(v.unparsed() + v.unindexed()).isZero();
                    }));
            assertThat(verify(running).differences()).isEmpty();
            assertThat(verify(running).deadLettered()).isOne();
            Tally total = Accounts.read(running.pipeline().kafka(), Micros.UNKNOWN, Micros.UNKNOWN, null)
                    .total();
            assertThat(total.balanced()).isTrue();
            assertThat(total.received()).isEqualTo(101);
            assertThat(total.events()).isEqualTo(101);

            Stored letter = letters.find(WAITING).getFirst();
            assertThat(letter.letter().getStage()).isEqualTo("index");
            assertThat(letters.replay(letter)).isInstanceOf(Replayed.Put.class);
            await("the cause is still there: it fails again, under the same id")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(letters.find(WAITING))
                            .extracting(s -> s.letter().getId(), s -> s.offset() > letter.offset())
                            .containsExactly(tuple(letter.letter().getId(), true)));

            Indices indices = new Indices(running.pipeline().elasticsearch());
            for (String day : days) {
                ask("PUT", "/" + day + "/_mapping", service(true));
            }
            assertThat(Commands.execute(command("dead-letters", "replay", "--stage", "index")))
                    .isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(verify(running).indexed()).isEqualTo(101));
            assertThat(verify(running).deadLettered()).isZero();
            assertThat(letters.find(WAITING)).isEmpty();
            assertThat(letters.find(ALL))
                    .extracting(s -> s.letter().getReplays())
                    .containsExactly(1);
            assertThat(verify(running).differences()).isEmpty();
            assertThat(verify(running).events()).isEqualTo(101);
            assertThat(Accounts.read(running.pipeline().kafka(), Micros.UNKNOWN, Micros.UNKNOWN, null)
                            .total())
                    .isEqualTo(total);
            assertThat(Commands.execute(command("ledger", "verify"))).isZero();

            TreeSet<String> ids = new TreeSet<>();
            indices.scanIds(Target.ALL_EVENTS, ids::add);
            String index = indices.names(Target.ALL_EVENTS).getFirst();
            String ingested = "{\"event\":{\"ingested\":\"" + Micros.iso(Micros.now() - 1_000_000) + "\"}}";
            String forged = ids.first().substring(0, 26) + "00000000ffff";
            ask("DELETE", "/" + index + "/_doc/" + ids.first(), "");
            ask("PUT", "/" + index + "/_doc/" + forged, ingested);
            ask("PUT", "/" + index + "/_doc/by-hand", ingested);
            ask("PUT", "/" + index + "/_doc/timeless", "{\"message\":\"nothing of ours\"}");
            String changed = ids.last();
            ask("POST", "/" + index + "/_update/" + changed, "{\"doc\":{\"message\":\"nothing happened\"}}");

            Verification found = verify(running);
            assertThat(found.differences())
                    .extracting(d -> d.kind() + " " + d.what())
                    .containsExactlyInAnyOrder(
                            Kind.MISSING + " " + ids.first(),
                            Kind.FOREIGN + " " + forged,
                            Kind.FOREIGN + " by-hand",
                            Kind.FOREIGN + " timeless",
                            Kind.ALTERED + " " + changed);
            assertThat(found.differences())
                    .filteredOn(d -> d.kind() == Kind.ALTERED)
                    .allSatisfy(d -> assertThat(d.more()).startsWith("message, source "));
            assertThat(Commands.execute(command("ledger", "verify", "--json"))).isOne();
            assertThat(Commands.execute(command("ledger", "verify", "--alert"))).isOne();
            assertThat(Commands.execute(command("ledger", "verify", "--alert")))
                    .as("again, and no alert is there twice")
                    .isOne();
            Set<String> expected = new TreeSet<>(Set.of(
                    "Ledger: not in Elasticsearch " + ids.first(),
                    "Ledger: in Elasticsearch only " + forged,
                    "Ledger: in Elasticsearch only by-hand",
                    "Ledger: in Elasticsearch only timeless",
                    "Ledger: other in Elasticsearch than in bongsu.events " + changed));
            awaitAlerts(indices, expected);

            // Somebody else's shipper, and of its lines the numbers 2 to 4 are not there.
            strange(running.pipeline().kafka(), 0, 1, 5);
            expected.add("Lines of a source are missing");
            awaitAlerts(indices, expected);
            assertThat(Accounts.read(running.pipeline().kafka(), Micros.UNKNOWN, Micros.UNKNOWN, "strange/1")
                            .total()
                            .missing())
                    .isEqualTo(3);

            // And what is no record of ours at all.
            rubbish(running.pipeline().kafka(), 10);
            expected.add("Dead letters growing");
            awaitAlerts(indices, expected);
        }
    }

    private static void awaitAlerts(Indices indices, Set<String> expected) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            indices.refresh(Target.ALL_ALERTS);
            List<String> found = new ArrayList<>();
            indices.scan(Target.ALL_ALERTS, hit -> {
                Map<String, Object> alert = hit.flat();
                String name = String.valueOf(alert.get("rule.name"));
                String about = String.valueOf(alert.get("message")).split(" ", 2)[0];
                found.add(name.startsWith("Ledger") ? name + ' ' + about : name);
            });
            assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    private static void strange(Map<String, Object> kafka, long... numbers) throws Exception {
        List<RawLine> lines = new ArrayList<>();
        for (long number : numbers) {
            lines.add(RawLine.newBuilder()
                    .setSequence(number)
                    .setReceived(Micros.now())
                    .setData(ByteBuffer.wrap("<13>line".getBytes(StandardCharsets.UTF_8)))
                    .build());
        }
        RawLogs logs = RawLogs.newBuilder()
                .setShipper("strange")
                .setEpoch(1)
                .setSource("strange/1")
                .setInput("syslog")
                .setLines(lines)
                .build();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.LOGS, "strange/1".getBytes(StandardCharsets.UTF_8), Codec.encode(logs)))
                    .get();
        }
    }

    private static void rubbish(Map<String, Object> kafka, int records) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(
                        Topics.LOGS, new byte[] {(byte) i}, "rubbish".getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
        }
    }

    private static String index(Instant day) {
        return Target.EVENTS + day.toString().substring(0, 10).replace('-', '.');
    }

    private static String service(boolean lenient) {
        return "{\"properties\":{\"service\":{\"properties\":{\"name\":{\"type\":\"long\",\"ignore_malformed\":"
                + lenient + "}}}}}";
    }

    private static Verification verify(Running running) {
        return Verification.of(
                running.pipeline().kafka(),
                running.pipeline().elasticsearch(),
                TrustedKeys.onFirstUse(),
                Micros.UNKNOWN,
                Micros.UNKNOWN,
                false);
    }

    private String[] command(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        Path config = directory.resolve("bongsu.yml");
        String rules = Running.environment(directory).get("BONGSU_RULES");
        Files.writeString(config, "data: " + directory.resolve("data") + "\nrules: [" + rules + "]\n");
        all.addAll(List.of("--config", config.toString()));
        return all.toArray(String[]::new);
    }

    private void ask(String method, String path, String body) throws Exception {
        URI base = URI.create(
                DataFolder.running(directory.resolve("data")).orElseThrow().elasticsearch());
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isLessThan(300);
    }
}
