package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One pass over what a group keeps, in canonical order: from hits to firing instants, from those to episodes. */
final class Sweep {
    private static final int[] NONE = {};
    /** Nothing was dropped. */
    private static final @Nullable String[] EXACT = {};

    private final Correlation rule;
    private final GroupState state;
    final int size;
    private final long[] times;
    final long[] counts;
    /** Null where a cell has dropped hits: one entry stands for all of a lane. */
    final @Nullable Kept[] hits;

    private final Cell[] cells;
    private final @Nullable String[] lanes;

    Sweep(Correlation rule, GroupState state) {
        this.rule = rule;
        this.state = state;
        int most = 0;
        for (Cell cell : state.cells) {
            most += cell.hits.size() + cell.dropped.size();
        }
        times = new long[most];
        counts = new long[most];
        hits = new @Nullable Kept[most];
        cells = new Cell[most];
        lanes = new @Nullable String[most];
        int n = 0;
        for (Cell cell : state.cells) {
            @Nullable
            String[] behind = cell.dropped.isEmpty()
                    ? EXACT
                    : cell.behind(rule.trigger(), rule.bounds().keep());
            for (int i = 0; i < cell.hits.size(); i++) {
                Kept hit = cell.hits.get(i);
                cells[n] = cell;
                times[n] = hit.time();
                counts[n] = hit.count();
                hits[n++] = hit;
                String lane = behind == EXACT ? null : behind[i];
                if (lane != null) {
                    cells[n] = cell;
                    times[n] = hit.time();
                    lanes[n] = lane;
                    counts[n] = dropped(n).count;
                    n++;
                }
            }
        }
        size = n;
    }

    Dropped dropped(int entry) {
        Dropped dropped = cells[entry].dropped.get(String.valueOf(lanes[entry]));
        if (dropped == null) {
            throw new IllegalStateException("nothing was dropped there");
        }
        return dropped;
    }

    /** The rules that an entry is a hit of. */
    List<String> members(int entry) {
        Kept hit = hits[entry];
        return hit != null
                ? hit.members()
                : List.of(String.valueOf(lanes[entry]).split("\0", -1));
    }

    /** Firing instants, ascending; for each, where it matters, the count reached and the hits that served the steps. */
    private static final class Firing {
        long[] instants;
        int n;
        long @Nullable [] counts;

        @Nullable
        List<int[]> served;

        Firing(int most) {
            instants = new long[most];
        }

        void at(long instant) {
            if (n == instants.length) {
                instants = Arrays.copyOf(instants, 2 * n + 8);
            }
            instants[n++] = instant;
        }
    }

    /** The firing instants in [from, to), ascending. This is all that a type of correlation has of its own. */
    private Firing firing(long from, long to) {
        return switch (rule.trigger()) {
            case Trigger.EventCount(long atLeast) -> counted(atLeast, from, to);
            case Trigger.Peak peak -> peaking(peak, from, to);
            case Trigger.Holds holds -> holding(holds, from, to);
            case Trigger.Together together -> together(together, from, to);
            case Trigger.Sequence sequence -> new Steps(sequence).firing(from, to);
            case Trigger.Novel novel -> novel(novel, from, to);
            case Trigger.Rate rate -> rate(rate, from, to);
        };
    }

    /** The next firing instant from this one on, of a type that fires when the log is past it. */
    long next(long from) {
        Firing firing = firing(from, Long.MAX_VALUE);
        return firing.n == 0 ? Long.MAX_VALUE : firing.instants[0];
    }

    private interface Slide {
        void change(int entry, int direction);
    }

    /**
     * Slides the window that ends at each hit in [from, to) over the entries; hits at one instant count together. The
     * function says how much there is; it fires when that is at least 1.
     */
    private Firing sliding(long from, long to, Slide slide, ToLongFunction<Long> level, boolean counts) {
        Firing firing = new Firing(size);
        firing.counts = counts ? new long[size] : null;
        int oldest = 0;
        for (int i = 0; i < size && times[i] < to; i++) {
            long time = times[i];
            slide.change(i, 1);
            if (time < from || i + 1 < size && times[i + 1] == time) {
                continue;
            }
            while (times[oldest] < time - rule.timespan()) {
                slide.change(oldest++, -1);
            }
            long reached = level.applyAsLong(time);
            if (reached > 0) {
                if (firing.counts != null) {
                    firing.counts[firing.n] = reached;
                }
                firing.at(time);
            }
        }
        return firing;
    }

    /**
     * Where a window cuts through a cell with dropped hits, all of those kept at that end lie in it, and they suffice: it
     * cannot matter that the dropped ones are taken as one.
     */
    private Firing counted(long atLeast, long from, long to) {
        long[] sum = {0};
        return sliding(
                from,
                to,
                (entry, direction) -> sum[0] += direction * counts[entry],
                time -> sum[0] >= atLeast ? 1 : 0,
                false);
    }

    private Firing peaking(Trigger.Peak peak, long from, long to) {
        Gauge gauge = Gauge.of(peak.measure(), this);
        long least = peak.bound().least();
        return sliding(from, to, gauge::change, time -> gauge.count() >= least ? gauge.count() : 0, true);
    }

    private Firing holding(Trigger.Holds holds, long from, long to) {
        List<Gauge> gauges = holds.tests().stream()
                .map(test -> Gauge.of(test.measure(), this))
                .toList();
        long[] events = {0};
        return sliding(
                from,
                to,
                (entry, direction) -> {
                    // An alert that fires again counts for nothing, but it is there.
                    events[0] += direction * Math.max(1, counts[entry]);
                    for (Gauge gauge : gauges) {
                        gauge.change(entry, direction);
                    }
                },
                time -> {
                    boolean all = events[0] >= holds.minEvents();
                    for (int i = 0; all && i < gauges.size(); i++) {
                        Gauge gauge = gauges.get(i);
                        all = gauge.ready() && holds.tests().get(i).bound().holds(gauge::compare);
                    }
                    return all ? 1 : 0;
                },
                false);
    }

    private Firing novel(Trigger.Novel novel, long from, long to) {
        Firing firing = new Firing(8);
        Memory known = new Memory();
        known.since = state.memory.since;
        known.newest = state.memory.newest;
        for (int i = 0; i < size && times[i] < to; ) {
            long time = times[i];
            boolean fires = false;
            // What is settled is remembered already.
            boolean open = time >= state.settled;
            if (open) {
                known.happened(time, novel.memory());
            }
            for (; i < size && times[i] == time; i++) {
                Kept hit = hits[i];
                if (open && hit != null) {
                    for (String value : Values.unpack(hit.values().get(novel.name()))) {
                        Long before = known.last.put(value, time);
                        before = before == null ? state.memory.last.get(value) : before;
                        fires |= before == null || time - before > novel.memory();
                    }
                }
            }
            if (fires && time >= from && time - known.since >= novel.learning()) {
                firing.at(time);
            }
        }
        return firing;
    }

    /** Stretches are cells. */
    private Firing rate(Trigger.Rate rate, long from, long to) {
        long width = rule.timespan();
        TreeMap<Long, Long> events = new TreeMap<>(state.memory.counts);
        TreeMap<Long, long[]> ends = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            if (times[i] >= state.settled) {
                long time = times[i];
                long stretch = Math.floorDiv(time, width);
                events.merge(stretch, counts[i], Long::sum);
                ends.computeIfAbsent(stretch, s -> new long[] {time, time})[1] = time;
            }
        }
        Firing firing = new Firing(8);
        Baseline baseline = new Baseline(rate, events, state.memory);
        if (rate.fromBelow()) {
            ends.forEach((stretch, firstAndLast) -> {
                if (baseline.unusual(stretch, true)) {
                    for (int i = firstAndLast[0] == firstAndLast[1] ? 1 : 0; i < 2; i++) {
                        if (firstAndLast[i] >= from && firstAndLast[i] < to) {
                            firing.at(firstAndLast[i]);
                        }
                    }
                }
            });
            return firing;
        }
        Long stretch = events.ceilingKey(Math.floorDiv(state.settled, width) - rate.stretches());
        for (long at = stretch == null ? 0 : Math.max(stretch, Math.floorDiv(from, width)); stretch != null; at++) {
            if (!baseline.reaches(at)) {
                stretch = ends.ceilingKey(at);
                if (stretch == null) {
                    break;
                }
                at = stretch;
            }
            long end = (at + 1) * width - 1;
            if (end >= to) {
                break;
            }
            if (baseline.unusual(at, ends.containsKey(at)) && end >= from) {
                firing.at(end);
                if (to == Long.MAX_VALUE) {
                    break; // only the next one was asked for
                }
            }
        }
        return firing;
    }

    /** The stretches before one, while going from one to later ones. */
    private static final class Baseline {
        private final Trigger.Rate rate;
        private final TreeMap<Long, Long> events;
        private final Memory known = new Memory();
        private long before;
        private long stretch = Memory.NEVER;

        Baseline(Trigger.Rate rate, TreeMap<Long, Long> events, Memory memory) {
            this.rate = rate;
            this.events = events;
            known.since = memory.since;
            known.newest = memory.newest;
        }

        /** Whether anything is known when nothing happens in it. */
        boolean reaches(long stretch) {
            return !known.isEmpty() && stretch - known.newest <= rate.stretches();
        }

        boolean unusual(long stretch, boolean happens) {
            // Silence teaches nothing.
            long last = known.newest;
            if (happens) {
                known.happened(stretch, rate.stretches());
            }
            sum(stretch);
            long stretches = Math.min(rate.stretches(), stretch - known.since);
            if (!reaches(stretch) || last - known.since + 1 < rate.learning()) {
                return false;
            }
            long count = events.getOrDefault(stretch, 0L);
            boolean enough = rate.fromBelow() ? count >= rate.minEvents() : before >= rate.minEvents() * stretches;
            // The count against number times mean, without dividing.
            BigDecimal now = BigDecimal.valueOf(count).multiply(BigDecimal.valueOf(stretches));
            BigDecimal then = BigDecimal.valueOf(before);
            return enough && rate.bound().holds(number -> now.compareTo(then.multiply(number)));
        }

        private void sum(long next) {
            if (next == stretch + 1) {
                before += events.getOrDefault(stretch, 0L) - events.getOrDefault(stretch - rate.stretches(), 0L);
            } else if (next != stretch) {
                before = events.subMap(next - rate.stretches(), next).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
            }
            stretch = next;
        }
    }

    private Firing together(Trigger.Together together, long from, long to) {
        Gauge.Rules rules = new Gauge.Rules(this);
        return sliding(from, to, rules::change, time -> together.fired().holds(rules::has) ? 1 : 0, false);
    }

    /**
     * Of each beginning of the sequence that ends with step i, the one that began last is kept: what any other can still
     * become, it can, too. A step that happens n times is n steps.
     */
    private final class Steps {
        private record Absent(int behind, Set<String> rules) {}

        private record Place(int entry, int step, @Nullable Place before, long start) {}

        private final Trigger.Sequence sequence;
        private final List<Trigger.Step> happens = new ArrayList<>();
        private final List<Integer> number = new ArrayList<>();
        /** What must not come behind so many steps. */
        private final List<Absent> absent = new ArrayList<>();

        private final @Nullable Place[] reached;

        Steps(Trigger.Sequence sequence) {
            this.sequence = sequence;
            for (int s = 0; s < sequence.steps().size(); s++) {
                Trigger.Step step = sequence.steps().get(s);
                for (int n = 0; n < step.times(); n++) {
                    if (step.absent()) {
                        absent.add(new Absent(happens.size(), step.rules()));
                        break;
                    }
                    happens.add(step);
                    number.add(s + 1);
                }
            }
            reached = new @Nullable Place[happens.size()];
        }

        Firing firing(long from, long to) {
            Firing firing = new Firing(8);
            List<int[]> served = new ArrayList<>();
            firing.served = served;
            TreeMap<Long, Place> waiting = new TreeMap<>();
            for (int i = 0; i < size && (sequence.byDeadline() || times[i] < to); i++) {
                Kept hit = hits[i];
                if (hit == null) {
                    continue;
                }
                Place done = advance(i, hit.members(), waiting);
                if (done == null || times[i] - done.start > rule.timespan()) {
                    continue;
                }
                if (sequence.byDeadline()) {
                    waiting.put(done.start + rule.timespan(), done);
                } else if (times[i] >= from) {
                    if (firing.n > 0 && firing.instants[firing.n - 1] == times[i]) {
                        served.set(firing.n - 1, served(done));
                    } else {
                        firing.at(times[i]);
                        served.add(served(done));
                    }
                }
            }
            waiting.subMap(from, Math.max(from, to)).forEach((instant, done) -> {
                firing.at(instant);
                served.add(served(done));
            });
            return firing;
        }

        /** @return the whole sequence, when this hit completes one */
        private @Nullable Place advance(int entry, List<String> members, TreeMap<Long, Place> waiting) {
            if (meet(sequence.until(), members)) {
                Arrays.fill(reached, null);
                waiting.tailMap(times[entry], true).clear();
            }
            for (int i = 0; i < absent.size(); i++) {
                Absent unwanted = absent.get(i);
                if (meet(unwanted.rules, members)) {
                    if (unwanted.behind == happens.size()) {
                        waiting.tailMap(times[entry], true).clear();
                    } else {
                        reached[unwanted.behind - 1] = null;
                    }
                }
            }
            Place done = null;
            for (int i = happens.size() - 1; i >= 0; i--) {
                if (!meet(happens.get(i).rules(), members)) {
                    continue;
                }
                Place before = i == 0 ? null : reached[i - 1];
                if (i > 0 && before == null) {
                    continue;
                }
                Place now = new Place(entry, number.get(i), before, before == null ? times[entry] : before.start);
                Place known = reached[i];
                if (known == null || now.start >= known.start) {
                    reached[i] = now;
                }
                if (i == happens.size() - 1) {
                    done = now;
                }
            }
            return done;
        }

        private static boolean meet(Set<String> rules, List<String> members) {
            for (int i = 0; i < members.size(); i++) {
                if (rules.contains(members.get(i))) {
                    return true;
                }
            }
            return false;
        }

        private int[] served(Place last) {
            List<Integer> served = new ArrayList<>();
            for (Place place = last; place != null; place = place.before) {
                served.add(place.entry);
                served.add(place.step);
            }
            return served.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /**
     * The episode that has been settled in part, if there is one, and those after it, from the firing instants in [from,
     * to). What contributes is the union of the windows that end at them.
     */
    List<Episode> episodes(long from, long to, boolean evidence) {
        return episodes(from, to, evidence, null);
    }

    /** @param told takes, of each cell, the first and the last firing instant, by time */
    List<Episode> episodes(long from, long to, boolean evidence, @Nullable List<Told> told) {
        List<Episode> episodes = new ArrayList<>();
        Episode episode = state.open == null ? null : state.open.copy(evidence);
        int next = 0;
        Firing firing = firing(from, to);
        int[] steps = evidence && firing.served != null ? new int[size] : null;
        for (int f = 0; f < firing.n; f++) {
            long instant = firing.instants[f];
            if (episode != null && instant - episode.last > rule.gap()) {
                episodes.add(episode);
                episode = null;
            }
            long since = rule.since(instant);
            if (episode != null) {
                since = Math.max(since, episode.last + 1);
            }
            while (next < size && times[next] < since) {
                next++;
            }
            if (episode == null) {
                episode = new Episode(next < size ? Math.min(times[next], instant) : instant, instant);
            }
            int[] served = steps == null || firing.served == null ? NONE : firing.served.get(f);
            mark(steps, served, true);
            for (; next < size && times[next] <= instant; next++) {
                contribute(episode, next, evidence, steps == null ? 0 : steps[next]);
            }
            mark(steps, served, false);
            episode.last = instant;
            episode.degraded |= state.degraded || forgot(instant);
            if (told != null) {
                tell(told, episode, instant);
            }
            if (firing.counts != null) {
                episode.peak = Math.max(episode.peak, firing.counts[f]);
            }
        }
        if (episode != null) {
            episodes.add(episode);
        }
        return episodes;
    }

    private void tell(List<Told> told, Episode episode, long instant) {
        Told now = new Told(instant, rule.slot(episode.start), instant == episode.first, episode.degraded);
        int n = told.size();
        long cell = Math.floorDiv(instant, rule.bounds().cell());
        boolean third =
                n > 1 && Math.floorDiv(told.get(n - 2).time(), rule.bounds().cell()) == cell;
        if (third) {
            told.set(n - 1, now);
        } else {
            told.add(now);
        }
    }

    /** What is new may be known, but there was no room for it. */
    private boolean forgot(long instant) {
        return state.memory.lost != Memory.NEVER
                && rule.trigger() instanceof Trigger.Novel novel
                && instant - state.memory.lost <= novel.memory();
    }

    /** A hit shows the step that it served when it first contributed. */
    private static void mark(int @Nullable [] steps, int[] served, boolean on) {
        for (int i = 0; steps != null && i < served.length; i += 2) {
            steps[served[i]] = on ? served[i + 1] : 0;
        }
    }

    private void contribute(Episode episode, int entry, boolean evidence, int step) {
        Kept hit = hits[entry];
        if (hit == null && rule.trigger() instanceof Trigger.Novel) {
            return; // dropped for being known: nothing new was among them
        }
        episode.count += counts[entry];
        episode.hits += hit == null ? dropped(entry).hits : 1;
        episode.degraded |= hit != null && hit.degraded();
        episode.degraded |= cells[entry].degraded || !cells[entry].dropped.isEmpty() && !rule.exactWhenReduced();
        if (hit != null && evidence) {
            episode.list(hit.serving(step), rule.bounds().evidence());
            for (String name : rule.trigger().distinct()) {
                episode.list(name, hit, Correlation.VALUES);
            }
        }
    }
}
