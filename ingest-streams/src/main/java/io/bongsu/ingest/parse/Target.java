package io.bongsu.ingest.parse;

import org.jspecify.annotations.Nullable;

/** A field and what a text becomes in it, written {@code source.port} or {@code acme.pid:hex}. */
record Target(String name, As as) {

    /** Null when the part behind the colon is no type. */
    static @Nullable Target read(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return new Target(text, As.field(text));
        }
        As as = As.named(text.substring(colon + 1));
        return as == null ? null : new Target(text.substring(0, colon), as);
    }

    /** Sets the field, if the value fits. */
    void put(Body body, Object value) {
        Object typed = as == As.TEXT && value instanceof String ? value : as.of(value);
        if (typed != null) {
            body.put(name, typed);
        }
    }
}
