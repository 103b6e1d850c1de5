package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Windows event as XML, as the event log itself writes it. */
final class WindowsXml {
    private WindowsXml() {}

    static @Nullable WindowsParts read(String text) {
        Xml.Element root = Xml.read(text);
        if (root != null && root.name().equals("Events")) {
            root = root.child("Event");
        }
        Xml.Element system = root == null ? null : root.child("System");
        if (root == null || system == null || system.child("EventID") == null) {
            return null;
        }
        WindowsParts parts = new WindowsParts(Map.of());
        fill(parts, root, system);
        if (parts.channel == null && parts.provider == null) { // cut down to what somebody needed
            LogSources.Shape shape = LogSources.builtIn().shape(parts.data.keySet(), WindowsParts.number(parts.id));
            if (shape != null) {
                parts.looks(shape);
            } else if (parts.data.keySet().stream().anyMatch(WindowsParts.WHO::contains)) {
                parts.channel = "Security";
            }
        }
        return parts;
    }

    private static void fill(WindowsParts parts, Xml.Element root, Xml.Element system) {
        parts.id = system.text("EventID").strip();
        parts.channel = nothing(system.text("Channel"));
        parts.computer = nothing(system.text("Computer"));
        parts.provider = attribute(system, "Provider", "Name");
        parts.stamp = attribute(system, "TimeCreated", "SystemTime");
        parts.put("winlog.provider_guid", attribute(system, "Provider", "Guid"));
        parts.put("winlog.event_source_name", attribute(system, "Provider", "EventSourceName"));
        parts.put("winlog.record_id", nothing(system.text("EventRecordID")));
        parts.put("winlog.keywords", nothing(system.text("Keywords")));
        parts.put("winlog.level", nothing(system.text("Level")));
        parts.put("winlog.task", nothing(system.text("Task")));
        parts.put("winlog.opcode", nothing(system.text("Opcode")));
        parts.put("winlog.version", nothing(system.text("Version")));
        parts.put("winlog.activity_id", attribute(system, "Correlation", "ActivityID"));
        parts.put("winlog.process.pid", WindowsParts.number(attribute(system, "Execution", "ProcessID")));
        parts.put("winlog.process.thread.id", WindowsParts.number(attribute(system, "Execution", "ThreadID")));
        parts.put("winlog.user.identifier", attribute(system, "Security", "UserID"));
        Xml.Element rendering = root.child("RenderingInfo");
        if (rendering != null) {
            parts.put("message", nothing(rendering.text("Message")));
        }
        Xml.Element event = root.child("EventData");
        if (event != null) {
            elements(parts, event);
        }
        Xml.Element user = root.child("UserData");
        if (user != null) {
            user(parts, user);
        }
    }

    static void user(WindowsParts parts, Xml.Element user) {
        user.children().forEach(outer -> outer.children().forEach(inner -> flat(parts, inner, inner.name())));
    }

    static void elements(WindowsParts parts, Xml.Element event) {
        List<String> unnamed = new ArrayList<>();
        for (Xml.Element child : event.children()) {
            String name = child.attributes().get("Name");
            if (name != null) {
                parts.data.merge(name, child.text(), Header::both);
            } else if (child.name().equals("Data")) {
                unnamed.add(child.text());
                parts.data.put("param" + unnamed.size(), child.text());
            } else {
                parts.data.put(child.name(), child.text());
            }
        }
        if (!unnamed.isEmpty()) {
            parts.data.put("Data", unnamed);
        }
    }

    private static void flat(WindowsParts parts, Xml.Element element, String name) {
        if (!element.text().isEmpty()) {
            parts.userData.merge(name, element.text(), Header::both);
        }
        element.attributes().forEach((attribute, value) -> {
            if (!attribute.startsWith("xmlns")) {
                parts.userData.merge(name + "." + attribute, value, Header::both);
            }
        });
        element.children().forEach(child -> flat(parts, child, name + "." + child.name()));
    }

    private static @Nullable String attribute(Xml.Element system, String element, String name) {
        Xml.Element child = system.child(element);
        return child == null ? null : nothing(child.attributes().getOrDefault(name, ""));
    }

    private static @Nullable String nothing(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
