package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code date}: a field as a time. Without a zone in it, it is in the zone that {@code zoneFrom} names, else in that
 * of the listener; without a year in the one closest to the receive time.
 *
 * @param to {@code @timestamp} or a date field, which gets ISO 8601
 */
record DateField(
        String from,
        List<DateFormat> formats,
        String to,
        @Nullable String zoneFrom,
        @Nullable ZoneId zone) implements Extract {
    DateField {
        formats = List.copyOf(formats);
    }

    @Override
    public boolean apply(Body body) {
        Object value = body.get(from);
        if (value == null) {
            return false;
        }
        long micros = read(value instanceof List<?> list ? list.get(0) : value, body);
        if (micros == Micros.UNKNOWN) {
            return false;
        }
        body.put(to, to.equals("@timestamp") ? (Object) micros : Micros.iso(micros));
        return true;
    }

    private long read(Object value, Body body) {
        ZoneId at = zone == null ? body.zone : zone;
        if (zoneFrom != null && body.text(zoneFrom) instanceof String name) {
            try {
                at = ZoneId.of(name);
            } catch (DateTimeException unknown) {
                at = body.zone;
            }
        }
        for (int i = 0; i < formats.size(); i++) {
            long micros = formats.get(i).read(value, body.reference, at);
            if (micros != Micros.UNKNOWN) {
                return micros;
            }
        }
        return Micros.UNKNOWN;
    }
}
