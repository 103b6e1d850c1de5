package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.ledger.TrustedKeys;
import io.bongsu.app.ledger.Verification;
import io.bongsu.app.ledger.Verification.Kind;
import io.bongsu.model.Codec;
import io.bongsu.model.EventId;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Copies of a bongsu.logs that a shipper has written, each with one thing done to it. */
final class Tampered {
    private final String bootstrap;
    private final int partitions;
    private final List<ConsumerRecord<byte[], byte[]>> original;
    private final int victim;
    private final RawLogs record;

    /** What becomes of a record: nothing, one, or several. */
    private interface Edit {
        List<byte[]> of(int index, ConsumerRecord<byte[], byte[]> record);
    }

    Tampered(String bootstrap, int partitions) throws Exception {
        this.bootstrap = bootstrap;
        this.partitions = partitions;
        this.original = LogsTopic.read(bootstrap);
        int found = -1;
        RawLogs lines = null;
        for (int i = 0; found < 0 && i < original.size(); i++) {
            // Of the start that was ended by a signal: all of its lines are under a seal.
            if (Codec.decode(original.get(i).value()) instanceof RawLogs logs
                    && logs.getEpoch() == 2
                    && logs.getLines().size() > 2) {
                found = i;
                lines = logs;
            }
        }
        assertThat(lines).as("a record of several lines").isNotNull();
        this.victim = found;
        this.record = lines;
    }

    void eachIsNamed() throws Exception {
        Verification untouched = verify(Topics.LOGS);
        assertThat(untouched.differences()).isEmpty();
        assertThat(untouched.sealed())
                .as("those of the start that was ended by a signal, at least")
                .isGreaterThanOrEqualTo(2_000);

        RawLine line = record.getLines().get(1);
        String id = EventId.of(
                EventId.prefix(record.getShipper(), record.getEpoch(), record.getSource()), line.getSequence());
        RawLine other = RawLine.newBuilder(line)
                .setData(ByteBuffer.wrap("<38>something else".getBytes(StandardCharsets.UTF_8)))
                .build();

        assertThat(tampered("changed", at(victim, lines(record.getLines().get(0), other, 2))))
                .containsExactly(Kind.CHANGED + " " + id);
        // The place is one in the copy, as whoever reads it there needs it.
        assertThat(verify("changed").differences()).singleElement().satisfies(d -> assertThat(d.more())
                .contains(", changed-"));
        assertThat(tampered("removed", at(victim, lines(record.getLines().get(0), null, 2))))
                .containsExactly(Kind.REMOVED + " " + id);
        byte[] forged =
                Codec.encode(RawLogs.newBuilder(record).setLines(List.of(other)).build());
        int last = original.size() - 1;
        while (original.get(last).partition() != original.get(victim).partition()) {
            last--;
        }
        int end = last;
        assertThat(tampered("inserted", (i, r) -> i == end ? List.of(r.value(), forged) : List.of(r.value())))
                .containsExactly(Kind.INSERTED + " " + id);
        long cut = original.get(victim).offset();
        assertThat(tampered(
                        "cut",
                        (i, r) -> r.partition() == original.get(victim).partition() && r.offset() > cut
                                ? List.of()
                                : List.of(r.value())))
                .isNotEmpty()
                .allMatch(d -> d.startsWith(Kind.SEAL_MISSING + " the end of")
                        || d.startsWith(Kind.REMOVED + " ")
                        || d.startsWith(Kind.GAP + " "))
                .anyMatch(d -> d.startsWith(Kind.SEAL_MISSING + " the end of"))
                .anyMatch(d -> d.startsWith(Kind.REMOVED + " "));

        copy("expired", (i, r) -> List.of(r.value()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.deleteRecords(Map.of(
                            new TopicPartition("expired", original.get(victim).partition()),
                            RecordsToDelete.beforeOffset(cut + 1)))
                    .all()
                    .get();
        }
        assertThat(verify("expired").differences()).as("Kafka's retention").isEmpty();
    }

    private static Edit at(int index, RawLogs instead) {
        byte[] value = Codec.encode(instead);
        return (i, record) -> List.of(i == index ? value : record.value());
    }

    /** The record with its second line replaced, or gone. */
    private RawLogs lines(RawLine first, RawLine second, int rest) {
        List<RawLine> lines = new ArrayList<>(List.of(first));
        if (second != null) {
            lines.add(second);
        }
        lines.addAll(record.getLines().subList(rest, record.getLines().size()));
        return RawLogs.newBuilder(record).setLines(lines).build();
    }

    private List<String> tampered(String topic, Edit edit) throws Exception {
        copy(topic, edit);
        return verify(topic).differences().stream()
                .map(d -> d.kind() + " " + d.what())
                .toList();
    }

    private Verification verify(String topic) {
        return Verification.chains(
                Map.of("bootstrap.servers", bootstrap),
                topic,
                TrustedKeys.onFirstUse(),
                Micros.UNKNOWN,
                Micros.UNKNOWN);
    }

    private void copy(String topic, Edit edit) throws Exception {
        // One request at a time: with more, a topic that is this new may keep the second one only (KAFKA-15591).
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrap, "max.in.flight.requests.per.connection", 1);
        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> written = new ArrayList<>();
            for (int i = 0; i < original.size(); i++) {
                ConsumerRecord<byte[], byte[]> from = original.get(i);
                for (byte[] value : edit.of(i, from)) {
                    written.add(producer.send(new ProducerRecord<>(
                            topic, from.partition(), from.timestamp(), from.key(), value, from.headers())));
                }
            }
            for (Future<RecordMetadata> record : written) {
                record.get();
            }
        }
    }
}
