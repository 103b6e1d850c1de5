package io.bongsu.rules.correlate;

import io.bongsu.rules.RuleInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A compiled correlation, and the fold over the hits of each of its groups. It is immutable; all that it learns is in the
 * {@link GroupState}. Windows slide and are inclusive; an attack that goes on is one alert that grows, until nothing has
 * fired for {@code timespan + quiet}. Once the log is past the lateness, the alerts are a function of the set of hits: not
 * of their order, of duplicates, of partitions or of restarts. Durations are microseconds.
 */
public final class Correlation {
    /** Of an alert, so many values are listed under each name. */
    static final int VALUES = 100;

    private static final long FAR = Long.MAX_VALUE / 4;

    private final RuleInfo info;
    private final List<String> groupBy;
    private final List<String> members;
    private final Trigger trigger;
    private final Spans spans;
    private final Place place;
    private final Bounds bounds;

    /**
     * @throws IllegalArgumentException with a sentence for the author of the rule, when more would have to be kept than can
     *     be
     */
    public Correlation(
            RuleInfo info, List<String> groupBy, List<String> members, Trigger trigger, Spans spans, Place place) {
        this(info, groupBy, members, trigger, spans, place, Bounds.of(trigger, spans));
    }

    Correlation(
            RuleInfo info,
            List<String> groupBy,
            List<String> members,
            Trigger trigger,
            Spans spans,
            Place place,
            Bounds bounds) {
        this.info = info;
        this.groupBy = List.copyOf(groupBy);
        this.members = List.copyOf(members);
        this.trigger = trigger;
        this.spans = spans;
        this.place = place;
        this.bounds = bounds;
        boolean stretches = trigger instanceof Trigger.Rate && bounds.cell() != spans.timespan();
        if (stretches || bounds.cell() < 1 || bounds.cell() > spans.timespan() || bounds.keep() < trigger.needed()) {
            throw new IllegalArgumentException("cells that make counts inexact: " + bounds);
        }
    }

    public RuleInfo info() {
        return info;
    }

    public List<String> groupBy() {
        return groupBy;
    }

    public List<String> members() {
        return members;
    }

    public Trigger trigger() {
        return trigger;
    }

    public long timespan() {
        return spans.timespan();
    }

    public long quiet() {
        return spans.quiet();
    }

    public long lateness() {
        return spans.lateness();
    }

    /** What it is fed with: 0: events; n: facts of correlations of level n - 1. */
    public Set<Integer> inputs() {
        return place.inputs();
    }

    /** How far back what came can still matter to an alert. */
    public long reach() {
        return trigger instanceof Trigger.Rate rate
                ? rate.stretches() * timespan()
                : Math.max(timespan(), trigger.remembers());
    }

    /** How many correlations, at most, lie between it and events. */
    public int level() {
        return Collections.max(place.inputs());
    }

    Bounds bounds() {
        return bounds;
    }

    /** The longest step between two firing instants of one alert. */
    long gap() {
        return timespan() + quiet();
    }

    /**
     * The id of the alert whose earliest contributing hit is at {@code start}: a function of the rule, its version, the
     * group and the cell of width {@code quiet} in which that lies. Alerts of a group start further apart than that.
     */
    public String alertId(List<String> group, long start) {
        return id(group, slot(start));
    }

    long slot(long start) {
        return Math.floorDiv(start, quiet());
    }

    private String id(List<String> group, long slot) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest(digest, info.id());
            digest(digest, info.version());
            group.forEach(value -> digest(digest, value));
            digest(digest, Long.toString(slot));
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void digest(MessageDigest digest, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        digest.update((utf8.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(utf8);
    }

    /**
     * The state of a group of which nothing is known yet.
     *
     * @param horizon the least clock of all upstream partitions, less the lateness; {@code Long.MIN_VALUE / 4} as long as
     *     one of them is not known
     */
    public GroupState open(List<String> group, long horizon) {
        if (group.size() != groupBy.size()) {
            throw new IllegalArgumentException("group " + group + " of a correlation grouped by " + groupBy);
        }
        return new GroupState(group, aligned(horizon));
    }

    /**
     * What one packed record brings to a group: all of it, then one look at what it changes. Of a hit that comes again,
     * nothing is counted as long as the first one is kept; one for a time already settled is ignored. Whether a hit is
     * too late is for the caller to say, by {@code time < clock - lateness} of its own record.
     *
     * @return what is to be said now, in order
     */
    public List<AlertRevision> add(GroupState state, List<CorrelationHit> hits) {
        return add(state, hits, Long.MIN_VALUE);
    }

    /** @param from an alert whose last firing instant reaches this time is said then, whatever was said of it before */
    public List<AlertRevision> add(GroupState state, List<CorrelationHit> hits, long from) {
        List<Change> changes = changes(state, hits);
        boolean changed = false;
        long triggered = Long.MIN_VALUE;
        Cell before = null;
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Kept hit = change.hit;
            while (!change.retracted
                    && i + 1 < changes.size()
                    && changes.get(i + 1).repeats(hit)) {
                hit = hit.merged(changes.get(++i).hit);
            }
            Cell cell = state.cell(Math.floorDiv(hit.time(), bounds.cell()), !change.retracted);
            if (before != null && before != cell) {
                reduce(state, before);
            }
            before = cell;
            if (cell != null && (change.retracted ? cell.remove(hit, trigger) : cell.insert(hit))) {
                changed = true;
                triggered = Math.max(triggered, hit.received());
            }
        }
        if (before != null) {
            reduce(state, before);
        }
        if (!changed) {
            return List.of();
        }
        state.cells.removeIf(Cell::isEmpty);
        List<AlertRevision> said = new ArrayList<>();
        publish(state, triggered, from, said);
        return said;
    }

    private void reduce(GroupState state, Cell cell) {
        boolean before = cell.degraded;
        if (cell.reduce(trigger, bounds) && !exactWhenReduced() || cell.degraded && !before) {
            state.cross();
        }
    }

    /** Whether what is kept of a flood decides everything but what is listed. */
    boolean exactWhenReduced() {
        return switch (trigger) {
            case Trigger.EventCount count -> true;
            case Trigger.Sequence sequence -> sequence.silence();
            case Trigger.Novel novel -> true;
            case Trigger.Rate rate -> true;
            case Trigger.Peak peak -> false;
            case Trigger.Holds holds -> false;
            case Trigger.Together together -> false;
        };
    }

    /** Where what contributes to a firing instant begins; never before the timespan that ends there. */
    long since(long instant) {
        return switch (trigger) {
            case Trigger.Novel novel -> instant;
            case Trigger.Rate rate -> Math.floorDiv(instant, timespan()) * timespan();
            case Trigger.EventCount count -> instant - timespan();
            case Trigger.Peak peak -> instant - timespan();
            case Trigger.Holds holds -> instant - timespan();
            case Trigger.Together together -> instant - timespan();
            case Trigger.Sequence sequence -> instant - timespan();
        };
    }

    private record Change(Kept hit, boolean retracted) {
        boolean repeats(Kept other) {
            return !retracted && hit.compareTo(other) == 0;
        }
    }

    /** In canonical order; hit and take-back of the same event stay in the order in which they came. */
    private static List<Change> changes(GroupState state, List<CorrelationHit> hits) {
        List<Change> changes = new ArrayList<>(hits.size());
        Kept before = null;
        for (CorrelationHit hit : hits) {
            if (hit.time() < state.settled) {
                state.ignore();
            } else {
                before = Kept.of(hit, before);
                changes.add(new Change(before, hit.retracted()));
            }
        }
        changes.sort((a, b) -> a.hit.compareTo(b.hit));
        return changes;
    }

    /**
     * The log has progressed: nothing earlier than the horizon will come. Settles the cells that are over, closes, and
     * forgets. Calling it late, or not at every step, gives the same alerts.
     *
     * @return what is to be said now, in order
     */
    public List<AlertRevision> advance(GroupState state, long horizon) {
        return advance(state, horizon, Long.MIN_VALUE);
    }

    /** @param from see {@link #add(GroupState, List, long)} */
    public List<AlertRevision> advance(GroupState state, long horizon, long from) {
        if (horizon < due(state)) {
            return List.of();
        }
        long settled = aligned(horizon);
        List<AlertRevision> said = new ArrayList<>();
        List<Told> told = new ArrayList<>();
        List<Episode> episodes = new Sweep(this, state).episodes(state.settled, settled, true, told);
        if (!trigger.atClose()) {
            tell(state, told, settled, Long.MIN_VALUE);
        }
        state.told.removeIf(before -> before.time() < settled);
        state.open = null;
        for (Episode episode : episodes) {
            if (settled > episode.last + gap()) {
                if (stands(episode)) {
                    close(state, episode, said);
                    if (place.tells() && trigger.atClose()) {
                        // What was only known now is told as of now: settled instants have been promised to be over.
                        state.tell(new Fact(
                                alertId(state.group, episode.start),
                                episode.last + gap(),
                                true,
                                episode.degraded,
                                newest(episode.evidence()),
                                false));
                    }
                }
            } else {
                state.open = episode;
            }
        }
        remember(state, settled);
        state.settled = settled;
        state.cells.removeIf(cell -> forgotten(cell) <= settled);
        publish(state, Long.MIN_VALUE, from, said);
        state.published.removeIf(old -> old.withdrawn() && forgotten(old) <= settled);
        return said;
    }

    /** What is settled now and will be compared with later. */
    private void remember(GroupState state, long settled) {
        long within = trigger.remembers();
        if (within == 0) {
            return;
        }
        Memory memory = state.memory;
        for (Cell cell : state.cells) {
            long begins = cell.index * bounds.cell();
            if (begins < state.settled || begins >= settled) {
                continue;
            }
            switch (trigger) {
                case Trigger.Novel novel -> {
                    for (Kept hit : cell.hits) {
                        memory.happened(hit.time(), within);
                        for (String value : Values.unpack(hit.values().get(novel.name()))) {
                            memory.last.put(value, hit.time());
                        }
                    }
                }
                case Trigger.Rate rate -> {
                    memory.happened(cell.index, within);
                    memory.counts.put(cell.index, cell.count());
                }
                default -> throw new IllegalStateException("does not remember: " + trigger);
            }
        }
        memory.forget(trigger instanceof Trigger.Rate ? Math.floorDiv(settled, bounds.cell()) : settled, within);
        if (memory.bound(bounds.memory())) {
            state.cross();
        }
    }

    /** The first horizon at which nothing that is remembered can matter any more. */
    private long forgotten(Memory memory) {
        long until = memory.newest + trigger.remembers() + 1;
        return trigger instanceof Trigger.Rate ? until * bounds.cell() : alignedUp(until);
    }

    /**
     * The first horizon at which {@link #advance} does something; before it, it leaves the state alone. {@code
     * Long.MAX_VALUE}: never.
     */
    public long due(GroupState state) {
        long due = Long.MAX_VALUE;
        for (Cell cell : state.cells) {
            // Settling what is over, but not forgotten, would change nothing that anybody sees.
            due = Math.min(due, forgotten(cell));
        }
        if (!state.memory.isEmpty()) {
            due = Math.min(due, forgotten(state.memory));
        }
        if (trigger.onProgress() && !(state.cells.isEmpty() && state.memory.isEmpty())) {
            long next = new Sweep(this, state).next(state.settled);
            due = next == Long.MAX_VALUE ? due : Math.min(due, alignedUp(next + 1));
        }
        if (state.open != null) {
            due = Math.min(due, alignedUp(state.open.last + gap() + 1));
        }
        for (Published said : state.published) {
            if (said.withdrawn()) {
                due = Math.min(due, forgotten(said));
            }
        }
        return due;
    }

    private boolean stands(Episode episode) {
        return !(trigger instanceof Trigger.Peak peak) || peak.bound().holds(episode.peak);
    }

    /** The horizon from which no window reaches into the cell. */
    private long forgotten(Cell cell) {
        return alignedUp((cell.index + 1) * bounds.cell() + timespan());
    }

    /** The horizon from which no episode can start in the slot: the id, and with it its revisions, cannot come back. */
    private long forgotten(Published withdrawn) {
        return alignedUp((withdrawn.slot() + 1) * quiet() + timespan());
    }

    private long aligned(long time) {
        return Math.floorDiv(Math.clamp(time, -FAR, FAR), bounds.cell()) * bounds.cell();
    }

    private long alignedUp(long time) {
        return -aligned(-time);
    }

    private void close(GroupState state, Episode episode, List<AlertRevision> said) {
        long slot = slot(episode.start);
        Published before = state.published(slot);
        int revision = before == null ? 1 : before.revision() + 1;
        state.published.remove(before);
        said.add(revision(state, slot, revision, Status.CLOSED, episode, Long.MIN_VALUE));
    }

    /** Says how the episodes of now differ from what was last said. */
    private void publish(GroupState state, long triggered, long from, List<AlertRevision> said) {
        if (trigger.atClose()) {
            return;
        }
        if (trigger.onProgress() && state.open == null && state.published.isEmpty() && state.told.isEmpty()) {
            return; // nothing fires before the log is past it
        }
        Sweep sweep = new Sweep(this, state);
        long until = trigger.onProgress() ? state.settled : FAR;
        List<Told> told = new ArrayList<>();
        List<Episode> episodes = sweep.episodes(state.settled, until, false, told);
        tell(state, told, Long.MAX_VALUE, triggered);
        for (Published before : List.copyOf(state.published)) {
            if (!before.withdrawn() && episodes.stream().noneMatch(e -> slot(e.start) == before.slot())) {
                said.add(withdraw(state, before, episodes, triggered));
            }
        }
        List<Episode> listed = List.of();
        for (int i = 0; i < episodes.size(); i++) {
            Episode episode = episodes.get(i);
            long slot = slot(episode.start);
            Published before = state.published(slot);
            boolean reaches = before != null && before.end() < from && episode.last >= from;
            if (before != null && !reaches && !worthSaying(before, episode, state.cells.isEmpty())) {
                continue;
            }
            if (listed.isEmpty()) {
                listed = sweep.episodes(state.settled, until, true);
            }
            int revision = before == null ? 1 : before.revision() + 1;
            state.say(new Published(slot, revision, false, episode.start, episode.first, episode.last, episode.count));
            said.add(revision(state, slot, revision, Status.OPEN, listed.get(i), triggered));
        }
    }

    /** Tells how the firing instants before {@code until} differ from what was told of them. */
    private void tell(GroupState state, List<Told> now, long until, long received) {
        if (!place.tells()) {
            return;
        }
        List<Told> before =
                state.told.stream().filter(told -> told.time() < until).toList();
        if (before.equals(now)) {
            return;
        }
        for (Told gone : before) {
            if (!now.contains(gone)) {
                state.tell(fact(state, gone, received, true));
            }
        }
        for (Told come : now) {
            if (!before.contains(come)) {
                state.tell(fact(state, come, received, false));
            }
        }
        state.told.removeIf(told -> told.time() < until);
        state.told.addAll(0, now);
    }

    private Fact fact(GroupState state, Told told, long received, boolean retracted) {
        return new Fact(
                id(state.group, told.slot()),
                told.time(),
                told.first(),
                told.degraded(),
                received == Long.MIN_VALUE ? told.time() : received,
                retracted);
    }

    /**
     * The first instant of which something may still be told, when the horizon is there: what lies before it is final for
     * those built on this.
     */
    public long promise(long horizon) {
        return aligned(horizon);
    }

    private static long newest(List<CorrelationHit> hits) {
        return hits.stream().mapToLong(CorrelationHit::received).max().orElse(Long.MIN_VALUE);
    }

    /**
     * A new alert, another beginning, or twice the events: thresholds of the count, not steps from what was said. When it
     * has fallen silent, what it came to: nobody shall read the count of its beginning until it is closed.
     */
    private boolean worthSaying(Published before, Episode now, boolean silent) {
        return before.withdrawn()
                || before.first() != now.first
                || before.start() != now.start
                || magnitude(before.count()) != magnitude(now.count)
                || silent && before.count() != now.count;
    }

    private int magnitude(long count) {
        return Long.SIZE - Long.numberOfLeadingZeros(count / trigger.first());
    }

    private AlertRevision withdraw(GroupState state, Published before, List<Episode> episodes, long triggered) {
        String supersededBy = null;
        for (Episode episode : episodes) {
            if (episode.start <= before.first() && before.first() <= episode.last) {
                supersededBy = alertId(state.group, episode.start);
            }
        }
        int revision = before.revision() + 1;
        state.say(new Published(
                before.slot(), revision, true, before.start(), before.first(), before.end(), before.count()));
        return new AlertRevision(
                id(state.group, before.slot()),
                revision,
                Status.WITHDRAWN,
                supersededBy,
                state.group,
                before.first(),
                before.start(),
                before.end(),
                before.count(),
                false,
                false,
                List.of(),
                Map.of(),
                triggered);
    }

    private AlertRevision revision(
            GroupState state, long slot, int revision, Status status, Episode episode, long triggered) {
        List<CorrelationHit> evidence = episode.evidence();
        Map<String, List<String>> values = new TreeMap<>();
        episode.values.forEach((name, of) -> values.put(name, List.copyOf(of)));
        long newest = triggered == Long.MIN_VALUE ? newest(evidence) : triggered;
        return new AlertRevision(
                id(state.group, slot),
                revision,
                status,
                null,
                state.group,
                episode.first,
                episode.start,
                episode.last,
                episode.count,
                episode.hits > evidence.size(),
                episode.degraded,
                evidence,
                values,
                newest);
    }
}
