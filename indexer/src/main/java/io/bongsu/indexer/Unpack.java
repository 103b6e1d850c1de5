package io.bongsu.indexer;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertNote;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Documents;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.Topics;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record's parts: what is to be indexed, and what cannot be. A function of the record; never throws for its content. */
final class Unpack {
    sealed interface Part {
        record Ready(Document document) implements Part {}

        record Refused(DeadLetter letter) implements Part {}
    }

    private static final byte[] NOT_YET = {};

    private Unpack() {}

    static List<Part> parts(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = Origin.of(record);
        Object value;
        try {
            value = Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            return List.of(new Part.Refused(
                    Refusal.of(record.value(), origin, "undecodable", String.valueOf(e.getMessage()))));
        }
        return switch (value) {
            case Events events when origin.topic().equals(Topics.EVENTS) -> events(origin, events);
            case Alert alert when origin.topic().equals(Topics.ALERTS) -> List.of(alert(origin, alert));
            case AlertNote note when origin.topic().equals(Topics.ALERTS) -> List.of(note(origin, note));
            case DeadLetter letter
            when origin.topic().equals(Topics.DEAD_LETTERS) -> List.of(deadLetter(origin, letter));
            default -> {
                String message = value.getClass().getSimpleName() + " does not belong into " + origin.topic();
                yield List.of(new Part.Refused(Refusal.of(record.value(), origin, "unexpected_record", message)));
            }
        };
    }

    private static List<Part> events(Origin origin, Events events) {
        long appended = events.getAppended();
        String index = Target.events(appended);
        List<Part> parts = new ArrayList<>(events.getEvents().size());
        for (Event event : events.getEvents()) {
            Document draft = new Document(
                    Document.Kind.EVENT,
                    index,
                    event.getId(),
                    0,
                    NOT_YET,
                    event.getLine(),
                    events.getSource(),
                    event.getId(),
                    appended);
            parts.add(part(origin, draft, () -> Documents.event(event, appended), event::getOriginal));
        }
        return parts;
    }

    private static Part alert(Origin origin, Alert alert) {
        Document draft = new Document(
                Document.Kind.ALERT,
                Target.ALERTS,
                alert.getId(),
                alert.getRevision(),
                NOT_YET,
                -1,
                null,
                null,
                origin.appended());
        return part(origin, draft, () -> Documents.alert(alert), alert::toString);
    }

    /** Not within the alert's document, which each revision replaces: what was said stays whatever comes, in any order. */
    private static Part note(Origin origin, AlertNote note) {
        Document draft = new Document(
                Document.Kind.ALERT_NOTE,
                Target.ALERT_NOTES,
                note.getAlert(),
                origin.offset() + 1, // an alert's notes lie in one partition: the latest is what is known
                NOT_YET,
                -1,
                null,
                null,
                origin.appended());
        return part(origin, draft, () -> Documents.note(note), note::toString);
    }

    private static Part deadLetter(Origin origin, DeadLetter letter) {
        Document draft = new Document(
                Document.Kind.DEAD_LETTER,
                Target.deadLetters(letter.getAppended()),
                letter.getId(),
                origin.offset() + 1, // an id's letters lie in one partition: the latest is what is known
                NOT_YET,
                letter.getLine(),
                letter.getSource(),
                letter.getEvent(),
                letter.getAppended());
        return part(origin, draft, () -> Documents.deadLetter(letter), letter::getMessage);
    }

    private static Part part(Origin origin, Document draft, Supplier<byte[]> json, Supplier<String> instead) {
        try {
            return new Part.Ready(draft.with(json.get()));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            Document left = draft.with(instead.get().getBytes(StandardCharsets.UTF_8));
            return new Part.Refused(Refusal.of(left, origin, "no_document", String.valueOf(e.getMessage())));
        }
    }
}
