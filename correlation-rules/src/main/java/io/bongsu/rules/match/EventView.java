package io.bongsu.rules.match;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event while rules look at it: each field is found once, and each text composed, folded or read as an address
 * once. Not thread-safe; a view can be turned to the next event, which costs what the last one had asked for.
 */
public final class EventView {
    private Map<String, ?> fields;
    private @Nullable Envelope envelope;
    private @Nullable Values[] slots;
    private int[] touched = new int[16];
    private int touchedCount;
    private @Nullable List<Value> texts;
    private final BiFunction<Field, Object, Values> reader;

    public EventView(Map<String, ?> fields, @Nullable Envelope envelope, int slots) {
        this(fields, envelope, slots, (field, raw) -> read(raw));
    }

    /** @param reader makes values of what an event has in a field; equal ones may become the same object */
    EventView(Map<String, ?> fields, @Nullable Envelope envelope, int slots, BiFunction<Field, Object, Values> reader) {
        this.fields = fields;
        this.envelope = envelope;
        this.slots = new Values[slots];
        this.reader = reader;
    }

    /** Turns to another event. */
    void turnTo(Map<String, ?> fields, @Nullable Envelope envelope) {
        this.fields = fields;
        this.envelope = envelope;
        for (int i = 0; i < touchedCount; i++) {
            slots[touched[i]] = null;
        }
        touchedCount = 0;
        texts = null;
    }

    /**
     * The values of a field: of the first of its names that has one.
     *
     * @param kind the literals of an index that stand in any of them
     */
    record Values(boolean present, List<Value> list, Kind kind) {
        static final Values ABSENT = new Values(false, List.of(), Kind.NONE);
        static final Values EMPTY = new Values(true, List.of(), Kind.NONE);
    }

    /** One value in the forms that tests need, each made when first asked for. A function of {@code raw} alone. */
    static final class Value {
        private static final int MAX_VERDICTS = 512;
        final Object raw;
        private @Nullable String text;
        private @Nullable String folded;
        private @Nullable IPAddress address;
        private boolean addressRead;
        /** Open addressing: a test's id above a bit that says whether the value passes; 0 is free. */
        private int @Nullable [] verdicts;

        private int verdictCount;

        /** This value alone. */
        final Values alone;
        /** How much a matcher counts for remembering it; 0 when none does. */
        int bytes;

        Value(Object raw) {
            this(raw, Kind.NONE);
        }

        Value(Object raw, Kind kind) {
            this.raw = raw;
            this.alone = new Values(true, List.of(this), kind);
        }

        String text(boolean cased) {
            if (text == null) {
                text = Texts.of(raw);
            }
            if (cased) {
                return text;
            }
            if (folded == null) {
                folded = Texts.folded(text);
            }
            return folded;
        }

        @Nullable
        IPAddress address() {
            if (!addressRead) {
                addressRead = true;
                address = raw instanceof String string ? Addresses.address(string) : null;
            }
            return address;
        }

        /** What {@link #remember} was told about a test: 1 or 0, or -1 when nothing. */
        int verdict(int test) {
            int[] known = verdicts;
            if (known == null) {
                return -1;
            }
            int mask = known.length - 1;
            for (int i = test * 0x9E3779B1 >>> 7 & mask; known[i] != 0; i = i + 1 & mask) {
                if (known[i] >>> 1 == test + 1) {
                    return known[i] & 1;
                }
            }
            return -1;
        }

        /** By how many bytes it grew. */
        int remember(int test, boolean passes) {
            int[] old = verdicts;
            int[] known = old;
            int before = old == null ? 0 : old.length;
            if (old == null || known == null) {
                known = new int[8];
                verdicts = known;
            } else if (verdictCount * 2 >= known.length) {
                if (verdictCount >= MAX_VERDICTS) {
                    return 0;
                }
                known = new int[before * 2];
                for (int entry : old) {
                    if (entry != 0) {
                        enter(known, entry);
                    }
                }
                verdicts = known;
            }
            enter(known, (test + 1) << 1 | (passes ? 1 : 0));
            verdictCount++;
            return 4 * (known.length - before);
        }

        private static void enter(int[] known, int entry) {
            int mask = known.length - 1;
            int i = ((entry >>> 1) - 1) * 0x9E3779B1 >>> 7 & mask;
            while (known[i] != 0) {
                i = i + 1 & mask;
            }
            known[i] = entry;
        }
    }

    Values values(Field field) {
        Values found = slots[field.slot()];
        return found == null ? put(field.slot(), find(field)) : found;
    }

    /** Tells what {@link #values} will say until the next event. */
    Values put(int slot, Values values) {
        if (slots[slot] == null) {
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, touchedCount * 2);
            }
            touched[touchedCount++] = slot;
        }
        slots[slot] = values;
        return values;
    }

    /** Of the event; a view without an envelope reads it from the fields. */
    OptionalLong time() {
        if (envelope != null) {
            return envelope.time() == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(envelope.time().micros());
        }
        Object written = fields.get(Envelope.TIME);
        if (written == null) {
            return OptionalLong.empty();
        }
        try {
            Instant at = Instant.parse(written.toString());
            return OptionalLong.of(at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000);
        } catch (DateTimeParseException e) {
            return OptionalLong.empty(); // an event whose time nobody can read has none
        }
    }

    /** The values of a field as texts, in their order, each once; empty when the event has none. */
    public List<String> texts(Field field) {
        return values(field).list().stream()
                .map(value -> value.text(true))
                .distinct()
                .toList();
    }

    private Values find(Field field) {
        boolean present = false;
        for (String name : field.candidates()) {
            String beginning = Field.beginning(name);
            Object raw = beginning != null
                    ? below(fields, beginning)
                    : envelope != null && Envelope.has(name) ? envelope.get(name) : fields.get(name);
            present |= raw != null || fields.containsKey(name);
            if (raw != null && hasValue(raw)) {
                return reader.apply(field, raw);
            }
        }
        return present ? Values.EMPTY : Values.ABSENT;
    }

    /** What all fields have whose names begin so; null when there is none. */
    static @Nullable Object below(Map<String, ?> fields, String beginning) {
        List<Object> found = new ArrayList<>();
        fields.forEach((name, raw) -> {
            if (raw != null && name.startsWith(beginning)) {
                found.add(raw);
            }
        });
        if (found.isEmpty()) {
            return null;
        }
        List<Object> together = new ArrayList<>();
        found.forEach(raw -> append(together, raw));
        return together;
    }

    /** A value, or each value of a list. */
    static void append(List<Object> together, Object raw) {
        if (raw instanceof Collection<?> items) {
            together.addAll(items);
        } else {
            together.add(raw);
        }
    }

    /** Whether there is anything in it but nulls. */
    static boolean hasValue(Object raw) {
        if (raw instanceof String || !(raw instanceof Collection<?> items)) {
            return true;
        }
        for (Object item : items) {
            if (item != null) {
                return true;
            }
        }
        return false;
    }

    static Values read(Object raw) {
        if (!(raw instanceof Collection<?> items)) {
            return new Value(raw).alone;
        }
        List<Value> values = new ArrayList<>(items.size());
        for (Object item : items) {
            if (item != null) {
                values.add(new Value(item));
            }
        }
        return new Values(true, values, Kind.NONE);
    }

    /**
     * Whether keywords are sought in a field: in what the log says, not in the words under which parsers file it. Otherwise
     * "format" would be found in every line of the level "informational".
     */
    static boolean speaks(String field) {
        return switch (field.isEmpty() ? 0 : field.charAt(0)) {
            case 'e' -> !field.startsWith("event.") || field.equals(Envelope.ORIGINAL);
            case 'h' -> !field.startsWith("host.os.");
            case 'l' -> !field.startsWith("log.syslog.") && !field.equals("log.level");
            case 'n' -> !field.equals("network.direction");
            case 'o' -> !field.startsWith("observer.");
            case 't' -> !field.equals("tags");
            default -> true;
        };
    }

    /** Every text of the event, for keywords: message, event.original and all other fields that {@link #speaks speak}. */
    List<Value> texts() {
        if (texts == null) {
            List<Value> found = new ArrayList<>();
            eachText(text -> found.add(new Value(text)));
            texts = found;
        }
        return texts;
    }

    private void eachText(Consumer<String> taker) {
        fields.forEach((name, raw) -> {
            if ((envelope == null || !Envelope.has(name)) && speaks(name)) {
                eachText(raw, taker);
            }
        });
        if (envelope != null) {
            taker.accept(envelope.original());
        }
    }

    private static void eachText(Object raw, Consumer<String> taker) {
        if (raw instanceof String text) {
            taker.accept(text);
        } else if (raw instanceof Collection<?> items) {
            for (Object item : items) {
                if (item instanceof String text) {
                    taker.accept(text);
                }
            }
        }
    }
}
