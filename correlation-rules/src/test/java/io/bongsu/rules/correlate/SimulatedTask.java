package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One correlating task: the clock of each upstream partition, the state of each group, a timer for each state. It can lose
 * everything that is not in the bytes of its states at every step, or go back to what it had committed.
 */
final class SimulatedTask {
    /** What the store holds between two records. */
    enum Keep {
        OBJECTS,
        BYTES
    }

    final Correlation rule;
    private final int partitions;
    private final Keep keep;
    private final TreeMap<Integer, Long> clocks = new TreeMap<>();
    private final Map<List<String>, GroupState> states = new LinkedHashMap<>();
    final Map<List<String>, List<CorrelationHit>> arrived = new HashMap<>();
    int late;

    SimulatedTask(Correlation rule, int partitions, Keep keep) {
        this.rule = rule;
        this.partitions = partitions;
        this.keep = keep;
    }

    SimulatedTask copy() {
        SimulatedTask copy = new SimulatedTask(rule, partitions, keep);
        copy.clocks.putAll(clocks);
        states.forEach((group, state) -> copy.states.put(group, GroupState.fromBytes(state.toBytes())));
        arrived.forEach((group, hits) -> copy.arrived.put(group, new ArrayList<>(hits)));
        copy.late = late;
        return copy;
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    private long horizon() {
        return clocks.size() < partitions
                ? Long.MIN_VALUE / 4
                : clocks.values().stream().min(Long::compare).orElseThrow() - rule.lateness();
    }

    List<AlertRevision> on(SimulatedLog.Entry entry) {
        return entry.hits().isEmpty() ? watermark(entry) : hits(entry);
    }

    private List<AlertRevision> hits(SimulatedLog.Entry entry) {
        List<CorrelationHit> hits = new ArrayList<>(entry.hits());
        hits.removeIf(hit -> hit.time() < entry.clock() - rule.lateness());
        late += entry.hits().size() - hits.size();
        if (hits.isEmpty()) {
            return List.of();
        }
        List<CorrelationHit> seen = arrived.computeIfAbsent(entry.group(), g -> new ArrayList<>());
        for (CorrelationHit hit : hits) {
            if (hit.retracted()) {
                seen.removeIf(other -> other.event().equals(hit.event()));
            } else {
                seen.add(hit);
            }
        }
        GroupState state = states.computeIfAbsent(entry.group(), group -> rule.open(group, horizon()));
        List<AlertRevision> said = rule.add(state, hits);
        if (state.ignored() > 0) {
            throw new AssertionError("a hit for a time that was settled: " + entry);
        }
        save(state);
        return said;
    }

    private List<AlertRevision> watermark(SimulatedLog.Entry entry) {
        clocks.merge(entry.partition(), entry.clock(), Math::max);
        List<AlertRevision> said = new ArrayList<>();
        for (GroupState state : List.copyOf(states.values())) {
            if (rule.due(state) <= horizon()) {
                said.addAll(rule.advance(state, horizon()));
                if (rule.due(state) <= horizon()) {
                    throw new AssertionError("still due: " + state.group());
                }
                save(state);
            }
        }
        return said;
    }

    private void save(GroupState state) {
        if (state.isEmpty()) {
            states.remove(state.group());
        } else if (keep == Keep.BYTES) {
            byte[] bytes = state.toBytes();
            GroupState read = GroupState.fromBytes(bytes);
            if (!Arrays.equals(read.toBytes(), bytes) || rule.due(read) != rule.due(state)) {
                throw new AssertionError("a restart changes the state of " + state.group());
            }
            states.put(state.group(), read);
        }
    }

    /** Reads the whole log; with crashes, going back to the last commit and reading on in another order. */
    static SimulatedTask run(
            Random random, SimulatedTask task, SimulatedLog log, double skew, boolean crashes, Reader reader) {
        if (!crashes) {
            for (SimulatedLog.Entry entry; (entry = log.next(random, skew)) != null; ) {
                reader.read(task.on(entry));
                reader.step(task);
            }
            return task;
        }
        SimulatedTask now = task;
        SimulatedTask committed = task.copy();
        SimulatedLog read = log;
        SimulatedLog position = log.copy();
        List<AlertRevision> pending = new ArrayList<>();
        while (true) {
            if (random.nextInt(6) == 0 || read.isEmpty()) {
                reader.read(pending);
                pending.clear();
                committed = now.copy();
                position = read.copy();
                if (read.isEmpty()) {
                    return now;
                }
            }
            SimulatedLog.Entry entry = read.next(random, skew);
            if (entry != null) {
                pending.addAll(now.on(entry));
            }
            if (random.nextInt(9) == 0) {
                pending.clear();
                now = committed.copy();
                read = position.copy();
            }
        }
    }
}
