package io.bongsu.ingest.parse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Windows event in the shapes in which events are exchanged: XML; the XML turned into JSON (evtx_dump and its kin);
 * Winlogbeat; flat records of NXLog and Sigma tools; the lines of Snare. All become the same fields: the event's own
 * data under {@code winlog.event_data.*} as text, and the log sources that Sigma gives them. What they mean in ECS is
 * said in {@code windows.*.yml}, which sees the data as variables ({@code _TargetUserName}).
 */
final class WindowsEvent {
    private static final String NXLOG = "NXLOG@14506.";

    private final WindowsParts parts;
    /** What stands behind it, if that is another one. */
    private final @Nullable String second;

    private WindowsEvent(WindowsParts parts, @Nullable String second) {
        this.parts = parts;
        this.second = second;
    }

    private static @Nullable WindowsEvent of(@Nullable WindowsParts parts) {
        return parts == null ? null : new WindowsEvent(parts, null);
    }

    /** The event this is, or null when the object is something else. */
    static @Nullable WindowsEvent of(Json json) {
        return of(WindowsJson.read(json));
    }

    /** NXLog's event in the structured data of its syslog header, or null. */
    static @Nullable WindowsEvent of(Header header) {
        Map<String, Object> structured = header.structuredData();
        if (structured.isEmpty()) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        structured.forEach((name, value) -> {
            if (name.startsWith(NXLOG)) {
                values.put(name.substring(NXLOG.length()), value);
            }
        });
        if (!values.containsKey("EventID")) {
            return null;
        }
        if (header.hostname() != null) {
            values.putIfAbsent("Hostname", header.hostname());
        }
        return of(new Json(values, values.keySet(), Set.of(), false));
    }

    /** The event in a text that is or holds XML, a line of Snare or of the OSSEC agent; null when it is none. */
    static @Nullable WindowsEvent of(String text) {
        int xml = text.indexOf("<Event");
        if (xml >= 0) {
            WindowsParts found = WindowsXml.read(text.substring(xml));
            if (found != null) {
                return new WindowsEvent(found, second(text, xml));
            }
        }
        int brace = text.indexOf('{');
        Json json = brace < 0 ? null : Json.read(text.substring(brace).strip());
        if (json != null) {
            return of(json);
        }
        return of(WindowsLines.read(text));
    }

    /** What stands behind the first event, if that is another one. */
    private static @Nullable String second(String text, int first) {
        int end = text.indexOf("</Event>", first);
        int next = end < 0 ? -1 : text.indexOf("<Event", end + 8);
        boolean event = next > 0 && (text.startsWith("<Event>", next) || text.startsWith("<Event ", next));
        return event ? text.substring(next) : null;
    }

    /** The event that a program, which is its provider, writes behind a header; null when the text begins with no id. */
    static @Nullable WindowsEvent of(Header header, String text) {
        return of(WindowsLines.read(header, text));
    }

    /** Puts all there is into the body. */
    void put(Body body) {
        body.second = second;
        parts.put(body);
    }
}
