package io.bongsu.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;

/**
 * The Avro body of {@link Events}, the same bytes as Avro's own writer makes, at a third of the cost: bongsu.events is the
 * one topic in which every line costs a map of some twenty names, and Avro walks its schema for each of them.
 */
final class EventsBytes {
    /** Names of fields that are kept in UTF-8. */
    private static final int MOST = 8_192;

    private static final Map<String, byte[]> NAMES = new ConcurrentHashMap<>();

    private EventsBytes() {}

    static void write(Growing out, Events events) {
        text(out, events.getShipper());
        number(out, events.getEpoch());
        text(out, events.getSource());
        number(out, events.getPartition());
        number(out, events.getOffset());
        number(out, events.getAppended());
        number(out, events.getReceived());
        number(out, events.getDuplicates());
        number(out, events.getMerged());
        number(out, events.getDeadLettered());
        count(out, events.getDropped().size());
        for (Map.Entry<String, Integer> dropped : events.getDropped().entrySet()) {
            text(out, dropped.getKey());
            number(out, dropped.getValue());
        }
        number(out, 0);
        number(out, events.getPending());
        number(out, events.getMissing());
        count(out, events.getEvents().size());
        for (Event event : events.getEvents()) {
            event(out, event);
        }
        number(out, 0);
    }

    private static void event(Growing out, Event event) {
        text(out, event.getId());
        number(out, event.getLine());
        number(out, event.getTime());
        number(out, event.getReceived());
        number(out, event.getGeneration());
        name(out, event.getDataset());
        text(out, event.getOriginal());
        count(out, event.getTags().size());
        for (String tag : event.getTags()) {
            name(out, tag);
        }
        number(out, 0);
        count(out, event.getFields().size());
        for (Map.Entry<String, Object> field : event.getFields().entrySet()) {
            name(out, field.getKey());
            value(out, field.getValue());
        }
        number(out, 0);
    }

    private static void value(Growing out, Object value) {
        if (value instanceof List<?> list) {
            number(out, 4);
            count(out, list.size());
            for (Object item : list) {
                single(out, item);
            }
            number(out, 0);
        } else {
            single(out, value);
        }
    }

    /** With the place of its type in the union. */
    private static void single(Growing out, Object value) {
        switch (value) {
            case String s -> {
                number(out, 0);
                text(out, s);
            }
            case Long l -> {
                number(out, 1);
                number(out, l);
            }
            case Double d -> {
                number(out, 2);
                long bits = Double.doubleToRawLongBits(d);
                out.room(8);
                for (int i = 0; i < 8; i++) {
                    out.bytes[out.size++] = (byte) (bits >> 8 * i);
                }
            }
            case Boolean b -> {
                number(out, 3);
                number(out, b ? -1 : 0); // one byte: 1 or 0
            }
            default -> throw new AvroRuntimeException("no value of a field: " + value.getClass());
        }
    }

    /** Before the items of an array or a map; behind them stands a 0, and of an empty one nothing else. */
    private static void count(Growing out, int size) {
        if (size > 0) {
            number(out, size);
        }
    }

    private static void name(Growing out, String name) {
        byte[] bytes = NAMES.get(name);
        if (bytes == null) {
            Growing written = new Growing(name.length() + 5);
            text(written, name);
            bytes = written.toBytes();
            if (NAMES.size() < MOST) {
                NAMES.put(name, bytes);
            }
        }
        out.raw(bytes);
    }

    private static void text(Growing out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.raw(bytes);
    }

    /** Zigzag, seven bits a byte, the lowest first. */
    private static void number(Growing out, long number) {
        out.room(10);
        long rest = number << 1 ^ number >> 63;
        while ((rest & ~0x7FL) != 0) {
            out.bytes[out.size++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.bytes[out.size++] = (byte) rest;
    }
}
