package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over what a group keeps, in canonical order: from hits to firing instants, from those to episodes. */
final class Sweep {
    private final Correlation rule;
    private final GroupState state;
    private final int size;
    private final long[] times;
    private final long[] counts;
    /** Null where a cell has dropped hits: one entry stands for all of them. */
    private final @Nullable Kept[] hits;

    private final Cell[] cells;

    Sweep(Correlation rule, GroupState state) {
        this.rule = rule;
        this.state = state;
        int most = 0;
        for (Cell cell : state.cells) {
            most += cell.hits.size() + 1;
        }
        times = new long[most];
        counts = new long[most];
        hits = new @Nullable Kept[most];
        cells = new Cell[most];
        int n = 0;
        for (Cell cell : state.cells) {
            for (int i = 0; i <= cell.hits.size(); i++) {
                if (cell.dropped > 0 && i == cell.early) {
                    cells[n] = cell;
                    times[n] = cell.droppedTime(rule.bounds().cell());
                    counts[n++] = cell.droppedCount;
                }
                if (i < cell.hits.size()) {
                    Kept hit = cell.hits.get(i);
                    cells[n] = cell;
                    times[n] = hit.time();
                    counts[n] = hit.count();
                    hits[n++] = hit;
                }
            }
        }
        size = n;
    }

    /** The firing instants in [from, to), ascending. This is all that a type of correlation has of its own. */
    private long[] firing(long from, long to) {
        return switch (rule.trigger()) {
            case Trigger.EventCount(long atLeast) -> counted(atLeast, from, to);
        };
    }

    /**
     * Hits at one instant count together. Where a window cuts through a cell with dropped hits, all of those kept at that
     * end lie in it, and they suffice: it cannot matter that the dropped ones are taken as one.
     */
    private long[] counted(long atLeast, long from, long to) {
        long[] firing = new long[size];
        int n = 0;
        int oldest = 0;
        long sum = 0;
        for (int i = 0; i < size && times[i] < to; i++) {
            long time = times[i];
            sum += counts[i];
            if (time < from || i + 1 < size && times[i + 1] == time) {
                continue;
            }
            while (times[oldest] < time - rule.timespan()) {
                sum -= counts[oldest++];
            }
            if (sum >= atLeast) {
                firing[n++] = time;
            }
        }
        return Arrays.copyOf(firing, n);
    }

    /**
     * The episode that has been settled in part, if there is one, and those after it, from the firing instants in [from,
     * to). What contributes is the union of the windows that end at them.
     */
    List<Episode> episodes(long from, long to, boolean evidence) {
        List<Episode> episodes = new ArrayList<>();
        Episode episode = state.open == null ? null : state.open.copy(evidence);
        int next = 0;
        for (long instant : firing(from, to)) {
            if (episode != null && instant - episode.last > rule.gap()) {
                episodes.add(episode);
                episode = null;
            }
            long since = instant - rule.timespan();
            if (episode != null) {
                since = Math.max(since, episode.last + 1);
            }
            while (next < size && times[next] < since) {
                next++;
            }
            if (episode == null) {
                episode = new Episode(next < size ? Math.min(times[next], instant) : instant, instant);
            }
            for (; next < size && times[next] <= instant; next++) {
                contribute(episode, next, evidence);
            }
            episode.last = instant;
        }
        if (episode != null) {
            episodes.add(episode);
        }
        return episodes;
    }

    private void contribute(Episode episode, int entry, boolean evidence) {
        Kept hit = hits[entry];
        episode.count += counts[entry];
        episode.hits += hit == null ? cells[entry].dropped : 1;
        episode.degraded |= cells[entry].degraded;
        if (hit != null && evidence) {
            episode.list(hit, rule.bounds().evidence());
        }
    }
}
