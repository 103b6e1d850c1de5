package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A measure over a window that slides: entries are added at its end and taken away at its beginning. */
abstract class Gauge {
    /** A hundred percent in millionths of one. */
    private static final long WHOLE = 100_000_000;

    abstract void change(int entry, int direction);

    /** The sign of what is measured less the number. */
    abstract int compare(BigDecimal number);

    /** Whether there is anything to measure. */
    boolean ready() {
        return true;
    }

    /** Of counts only. */
    long count() {
        throw new IllegalStateException("not a count");
    }

    static Gauge of(Measure measure, Sweep sweep) {
        return switch (measure) {
            case Measure.Events events -> new Weight(sweep, events.rules());
            case Measure.Alerts alerts ->
                new Different(sweep) {
                    @Override
                    List<String> keys(Kept hit) {
                        return List.of(hit.event());
                    }
                };
            case Measure.Distinct distinct ->
                new Different(sweep) {
                    @Override
                    List<String> keys(Kept hit) {
                        return Values.unpack(hit.values().get(distinct.name()));
                    }
                };
            case Measure.Rules rules ->
                new Different(sweep) {
                    @Override
                    List<String> keys(Kept hit) {
                        return hit.members();
                    }
                };
            case Measure.Sum sum -> new Sum(sweep, sum.name(), false);
            case Measure.Average average -> new Sum(sweep, average.name(), true);
            case Measure.Percentile percentile -> new Percentile(sweep, percentile);
            case Measure.Share share -> new Share(sweep, share);
        };
    }

    private static final class Weight extends Gauge {
        private final Sweep sweep;
        private final java.util.Set<String> rules;
        private long weight;

        Weight(Sweep sweep, java.util.Set<String> rules) {
            this.sweep = sweep;
            this.rules = rules;
        }

        @Override
        void change(int entry, int direction) {
            if (rules.isEmpty() || sweep.members(entry).stream().anyMatch(rules::contains)) {
                weight += direction * sweep.counts[entry];
            }
        }

        @Override
        int compare(BigDecimal number) {
            return BigDecimal.valueOf(weight).compareTo(number);
        }

        @Override
        long count() {
            return weight;
        }
    }

    private abstract static class Different extends Gauge {
        private final Sweep sweep;
        private final Map<String, Integer> there = new HashMap<>();

        Different(Sweep sweep) {
            this.sweep = sweep;
        }

        abstract List<String> keys(Kept hit);

        @Override
        void change(int entry, int direction) {
            Kept hit = sweep.hits[entry];
            if (hit != null) {
                for (String key : keys(hit)) {
                    there.merge(key, direction, (a, b) -> a + b == 0 ? null : a + b);
                }
            }
        }

        @Override
        int compare(BigDecimal number) {
            return BigDecimal.valueOf(there.size()).compareTo(number);
        }

        @Override
        long count() {
            return there.size();
        }
    }

    private static final class Sum extends Gauge {
        private final Sweep sweep;
        private final String name;
        private final boolean average;
        private BigDecimal sum = BigDecimal.ZERO;
        private long numbers;

        Sum(Sweep sweep, String name, boolean average) {
            this.sweep = sweep;
            this.name = name;
            this.average = average;
        }

        @Override
        void change(int entry, int direction) {
            Kept hit = sweep.hits[entry];
            if (hit == null) {
                Dropped.Total total = sweep.dropped(entry).totals.get(name);
                if (total != null) {
                    sum = direction > 0 ? sum.add(total.sum()) : sum.subtract(total.sum());
                    numbers += direction * total.numbers();
                }
                return;
            }
            for (BigDecimal number : Numbers.of(hit, name)) {
                sum = sum.add(number.multiply(BigDecimal.valueOf(direction * (long) hit.count())));
                numbers += direction * (long) hit.count();
            }
        }

        @Override
        boolean ready() {
            return numbers > 0;
        }

        @Override
        int compare(BigDecimal number) {
            return sum.compareTo(average ? number.multiply(BigDecimal.valueOf(numbers)) : number);
        }
    }

    /** Over a Fenwick tree of how often each number is there. */
    private static final class Percentile extends Gauge {
        private final Sweep sweep;
        private final Measure.Percentile measure;
        private final long millionths;
        /** Of each entry. */
        private final List<List<BigDecimal>> numbers;

        private final BigDecimal[] sorted;
        private final long[] tree;
        private long total;

        Percentile(Sweep sweep, Measure.Percentile measure) {
            this.sweep = sweep;
            this.measure = measure;
            this.millionths = measure.percent().movePointRight(6).longValueExact();
            this.numbers = new ArrayList<>(sweep.size);
            List<BigDecimal> all = new ArrayList<>(sweep.size);
            for (int i = 0; i < sweep.size; i++) {
                Kept hit = sweep.hits[i];
                numbers.add(hit == null ? List.of() : Numbers.of(hit, measure.name()));
                all.addAll(numbers.getLast());
            }
            this.sorted = all.toArray(BigDecimal[]::new);
            Arrays.sort(sorted);
            this.tree = new long[sorted.length + 1];
        }

        @Override
        void change(int entry, int direction) {
            Kept hit = sweep.hits[entry];
            if (hit != null) {
                for (BigDecimal number : numbers.get(entry)) {
                    long weight = direction * (long) hit.count();
                    total += weight;
                    for (int i = first(number) + 1; i < tree.length; i += i & -i) {
                        tree[i] += weight;
                    }
                }
            }
        }

        /** The first place of all equal numbers, since a search may end at any of them. */
        private int first(BigDecimal number) {
            int low = 0;
            int high = sorted.length - 1;
            while (low < high) {
                int middle = low + high >>> 1;
                if (sorted[middle].compareTo(number) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        /** The number in this place, from 0, of those that are there. */
        private BigDecimal at(long place) {
            int at = 0;
            long rest = place;
            for (int step = Integer.highestOneBit(tree.length); step > 0; step >>= 1) {
                if (at + step < tree.length && tree[at + step] <= rest) {
                    at += step;
                    rest -= tree[at];
                }
            }
            return sorted[at];
        }

        @Override
        boolean ready() {
            return total > 0;
        }

        @Override
        int compare(BigDecimal number) {
            long place = Math.multiplyExact(millionths, total - 1);
            long below = place / WHOLE;
            long beyond = place % WHOLE;
            BigDecimal low = at(below);
            if (beyond == 0) {
                return low.compareTo(number);
            }
            // In millionths of a percent, so that nothing has to be divided.
            BigDecimal high = at(below + 1);
            return low.multiply(BigDecimal.valueOf(WHOLE - beyond))
                    .add(high.multiply(BigDecimal.valueOf(beyond)))
                    .compareTo(number.multiply(BigDecimal.valueOf(WHOLE)));
        }
    }

    private static final class Share extends Gauge {
        private final Weight some;
        private final Weight all;

        Share(Sweep sweep, Measure.Share share) {
            this.some = new Weight(sweep, share.rules());
            this.all = new Weight(sweep, java.util.Set.of());
        }

        @Override
        void change(int entry, int direction) {
            some.change(entry, direction);
            all.change(entry, direction);
        }

        /** Of alerts that only fire again there is no share. */
        @Override
        boolean ready() {
            return all.weight > 0;
        }

        @Override
        int compare(BigDecimal number) {
            return BigDecimal.valueOf(some.weight).compareTo(number.multiply(BigDecimal.valueOf(all.weight)));
        }
    }

    /** How often each rule is there. */
    static final class Rules {
        private final Sweep sweep;
        private final Map<String, long[]> there = new HashMap<>();

        Rules(Sweep sweep) {
            this.sweep = sweep;
        }

        void change(int entry, int direction) {
            for (String member : sweep.members(entry)) {
                there.computeIfAbsent(member, m -> new long[1])[0] += direction;
            }
        }

        boolean has(String rule) {
            long @Nullable [] n = there.get(rule);
            return n != null && n[0] > 0;
        }
    }
}
