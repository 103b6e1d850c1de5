package io.bongsu.ingest.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.bongsu.model.EventId;
import io.bongsu.model.Micros;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a file, each a source line of its own: split at line feeds, a carriage return before one belongs to it. A
 * file of JSON that is laid out otherwise has a line for each object, one of Windows events in XML or CSV for each event.
 *
 * <p>An envelope is a line of JSON around a log line: {@code {"id":…, "source":…?, "received":…?, "raw":… |
 * "raw_b64":…}}. {@code received} is ISO 8601, or seconds or milliseconds since 1970.
 */
final class Input {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(64 * 1024 * 1024)
                    .build())
            .build();

    private Input() {}

    /**
     * @param number from 1
     * @param id {@code event.id}: the envelope's id, or derived from file and number
     * @param received or unknown
     * @param problem why the envelope could not be read; the other values are then empty, but for an id that was read before
     */
    record Numbered(
            long number,
            String id,
            @Nullable String tag,
            long received,
            byte[] data,
            @Nullable String problem) {}

    static void read(String name, InputStream in, boolean envelopes, Consumer<Numbered> lines) throws IOException {
        String prefix = EventId.prefix("file", 0, name);
        BufferedInputStream buffered = Utf8.of(in);
        long[] count = {0};
        Consumer<byte[]> each = line -> lines.accept(numbered(++count[0], prefix, line, false));
        if (!envelopes && JsonValues.begins(buffered, JSON)) {
            JsonValues.read(buffered, each);
            return;
        }
        if (!envelopes && XmlEvents.begins(buffered)) {
            XmlEvents.read(buffered, each);
            return;
        }
        if (!envelopes && CsvEvents.begins(buffered)) {
            CsvEvents.read(buffered, JSON, each);
            return;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 0;
        for (int b = buffered.read(); b >= 0; b = buffered.read()) {
            if (b != '\n') {
                line.write(b);
                continue;
            }
            number++;
            lines.accept(numbered(number, prefix, line.toByteArray(), envelopes));
            line.reset();
        }
        if (line.size() > 0) {
            number++;
            lines.accept(numbered(number, prefix, line.toByteArray(), envelopes));
        }
    }

    private static Numbered numbered(long number, String prefix, byte[] line, boolean envelopes) {
        int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        byte[] data = length == line.length ? line : java.util.Arrays.copyOf(line, length);
        return envelopes
                ? envelope(number, data)
                : new Numbered(number, EventId.of(prefix, number - 1), null, Micros.UNKNOWN, data, null);
    }

    private static Numbered envelope(long number, byte[] line) {
        String id = null;
        String tag = null;
        long received = Micros.UNKNOWN;
        byte[] data = null;
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return broken(number, null, "an envelope is a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                switch (field) {
                    case "id" -> id = json.getValueAsString();
                    case "source" -> tag = json.getValueAsString();
                    case "received" -> received = time(json);
                    case "raw" -> data = text(json);
                    case "raw_b64" -> data = Base64.getDecoder().decode(String.valueOf(json.getValueAsString()));
                    default -> json.skipChildren();
                }
                if (value == null) {
                    return broken(number, id, "the JSON object does not end");
                }
            }
        } catch (IOException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return broken(
                    number,
                    id,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        if (id == null || data == null) {
            return broken(number, id, "an envelope has an id and raw or raw_b64");
        }
        return new Numbered(number, id, tag, received, data, null);
    }

    private static byte[] text(JsonParser json) throws IOException {
        String text = json.getValueAsString();
        if (text == null) {
            throw new IllegalArgumentException("raw is a string");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long time(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Micros.UNKNOWN;
        }
        if (json.currentToken().isNumeric()) {
            BigDecimal number = json.getDecimalValue();
            boolean millis = number.abs().compareTo(BigDecimal.valueOf(100_000_000_000L)) >= 0;
            return number.movePointRight(millis ? 3 : 6).longValue();
        }
        return time(String.valueOf(json.getValueAsString()));
    }

    /** ISO 8601 with an offset or {@code Z}. */
    static long time(String iso) {
        return Micros.of(OffsetDateTime.parse(iso).toInstant());
    }

    private static Numbered broken(long number, @Nullable String id, String problem) {
        return new Numbered(number, id == null ? "" : id, null, Micros.UNKNOWN, new byte[0], problem);
    }
}
