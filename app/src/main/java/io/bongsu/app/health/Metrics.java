package io.bongsu.app.health;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Numbers at one moment, and their text as Prometheus reads it (exposition format 0.0.4). Names are API:
 * {@code bongsu_<stage>_<what>_<unit>}, and {@code _total} behind what only grows.
 */
public final class Metrics {
    private enum Type {
        COUNTER,
        GAUGE
    }

    private record Sample(Map<String, String> labels, long value) {}

    private record Family(Type type, String help, List<Sample> samples) {}

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** Something that only grows, until the process ends. */
    public void total(String name, String help, Map<String, String> labels, long value) {
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException(name + " has to end in _total");
        }
        add(name, Type.COUNTER, help, labels, value);
    }

    public void total(String name, String help, long value) {
        total(name, help, Map.of(), value);
    }

    public void gauge(String name, String help, Map<String, String> labels, long value) {
        add(name, Type.GAUGE, help, labels, value);
    }

    public void gauge(String name, String help, long value) {
        gauge(name, help, Map.of(), value);
    }

    private void add(String name, Type type, String help, Map<String, String> labels, long value) {
        if (!name.matches("bongsu(_[a-z0-9]+){3,}")) {
            throw new IllegalArgumentException(name + " is no bongsu_<stage>_<what>_<unit>");
        }
        families.computeIfAbsent(name, n -> new Family(type, help, new ArrayList<>()))
                .samples()
                .add(new Sample(Map.copyOf(labels), value));
    }

    /** One family of samples. */
    interface Described {
        void family(String name, String type, SortedSet<String> labels, String help);
    }

    void describe(Described to) {
        families.forEach((name, family) -> {
            SortedSet<String> labels = new TreeSet<>();
            family.samples().forEach(sample -> labels.addAll(sample.labels().keySet()));
            to.family(name, family.type() == Type.COUNTER ? "counter" : "gauge", labels, family.help());
        });
    }

    public String text() {
        StringBuilder out = new StringBuilder();
        families.forEach((name, family) -> {
            out.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
            out.append("# TYPE ")
                    .append(name)
                    .append(family.type() == Type.COUNTER ? " counter" : " gauge")
                    .append('\n');
            for (Sample sample : family.samples()) {
                out.append(name);
                String between = "{";
                for (var label : new java.util.TreeMap<>(sample.labels()).entrySet()) {
                    out.append(between).append(label.getKey()).append("=\"");
                    out.append(escaped(label.getValue())).append('"');
                    between = ",";
                }
                out.append(sample.labels().isEmpty() ? " " : "} ")
                        .append(sample.value())
                        .append('\n');
            }
        });
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
