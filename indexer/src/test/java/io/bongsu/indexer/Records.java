package io.bongsu.indexer;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Evidence;
import io.bongsu.model.Micros;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records of the topics, as the stages before the indexer write them. */
final class Records {
    static final long APPENDED = Micros.of(Instant.parse("2026-11-22T23:59:59.999Z"));
    static final String SOURCE = "syslog-udp/192.0.2.7";

    private Records() {}

    static Events events(long sequence, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event(sequence + i, Map.of("message", "line " + (sequence + i), "user.name", "root")));
        }
        return events(events);
    }

    static Events events(List<Event> events) {
        return events(events, APPENDED);
    }

    static Events events(List<Event> events, long appended) {
        return Events.newBuilder()
                .setShipper("shipper-1")
                .setEpoch(1)
                .setSource(SOURCE)
                .setPartition(0)
                .setOffset(7)
                .setAppended(appended)
                .setReceived(events.size())
                .setEvents(events)
                .build();
    }

    static Event event(long sequence, Map<String, Object> fields) {
        return Event.newBuilder()
                .setId(id(sequence))
                .setLine((int) (sequence % 1_000))
                .setTime(APPENDED - 1_000_000 + sequence)
                .setReceived(APPENDED - 1_000)
                .setGeneration(1)
                .setDataset("system.auth")
                .setOriginal("<38>Nov 22 23:59:58 web-1 sshd[1]: line " + sequence)
                .setTags(List.of("test"))
                .setFields(fields)
                .build();
    }

    static String id(long sequence) {
        return EventId.of(EventId.prefix("shipper-1", 1, SOURCE), sequence);
    }

    static Alert alert(String id, int revision) {
        return Alert.newBuilder()
                .setId(id)
                .setRevision(revision)
                .setStatus(AlertStatus.OPEN)
                .setSupersededBy("alert-0")
                .setRule("rule-1")
                .setVersion("0123456789abcdef")
                .setGeneration(1)
                .setTime(APPENDED)
                .setStart(APPENDED)
                .setEnd(APPENDED)
                .setCount(revision)
                .setTriggered(APPENDED)
                .setGroup(Map.of("source.ip", "192.0.2.66"))
                .setEvidence(List.of(Evidence.newBuilder()
                        .setEvent(id(1))
                        .setTime(APPENDED)
                        .setMember("ssh-failed")
                        .setPartition(0)
                        .setOffset(7)
                        .setLine(1)
                        .build()))
                .setFields(Map.of(
                        "rule.name",
                        "SSH brute force",
                        "rule.level",
                        "high",
                        "event.severity",
                        73L,
                        "threat.tactic.id",
                        List.of("TA0006")))
                .build();
    }

    static DeadLetter letter(String id) {
        return DeadLetter.newBuilder()
                .setId(id)
                .setStage("parse")
                .setReason("undecodable")
                .setMessage("no Avro single-object header")
                .setTopic("bongsu.logs")
                .setPartition(0)
                .setOffset(3)
                .setLine(2)
                .setSource(SOURCE)
                .setEvent(id(2))
                .setAppended(APPENDED)
                .setData(ByteBuffer.wrap("what came over the wire".getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    static ConsumerRecord<byte[], byte[]> record(String topic, int partition, long offset, SpecificRecord value) {
        return record(topic, partition, offset, Codec.encode(value));
    }

    static ConsumerRecord<byte[], byte[]> record(String topic, int partition, long offset, byte[] value) {
        byte[] key = SOURCE.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                APPENDED / 1_000,
                TimestampType.LOG_APPEND_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders(),
                java.util.Optional.empty());
    }
}
