package io.bongsu.indexer;

import io.bongsu.model.DeadLetter;
import io.bongsu.model.EventId;
import io.bongsu.model.Topics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Dead letters of the stage "index". Their ids are functions of what they are about, so a replay overwrites itself. */
final class Refusal {
    static final String STAGE = "index";

    /** Of the data, so that the dead letter fits into a record of Kafka with room for everything around it. */
    static final int MAX_DATA = Topics.MAX_RECORD_BYTES - 256 * 1024;

    private Refusal() {}

    /** A record that cannot be read: dead-lettered whole. */
    static DeadLetter of(byte @Nullable [] value, Origin origin, String reason, String message) {
        String id = EventId.hash(String.join(
                "\0", STAGE, origin.topic(), Integer.toString(origin.partition()), Long.toString(origin.offset())));
        return letter(id, reason, message, origin, value == null ? new byte[0] : value)
                .setAppended(origin.appended())
                .build();
    }

    /** The same with less of its data, for a Kafka that takes less than we ask it to. */
    static DeadLetter shorter(DeadLetter letter) {
        int size = letter.getData().remaining();
        byte[] data = new byte[Math.min(size, 64 * 1024)];
        letter.getData().duplicate().get(data);
        return DeadLetter.newBuilder(letter)
                .setMessage(letter.getMessage() + " (data cut from " + size + " to " + data.length + " bytes)")
                .setData(ByteBuffer.wrap(data))
                .build();
    }

    /** A document that Elasticsearch will never take. */
    static DeadLetter of(Document document, Origin origin, String reason, String message) {
        String id = EventId.hash(
                String.join("\0", STAGE, origin.topic(), document.id(), Long.toString(document.version())));
        return letter(id, reason, message, origin, document.json())
                .setLine(document.line())
                .setSource(document.source())
                .setEvent(document.event())
                .setAppended(document.appended())
                .build();
    }

    private static DeadLetter.Builder letter(String id, String reason, String message, Origin origin, byte[] data) {
        boolean cut = data.length > MAX_DATA;
        return DeadLetter.newBuilder()
                .setId(id)
                .setStage(STAGE)
                .setReason(reason)
                .setMessage(cut ? message + " (data cut from " + data.length + " to " + MAX_DATA + " bytes)" : message)
                .setTopic(origin.topic())
                .setPartition(origin.partition())
                .setOffset(origin.offset())
                .setData(ByteBuffer.wrap(cut ? Arrays.copyOf(data, MAX_DATA) : data));
    }
}
