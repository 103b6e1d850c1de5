package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Who reads the alerts: knows the last revision of each id, and objects to what nobody could rely on. */
final class Reader {
    final Map<String, AlertRevision> last = new LinkedHashMap<>();
    final List<String> objections = new ArrayList<>();
    private final Consumer<SimulatedTask> each;
    int withdrawn;
    int superseded;
    int reinstated;

    Reader() {
        this(task -> {});
    }

    private Reader(Consumer<SimulatedTask> each) {
        this.each = each;
    }

    /** After each step, what stands must be what the hits that have arrived mean. */
    static Reader watching() {
        Reader[] self = new Reader[1];
        self[0] = new Reader(task -> {
            List<String> standing = self[0].standing().stream()
                    .map(a -> a.group() + " " + a.id() + " " + a.time() + " " + a.start())
                    .sorted()
                    .toList();
            List<String> meant = CorrelationOracle.alerts(task.rule, task.arrived).stream()
                    .map(a -> a.group() + " " + a.id() + " " + a.time() + " " + a.start())
                    .sorted()
                    .toList();
            if (!standing.equals(meant)) {
                self[0].objections.add("stands: " + standing + " but what has arrived means " + meant);
            }
        });
        return self[0];
    }

    void step(SimulatedTask task) {
        each.accept(task);
    }

    void read(List<AlertRevision> said) {
        said.forEach(this::read);
    }

    private void read(AlertRevision now) {
        AlertRevision before = last.put(now.id(), now);
        if (now.revision() != (before == null ? 1 : before.revision() + 1)) {
            objections.add("revision " + now.revision() + " of " + now.id() + " after " + before);
        }
        if (before != null && before.status() == Status.CLOSED) {
            objections.add(now + " after it was closed");
        }
        if (now.status() == Status.WITHDRAWN) {
            withdrawn++;
            superseded += now.supersededBy() == null ? 0 : 1;
            if (before == null || before.status() != Status.OPEN) {
                objections.add("withdrawn what did not stand: " + now);
            }
        } else if (before != null && before.status() == Status.WITHDRAWN) {
            reinstated++;
        }
    }

    void end(SimulatedTask task) {
        for (AlertRevision alert : last.values()) {
            if (alert.status() == Status.OPEN) {
                objections.add("never closed: " + alert);
            }
            AlertRevision by = alert.supersededBy() == null ? null : last.get(alert.supersededBy());
            if (alert.supersededBy() != null && by == null) {
                objections.add("superseded by what was never said: " + alert);
            }
        }
        if (!task.isEmpty()) {
            objections.add("states are left");
        }
    }

    /** Not withdrawn, by group and time. */
    List<AlertRevision> standing() {
        return last.values().stream()
                .filter(alert -> alert.status() != Status.WITHDRAWN)
                .sorted(Comparator.comparing((AlertRevision alert) -> String.join("\0", alert.group()))
                        .thenComparing(AlertRevision::time))
                .toList();
    }

    List<CorrelationOracle.Expected> expected() {
        return standing().stream().map(CorrelationOracle.Expected::of).toList();
    }
}
