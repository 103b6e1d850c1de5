package io.bongsu.ingest.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same event in the forms in which events are exchanged, through what {@code detect} does: the same fields, the same
 * rules fire. Beside what a form does not carry, it makes no difference which tool a recording was made with.
 */
class WindowsFormsTest {
    private static final ParserSet PARSERS = ParserSet.load(List.of()).parsers();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TIME = "2026-11-22T09:15:01.250000Z";

    @TempDir
    private Path folder;

    private record Event(
            String channel,
            String provider,
            int id,
            @Nullable String qualifiers,
            @Nullable Boolean audit,
            Map<String, Object> data,
            List<String> items,
            String element,
            Map<String, Object> user) {
        /** The data under the names that rules use. */
        Map<String, String> named() {
            Map<String, String> named = new LinkedHashMap<>();
            Stream.of(data, user)
                    .forEach(all -> all.forEach((name, value) -> {
                        if (!text(value).isEmpty()) {
                            named.put(name.replace(" ", ""), text(value));
                        }
                    }));
            return named;
        }
    }

    private enum Form {
        EVTX_DUMP,
        WINLOGBEAT,
        NXLOG,
        FLAT,
        XML,
        ATTRIBUTES,
        EVTXECMD,
        EVTXECMD_CSV,
        CHAINSAW,
        SPLUNK,
        VELOCIRAPTOR,
        AZURE,
        GELF,
        FLUENT_BIT_XML,
        OPENTELEMETRY
    }

    @TestFactory
    Stream<DynamicTest> eachEventIsTheSameInEachForm() throws IOException {
        List<Event> events = events();
        StringBuilder text = new StringBuilder();
        List<Set<String>> own = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            own.add(rules(i + ":", events.get(i), text));
        }
        Files.writeString(folder.resolve("r.yml"), text);
        RuleSet.Loaded rules = RuleSet.load(List.of(folder.resolve("r.yml")), RuleSet.Defaults.STANDARD);
        assertThat(rules.problems()).isEmpty();
        return IntStream.range(0, events.size())
                .mapToObj(i -> DynamicTest.dynamicTest(
                        events.get(i).channel + " " + events.get(i).id,
                        () -> isTheSame(events.get(i), rules.rules(), own.get(i))));
    }

    private void isTheSame(Event event, RuleSet rules, Set<String> own) throws IOException {
        Map<String, Object> fields = null;
        List<String> hits = null;
        for (Form form : Form.values()) {
            byte[] written = written(event, form).getBytes(StandardCharsets.UTF_8);
            Offline.File file = new Offline.File("f", () -> new ByteArrayInputStream(written));
            Offline.Options options = new Offline.Options(null, Micros.UNKNOWN, false, 0);
            Offline offline = new Offline(
                    PARSERS, rules, options, problem -> assertThat(problem).isNull());
            List<byte[]> lines = new ArrayList<>();
            offline.parse(List.of(file), lines::add);
            assertThat(lines).hasSize(1);
            Map<String, Object> itsFields = comparable(lines.getFirst(), event);
            List<String> itsHits = offline.alerts(List.of(file)).stream()
                    .map(Alert::getRule)
                    .sorted()
                    .toList();
            assertThat(itsHits).as("rules on " + form).containsAll(own);
            assertThat(itsHits).as("rules on " + form).isEqualTo(hits == null ? itsHits : hits);
            assertThat(itsFields).as("fields of " + form).isEqualTo(fields == null ? itsFields : fields);
            hits = itsHits;
            fields = itsFields;
        }
    }

    /** A rule for each value, one for all of them, and one that seeks a value as words. */
    private static Set<String> rules(String prefix, Event event, StringBuilder rules) {
        Set<String> ids = new TreeSet<>();
        StringBuilder whole = new StringBuilder("  s:\n    EventID: " + event.id + "\n    Channel: '" + event.channel
                + "'\n    Provider_Name: '" + event.provider + "'\n");
        event.named().forEach((name, value) -> {
            rule(prefix + name, "  s: { " + name + ": " + quoted(value) + " }\n", ids, rules);
            whole.append("    ").append(name).append(": ").append(quoted(value)).append('\n');
        });
        for (String item : event.items) {
            rule(prefix + ids.size(), "  s: { Data|contains: " + quoted(item.strip()) + " }\n", ids, rules);
        }
        String longest = Stream.concat(event.named().values().stream(), event.items.stream())
                .max(Comparator.comparingInt(String::length))
                .orElseThrow();
        rule(prefix + "words", "  s: [ " + quoted(longest.strip()) + " ]\n", ids, rules);
        rule(prefix + "whole", whole.toString(), ids, rules);
        return ids;
    }

    private static void rule(String id, String search, Set<String> ids, StringBuilder rules) {
        ids.add(id);
        rules.append("title: ").append(id).append("\nid: ").append(id);
        rules.append("\nlogsource: { product: windows }\ndetection:\n")
                .append(search)
                .append("  condition: s\n---\n");
    }

    /** In quotes, and without a meaning to Sigma. */
    private static String quoted(String value) {
        try {
            return JSON.writeValueAsString(
                    value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Without the line itself, and without what some forms leave out: what is empty, keywords that say nothing, and whether
     * data is from EventData or UserData.
     */
    private static Map<String, Object> comparable(byte[] line, Event event) throws IOException {
        Map<String, Object> flat = new TreeMap<>();
        flatten("", JSON.readValue(line, Map.class), flat);
        flat.keySet().removeAll(Set.of("event.original", "event.id", "winlog.api", "winlog.event_data.xml_name"));
        flat.values().removeIf(""::equals);
        if (event.audit == null) {
            flat.remove("winlog.keywords");
        }
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> into) {
        map.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + name + ".", inner, into);
            } else {
                into.put((prefix + name).replace("winlog.user_data.", "winlog.event_data."), value);
            }
        });
    }

    private static String written(Event event, Form form) throws JsonProcessingException {
        return switch (form) {
            case EVTX_DUMP -> JSON.writeValueAsString(evtxDump(event));
            case WINLOGBEAT -> JSON.writeValueAsString(winlogbeat(event));
            case NXLOG -> JSON.writeValueAsString(nxlog(event));
            case FLAT -> JSON.writeValueAsString(flat(event));
            case XML -> "<?xml version='1.0'?>\n<Events>\n" + xml(event) + "\n</Events>\n";
            case ATTRIBUTES -> JSON.writeValueAsString(attributes(event));
            case EVTXECMD -> JSON.writeValueAsString(evtxEcmd(event));
            case EVTXECMD_CSV -> csv(evtxEcmd(event));
            case CHAINSAW ->
                JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(List.of(
                                Map.of("group", "Sigma", "document", Map.of("kind", "evtx", "data", evtxDump(event)))));
            case SPLUNK -> JSON.writeValueAsString(Map.of("preview", false, "result", Map.of("_raw", xml(event))));
            case VELOCIRAPTOR -> JSON.writeValueAsString(rows(event, data(event)));
            case AZURE -> JSON.writeValueAsString(rows(event, JSON.writeValueAsString(data(event))));
            case GELF -> JSON.writeValueAsString(gelf(event));
            case FLUENT_BIT_XML ->
                JSON.writeValueAsString(Map.of("System", xml(event), "Message", "", "StringInserts", List.of()));
            case OPENTELEMETRY -> JSON.writeValueAsString(openTelemetry(event));
        };
    }

    private static String keywords(Event event) {
        return event.audit == null ? "0x8000000000000000" : event.audit ? "0x8020000000000000" : "0x8010000000000000";
    }

    private static String xml(Event event) {
        StringBuilder data = new StringBuilder();
        event.data.forEach((name, value) -> data.append("<Data Name='" + name + "'")
                .append(text(value).isEmpty() ? "/>" : ">" + escaped(text(value)) + "</Data>\n"));
        event.items.forEach(item -> data.append("<Data>" + escaped(item) + "</Data>"));
        StringBuilder user = new StringBuilder();
        event.user.forEach((name, value) -> user.append("<" + name + ">" + escaped(text(value)) + "</" + name + ">"));
        return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='"
                + event.provider + "'/><EventID>" + event.id + "</EventID><Keywords>" + keywords(event)
                + "</Keywords><TimeCreated SystemTime='" + TIME + "'/><EventRecordID>77</EventRecordID><Channel>"
                + event.channel + "</Channel><Computer>ws1</Computer></System>"
                + (event.user.isEmpty()
                        ? "<EventData>" + data + "</EventData>"
                        : "<UserData><" + event.element + ">" + user + "</" + event.element + "></UserData>")
                + "</Event>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }

    /** {@code EventData} as converters write it: names as attributes, and no text where there is none. */
    private static Map<String, Object> data(Event event) {
        if (!event.user.isEmpty()) {
            return Map.of("UserData", Map.of(event.element, event.user));
        }
        List<Object> elements = new ArrayList<>(event.items);
        event.data.forEach((name, value) -> elements.add(
                text(value).isEmpty() ? Map.of("@Name", name) : Map.of("@Name", name, "#text", text(value))));
        return Map.of("EventData", Map.of("Data", elements));
    }

    private static Map<String, Object> attributes(Event event) {
        Map<String, Object> system = new LinkedHashMap<>();
        system.put("Provider", Map.of("@Name", event.provider));
        system.put("EventID", Integer.toString(event.id));
        system.put("Keywords", keywords(event));
        system.put("TimeCreated", Map.of("@SystemTime", TIME));
        system.put("EventRecordID", "77");
        system.put("Channel", event.channel);
        system.put("Computer", "ws1");
        Map<String, Object> whole = new LinkedHashMap<>(Map.of("@xmlns", "x", "System", system));
        whole.putAll(data(event));
        return Map.of("Event", whole);
    }

    private static Map<String, Object> evtxEcmd(Event event) throws JsonProcessingException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("RecordNumber", 1);
        row.put("EventRecordId", "77");
        row.put("TimeCreated", TIME);
        row.put("EventId", event.id);
        row.put("Provider", event.provider);
        row.put("Channel", event.channel);
        row.put("ProcessId", 4);
        row.put("ThreadId", 5);
        row.put("Computer", "ws1");
        row.put("ChunkNumber", 0);
        row.put("MapDescription", "what, \"it\" is");
        row.put("PayloadData1", "of a map");
        row.put(
                "Keywords",
                event.audit == null ? "0x8000000000000000" : event.audit ? "Audit success" : "Audit failure");
        row.put("Payload", JSON.writeValueAsString(data(event)));
        return row;
    }

    private static String csv(Map<String, Object> row) {
        return String.join(",", row.keySet()) + "\r\n"
                + row.values().stream()
                        .map(value -> '"' + text(value).replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    /** Rows with the event's data in one column, as an object or as its text. */
    private static Map<String, Object> rows(Event event, Object data) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("TimeCreated", TIME);
        row.put("Computer", "ws1");
        row.put("Channel", event.channel);
        row.put("Provider", event.provider);
        row.put("EventID", event.id);
        row.put("EventRecordID", 77);
        row.put("Keywords", keywords(event));
        if (data instanceof Map<?, ?> named) {
            named.forEach((name, value) -> row.put(name.toString(), value));
        } else {
            row.put("EventData", data);
        }
        return row;
    }

    private static Map<String, Object> evtxDump(Event event) {
        Map<String, Object> system = new LinkedHashMap<>();
        system.put("Provider", Map.of("#attributes", Map.of("Name", event.provider)));
        system.put(
                "EventID",
                event.qualifiers == null
                        ? event.id
                        : Map.of(
                                "#attributes",
                                Map.of("Qualifiers", Integer.parseInt(event.qualifiers)),
                                "#text",
                                event.id));
        system.put(
                "Keywords",
                event.audit == null ? "0x8000000000000000" : event.audit ? "0x8020000000000000" : "0x8010000000000000");
        system.put("TimeCreated", Map.of("#attributes", Map.of("SystemTime", TIME)));
        system.put("EventRecordID", 77);
        system.put("Channel", event.channel);
        system.put("Computer", "ws1");
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("#attributes", Map.of("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"));
        whole.put("System", system);
        if (!event.user.isEmpty()) {
            Map<String, Object> element = new LinkedHashMap<>();
            element.put("#attributes", Map.of("xmlns", "x"));
            element.putAll(event.user);
            whole.put("UserData", Map.of(event.element, element));
        } else if (!event.items.isEmpty()) {
            whole.put("EventData", Map.of("Data", Map.of("#text", event.items)));
        } else {
            whole.put("EventData", event.data);
        }
        return Map.of("Event", whole);
    }

    private static Map<String, Object> winlogbeat(Event event) {
        Map<String, Object> winlog = new LinkedHashMap<>();
        winlog.put("channel", event.channel);
        winlog.put("provider_name", event.provider);
        winlog.put("event_id", Integer.toString(event.id));
        winlog.put("computer_name", "ws1");
        winlog.put("record_id", 77);
        winlog.put("api", "wineventlog");
        if (event.audit != null) {
            winlog.put("keywords", List.of(event.audit ? "Audit Success" : "Audit Failure"));
        }
        if (!event.user.isEmpty()) {
            Map<String, Object> element = new LinkedHashMap<>(texts(event.user));
            element.put("xml_name", event.element);
            winlog.put("user_data", element);
        } else if (!event.items.isEmpty()) {
            Map<String, Object> data = new LinkedHashMap<>();
            event.items.forEach(item -> data.put("param" + (data.size() + 1), item));
            winlog.put("event_data", data);
        } else {
            winlog.put("event_data", texts(event.data));
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("@timestamp", TIME);
        whole.put("event", Map.of("code", Integer.toString(event.id), "kind", "event", "provider", event.provider));
        whole.put("host", Map.of("name", "ws1"));
        whole.put("winlog", winlog);
        return whole;
    }

    private static Map<String, Object> nxlog(Event event) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("EventTime", TIME);
        whole.put("Hostname", "ws1");
        whole.put(
                "Keywords",
                event.audit == null
                        ? -9223372036854775808L
                        : event.audit ? -9214364837600034816L : -9218868437227405312L);
        whole.put("EventType", event.audit == null ? "INFO" : event.audit ? "AUDIT_SUCCESS" : "AUDIT_FAILURE");
        whole.put("EventID", event.id);
        whole.put("SourceName", event.provider);
        whole.put("RecordNumber", 77);
        whole.put("Channel", event.channel);
        texts(event.data).forEach(whole::put);
        texts(event.user).forEach(whole::putIfAbsent);
        if (!event.items.isEmpty()) {
            whole.put("Data", event.items);
        }
        whole.put("EventReceivedTime", "2026-11-22 09:15:02");
        whole.put("SourceModuleName", "eventlog");
        whole.put("SourceModuleType", "im_msvistalog");
        return whole;
    }

    private static Map<String, Object> gelf(Event event) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("version", "1.1");
        nxlog(event).forEach((name, value) -> whole.put(name.equals("Hostname") ? "host" : "_" + name, value));
        return whole;
    }

    private static Map<String, Object> openTelemetry(Event event) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("channel", event.channel);
        whole.put("computer", "ws1");
        whole.put("event_id", Map.of("id", event.id, "qualifiers", 0));
        whole.put("provider", Map.of("name", event.provider, "guid", "", "event_source", ""));
        whole.put("system_time", TIME);
        whole.put("record_id", 77);
        if (event.audit != null) {
            whole.put("keywords", List.of(event.audit ? "Audit Success" : "Audit Failure"));
        }
        List<Object> data = new ArrayList<>();
        event.data.forEach((name, value) -> data.add(Map.of(name, text(value))));
        event.items.forEach(item -> data.add(Map.of("", item)));
        whole.put("event_data", Map.of("data", data));
        if (!event.user.isEmpty()) {
            whole.put("user_data", event.user);
        }
        return whole;
    }

    private static Map<String, Object> flat(Event event) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("EventID", event.id);
        whole.put("Channel", event.channel);
        whole.put("Provider_Name", event.provider);
        whole.put("Computer", "ws1");
        whole.put("SystemTime", TIME);
        whole.put("EventRecordID", 77);
        whole.put(
                "Keywords",
                event.audit == null ? "0x8000000000000000" : event.audit ? "0x8020000000000000" : "0x8010000000000000");
        event.data.forEach(whole::put);
        event.user.forEach(whole::putIfAbsent);
        if (!event.items.isEmpty()) {
            whole.put("Data", event.items);
        }
        return whole;
    }

    /** Shippers leave out what is empty. */
    private static Map<String, Object> texts(Map<String, Object> data) {
        Map<String, Object> texts = new LinkedHashMap<>();
        data.forEach((name, value) -> {
            if (!text(value).isEmpty()) {
                texts.put(name, text(value));
            }
        });
        return texts;
    }

    private static String text(Object value) {
        return value.toString();
    }

    private static List<Event> events() throws IOException {
        String text = Files.readString(
                Path.of("src/test/resources/io/bongsu/ingest/offline/windows-forms.yml"), StandardCharsets.UTF_8);
        Problems problems = new Problems();
        List<Event> events = new ArrayList<>();
        for (YamlNode node : ((YamlList)
                        YamlReader.readAll("windows-forms.yml", text, problems).getFirst())
                .items()) {
            YamlMap map = (YamlMap) node;
            YamlMap user = (YamlMap) map.get("user");
            events.add(new Event(
                    word(map, "channel"),
                    word(map, "provider"),
                    Integer.parseInt(word(map, "id")),
                    map.get("qualifiers") == null ? null : word(map, "qualifiers"),
                    map.get("audit") == null ? null : Boolean.valueOf(word(map, "audit")),
                    map.get("data") instanceof YamlMap data ? values(data) : Map.of(),
                    map.get("items") instanceof YamlList items
                            ? items.items().stream()
                                    .map(item -> ((YamlScalar) item).text())
                                    .toList()
                            : List.of(),
                    user == null ? "" : word(user, "element"),
                    user != null && user.get("data") instanceof YamlMap data ? values(data) : Map.of()));
        }
        assertThat(problems.list()).isEmpty();
        return events;
    }

    private static String word(YamlMap map, String key) {
        return ((YamlScalar) Objects.requireNonNull(map.get(key), key)).text();
    }

    private static Map<String, Object> values(YamlMap map) {
        return map.entries().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> {
                            YamlScalar scalar = (YamlScalar) entry.getValue();
                            return scalar.value() == null ? scalar.text() : (Object) scalar.value();
                        },
                        (one, other) -> one,
                        LinkedHashMap::new));
    }
}
