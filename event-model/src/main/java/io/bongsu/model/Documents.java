package io.bongsu.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Records as ECS documents: the JSON that Elasticsearch holds and that the command line prints. Dotted names become
 * nested objects, keys are sorted, times are ISO 8601 in UTC. A name that is both a value and the parent of another
 * stays dotted. The same record always gives the same bytes.
 */
public final class Documents {
    public static final String ECS_VERSION = "9.4.0";

    private static final JsonFactory JSON = new JsonFactory();
    private static final Comparator<String> BY_SEGMENT = Documents::bySegment;

    private Documents() {}

    /** @param appended or {@link Micros#UNKNOWN}: not from the log */
    public static byte[] event(Event event, long appended) {
        Map<String, Object> fields = event.getFields();
        String[] names = new String[fields.size() + 9];
        Object[] values = new Object[names.length];
        int n = 0;
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            names[n] = field.getKey();
            values[n++] = field.getValue();
        }
        names[n] = "@timestamp";
        values[n++] = Micros.iso(event.getTime());
        names[n] = "ecs.version";
        values[n++] = ECS_VERSION;
        names[n] = "event.id";
        values[n++] = event.getId();
        if (event.getReceived() != Micros.UNKNOWN) {
            names[n] = "event.created";
            values[n++] = Micros.iso(event.getReceived());
        }
        if (appended != Micros.UNKNOWN) {
            names[n] = "event.ingested";
            values[n++] = Micros.iso(appended);
        }
        names[n] = "event.dataset";
        values[n++] = event.getDataset();
        names[n] = "event.original";
        values[n++] = event.getOriginal();
        names[n] = "bongsu.generation";
        values[n++] = event.getGeneration();
        if (!event.getTags().isEmpty()) {
            names[n] = "tags";
            values[n++] = event.getTags();
        }
        String[] all = n == names.length ? names : Arrays.copyOf(names, n);
        return EventJson.write(all, values, 1_024 + 2 * event.getOriginal().length());
    }

    public static byte[] alert(Alert alert) {
        Map<String, Object> doc = new TreeMap<>(alert.getFields());
        doc.putAll(alert.getGroup());
        doc.put("@timestamp", Micros.iso(alert.getTime()));
        doc.put("ecs.version", ECS_VERSION);
        doc.put("event.id", alert.getId());
        doc.put("event.kind", "alert");
        doc.put("event.dataset", "bongsu.alerts");
        doc.put("event.start", Micros.iso(alert.getStart()));
        doc.put("event.end", Micros.iso(alert.getEnd()));
        doc.put("rule.id", alert.getRule());
        doc.put("rule.version", alert.getVersion());
        doc.put("bongsu.generation", alert.getGeneration());
        doc.put("bongsu.alert.revision", alert.getRevision());
        doc.put("bongsu.alert.status", alert.getStatus().name().toLowerCase(Locale.ROOT));
        doc.put("bongsu.alert.count", alert.getCount());
        doc.put("bongsu.alert.capped", alert.getCapped());
        doc.put("bongsu.alert.degraded", alert.getDegraded());
        if (alert.getSupersededBy() != null) {
            doc.put("bongsu.alert.superseded_by", alert.getSupersededBy());
        }
        if (!alert.getGroup().isEmpty()) {
            doc.put(
                    "bongsu.alert.group_by",
                    alert.getGroup().keySet().stream().sorted().toList());
        }
        if (!alert.getValues().isEmpty()) {
            doc.put(
                    "bongsu.alert.values",
                    alert.getValues().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(e -> Map.of("field", e.getKey(), "value", e.getValue()))
                            .toList());
        }
        doc.put("events", alert.getEvidence().stream().map(Documents::evidence).toList());
        return nested(doc);
    }

    private static Map<String, Object> evidence(Evidence e) {
        Map<String, Object> doc = new TreeMap<>();
        doc.put("id", e.getEvent());
        doc.put("@timestamp", Micros.iso(e.getTime()));
        doc.put("rule.id", e.getMember());
        doc.put("log.partition", e.getPartition());
        doc.put("log.offset", e.getOffset());
        doc.put("log.line", e.getLine());
        if (e.getStep() > 0) {
            doc.put("step", e.getStep());
        }
        return doc;
    }

    /** A document of its own, under the alert's id; the fields of the workflow have the names that Kibana's alerts have. */
    public static byte[] note(AlertNote note) {
        Map<String, Object> doc = new TreeMap<>(note.getFields());
        doc.put("@timestamp", Micros.iso(note.getTime()));
        doc.put("ecs.version", ECS_VERSION);
        doc.put("event.id", note.getAlert());
        doc.put("event.kind", "event");
        doc.put("event.dataset", "bongsu.alert-notes");
        doc.put("message", note.getNote());
        doc.put("kibana.alert.workflow_status", note.getStatus().name().toLowerCase(Locale.ROOT));
        doc.put("kibana.alert.workflow_user", note.getUser());
        doc.put("kibana.alert.workflow_status_updated_at", Micros.iso(note.getTime()));
        if (note.getReason() != null) {
            doc.put("kibana.alert.workflow_reason", note.getReason());
        }
        return nested(doc);
    }

    public static byte[] deadLetter(DeadLetter letter) {
        Map<String, Object> doc = new TreeMap<>();
        doc.put("@timestamp", Micros.iso(letter.getAppended()));
        doc.put("ecs.version", ECS_VERSION);
        doc.put("event.id", letter.getId());
        doc.put("event.kind", "pipeline_error");
        doc.put("event.dataset", "bongsu.dead-letters");
        doc.put("event.original", new String(Codec.bytes(letter.getData()), StandardCharsets.UTF_8));
        doc.put("error.code", letter.getReason());
        doc.put("error.message", letter.getMessage());
        doc.put("bongsu.stage", letter.getStage());
        doc.put("bongsu.topic", letter.getTopic());
        doc.put("bongsu.partition", letter.getPartition());
        doc.put("bongsu.offset", letter.getOffset());
        doc.put("bongsu.line", letter.getLine());
        doc.put("bongsu.replays", letter.getReplays());
        if (letter.getSource() != null) {
            doc.put("bongsu.source", letter.getSource());
        }
        if (letter.getEvent() != null) {
            doc.put("bongsu.event", letter.getEvent());
        }
        return nested(doc);
    }

    /** Flat names to nested JSON: {@code {"a.b": 1, "a.c": 2}} becomes {@code {"a":{"b":1,"c":2}}}. */
    public static byte[] nested(Map<String, ?> flat) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            writeNested(json, flat);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Where the values of these names stand in {@link #nested}, and what stands between them. */
    static EventJson.Shape shape(String[] names) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            places.put(names[i], i);
        }
        int[] order = new int[places.size()];
        byte[][] before = new byte[order.length][];
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            int[] n = {0};
            writeNested(json, places.keySet(), name -> {
                json.writeRawValue("");
                json.flush();
                order[n[0]] = Objects.requireNonNull(places.get(name));
                before[n[0]++] = out.toByteArray();
                out.reset();
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EventJson.Shape(order, before, out.toByteArray());
    }

    private static void writeNested(JsonGenerator json, Map<String, ?> flat) throws IOException {
        writeNested(json, flat.keySet(), name -> writeValue(json, Objects.requireNonNull(flat.get(name))));
    }

    /** Writes the value of a name. */
    private interface Values {
        void write(String name) throws IOException;
    }

    /**
     * In the order of {@link #BY_SEGMENT}, names with a common beginning follow each other, and one that is the parent of
     * others comes right before them: so what is open when a name comes is known from the name before.
     */
    private static void writeNested(JsonGenerator json, Set<String> flat, Values values) throws IOException {
        String[] names = flat.toArray(String[]::new);
        Arrays.sort(names, BY_SEGMENT);
        int[] open = new int[8]; // where the segments of the open objects end, in the name before
        int depth = 0;
        int[] glued = new int[4]; // lengths of the names with a value of their own that are parents of this one
        int parents = 0;
        String before = "";
        json.writeStartObject();
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            while (parents > 0 && !isParent(before, glued[parents - 1], name)) {
                parents--;
            }
            if (i > 0 && isParent(before, before.length(), name)) {
                if (parents == glued.length) {
                    glued = Arrays.copyOf(glued, 2 * parents);
                }
                glued[parents++] = before.length();
            }
            int shared = depth;
            while (shared > 0 && !isParent(before, open[shared - 1], name)) {
                shared--;
            }
            for (; depth > shared; depth--) {
                json.writeEndObject();
            }
            int from = depth == 0 ? 0 : open[depth - 1] + 1;
            for (int dot = name.indexOf('.', from); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                if (isOneOf(glued, parents, dot)) {
                    continue;
                }
                json.writeObjectFieldStart(name.substring(from, dot));
                if (depth == open.length) {
                    open = Arrays.copyOf(open, 2 * depth);
                }
                open[depth++] = dot;
                from = dot + 1;
            }
            json.writeFieldName(from == 0 ? name : name.substring(from));
            values.write(name);
            before = name;
        }
        for (; depth > 0; depth--) {
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Whether the first so many characters of a name and a dot are the beginning of the other. */
    private static boolean isParent(String name, int length, String of) {
        return of.length() > length && of.charAt(length) == '.' && of.regionMatches(0, name, 0, length);
    }

    private static boolean isOneOf(int[] numbers, int count, int number) {
        for (int i = 0; i < count; i++) {
            if (numbers[i] == number) {
                return true;
            }
        }
        return false;
    }

    /** By characters, but a dot comes before all others. */
    private static int bySegment(String a, String b) {
        int end = Math.min(a.length(), b.length());
        for (int i = 0; i < end; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return x == '.' ? -1 : y == '.' ? 1 : x - y;
            }
        }
        return a.length() - b.length();
    }

    @SuppressWarnings("unchecked")
    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case String s -> json.writeString(s);
            case Integer i -> json.writeNumber(i);
            case Long l -> json.writeNumber(l);
            case Double d -> json.writeNumber(d);
            case Boolean b -> json.writeBoolean(b);
            case List<?> list -> {
                json.writeStartArray();
                for (Object item : list) {
                    writeValue(json, item);
                }
                json.writeEndArray();
            }
            case Map<?, ?> map -> writeNested(json, (Map<String, ?>) map);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }
}
