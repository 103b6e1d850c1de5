package io.bongsu.rules.match;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event while rules look at it: each field is found once, and each text composed, folded or read as an address
 * once. Not thread-safe; one per event.
 */
public final class EventView {
    private final Map<String, ?> fields;
    private final @Nullable Values[] slots;
    private @Nullable List<Value> texts;

    public EventView(Map<String, ?> fields, int slots) {
        this.fields = fields;
        this.slots = new Values[slots];
    }

    /** The values of a field: of the first of its names that has one. */
    record Values(boolean present, List<Value> list) {}

    /** One value in the forms that tests need, each made when first asked for. */
    static final class Value {
        final Object raw;
        private @Nullable String text;
        private @Nullable String folded;
        private @Nullable IPAddress address;
        private boolean addressRead;

        Value(Object raw) {
            this.raw = raw;
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
    }

    Values values(Field field) {
        Values found = slots[field.slot()];
        if (found == null) {
            found = find(field);
            slots[field.slot()] = found;
        }
        return found;
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
            Object raw = fields.get(name);
            present |= raw != null || fields.containsKey(name);
            List<Value> values = raw == null ? List.of() : wrap(raw);
            if (!values.isEmpty()) {
                return new Values(true, values);
            }
        }
        return new Values(present, List.of());
    }

    private static List<Value> wrap(Object raw) {
        if (raw instanceof Collection<?> items) {
            List<Value> values = new ArrayList<>(items.size());
            for (Object item : items) {
                if (item != null) {
                    values.add(new Value(item));
                }
            }
            return values;
        }
        return List.of(new Value(raw));
    }

    /** Every text of the event, for keywords: message, event.original and all other fields. */
    List<Value> texts() {
        if (texts == null) {
            texts = new ArrayList<>();
            for (Object raw : fields.values()) {
                if (raw instanceof String) {
                    texts.add(new Value(raw));
                } else if (raw instanceof Collection<?> items) {
                    for (Object item : items) {
                        if (item instanceof String) {
                            texts.add(new Value(item));
                        }
                    }
                }
            }
        }
        return texts;
    }
}
