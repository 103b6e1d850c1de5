package io.bongsu.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/**
 * The one encoding of all topics: Avro single-object encoding (Avro specification 1.12, "Single object encoding": marker
 * {@code C3 01}, CRC-64-AVRO fingerprint of the writer's schema in little endian, binary body). There is no registry:
 * every schema version that was ever published lies in {@code published/} for ever, so this reads all of them.
 *
 * <p>Thread-safe. A value that cannot be read is reported as {@link Undecodable}, never as another exception.
 */
public final class Codec {
    /** Each published schema, as {@code Name.version}. Add a line and a file for a new version; never take one away. */
    static final List<String> PUBLISHED = List.of(
            "RawLogs.1",
            "RawLogs.2",
            "RawLogs.3",
            "Heartbeat.1",
            "Heartbeat.2",
            "RulesMarker.1",
            "RulesManifest.1",
            "RulesManifest.2",
            "Events.1",
            "Events.2",
            "Hits.1",
            "Watermark.1",
            "Watermark.2",
            "Watermark.3",
            "Alert.1",
            "Alert.2",
            "AlertNote.1",
            "DeadLetter.1",
            "DeadLetter.2");

    private static final Map<String, Schema> CURRENT = Stream.of(
                    RawLogs.getClassSchema(),
                    Heartbeat.getClassSchema(),
                    RulesMarker.getClassSchema(),
                    RulesManifest.getClassSchema(),
                    Events.getClassSchema(),
                    Hits.getClassSchema(),
                    Watermark.getClassSchema(),
                    Alert.getClassSchema(),
                    AlertNote.getClassSchema(),
                    DeadLetter.getClassSchema())
            .collect(Collectors.toUnmodifiableMap(Schema::getName, schema -> schema));

    private static final int HEADER = 10;
    private static final Map<Long, SpecificDatumReader<SpecificRecord>> READERS = new HashMap<>();
    private static final Map<Schema, Writer> WRITERS = new HashMap<>();

    /** Made once: a new one looks its model up by reflection. */
    private record Writer(byte[] header, SpecificDatumWriter<SpecificRecord> body) {
        static Writer of(Schema schema) {
            byte[] header = ByteBuffer.allocate(HEADER)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) 0xC3)
                    .put((byte) 0x01)
                    .putLong(SchemaNormalization.parsingFingerprint64(schema))
                    .array();
            return new Writer(header, new SpecificDatumWriter<>(schema));
        }
    }

    static {
        // A lying length must not allocate memory: Avro reads these limits once, when its decoder is loaded.
        for (String limit : List.of("bytes", "string", "collectionItems")) {
            System.setProperty(
                    "org.apache.avro.limits." + limit + ".maxLength", Integer.toString(Topics.MAX_RECORD_BYTES));
        }
        // Avro instantiates only classes that it was told to trust.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), c -> c.getPackage() == Codec.class.getPackage()));
        for (String name : PUBLISHED) {
            Schema writer = published(name);
            Schema reader = CURRENT.get(writer.getName());
            READERS.put(SchemaNormalization.parsingFingerprint64(writer), new SpecificDatumReader<>(writer, reader));
        }
        CURRENT.values().forEach(schema -> WRITERS.put(schema, Writer.of(schema)));
    }

    private Codec() {}

    /** The bytes are not a record of ours. The message says why. */
    public static final class Undecodable extends Exception {
        private static final long serialVersionUID = 1;

        Undecodable(String message, Throwable cause) {
            super(message, cause);
        }

        Undecodable(String message) {
            super(message);
        }
    }

    public static byte[] encode(SpecificRecord record) {
        Schema schema = record.getSchema();
        Writer writer = WRITERS.get(schema);
        if (writer == null) {
            throw new IllegalArgumentException("not a record of a topic: " + schema.getFullName());
        }
        if (record instanceof Events events) {
            Growing out = new Growing(4_096);
            out.raw(writer.header());
            EventsBytes.write(out, events);
            return out.toBytes();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.writeBytes(writer.header());
        // Buffered: a record may be written in thousands of pieces.
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            writer.body().write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * Whether they say that they are such a record, of whichever version; what is behind that is not looked at, which costs
     * nothing.
     */
    public static boolean claims(byte @Nullable [] bytes, Schema schema) {
        if (bytes == null || !hasHeader(bytes)) {
            return false;
        }
        SpecificDatumReader<SpecificRecord> reader = READERS.get(fingerprint(bytes));
        return reader != null && reader.getExpected().getFullName().equals(schema.getFullName());
    }

    private static boolean hasHeader(byte[] bytes) {
        return bytes.length >= HEADER && bytes[0] == (byte) 0xC3 && bytes[1] == (byte) 0x01;
    }

    private static long fingerprint(byte[] bytes) {
        return ByteBuffer.wrap(bytes, 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** The record, whichever of the published schemas it was written with. */
    public static SpecificRecord decode(byte[] bytes) throws Undecodable {
        if (bytes == null || !hasHeader(bytes)) {
            throw new Undecodable("no Avro single-object header");
        }
        long fingerprint = fingerprint(bytes);
        SpecificDatumReader<SpecificRecord> reader = READERS.get(fingerprint);
        if (reader == null) {
            throw new Undecodable("unknown schema " + Long.toHexString(fingerprint) + "; a newer release wrote it");
        }
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, (BinaryDecoder) null);
        try {
            SpecificRecord record = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new Undecodable("bytes left over behind the record");
            }
            return record;
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw new Undecodable("broken record of schema " + Long.toHexString(fingerprint) + ": " + e, e);
        }
    }

    /** A copy of what a field of bytes holds; the field can be read again. */
    public static byte[] bytes(ByteBuffer field) {
        byte[] out = new byte[field.remaining()];
        field.duplicate().get(out);
        return out;
    }

    static Schema published(String name) {
        try (InputStream in = Codec.class.getResourceAsStream("published/" + name + ".avsc")) {
            if (in == null) {
                throw new IllegalStateException("published schema " + name + " is missing from the jar");
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
