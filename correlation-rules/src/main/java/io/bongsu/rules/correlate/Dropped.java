package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.TreeMap;

/** What is left of the hits that a cell does not keep: their number, what they stand for, and the sums of their values. */
final class Dropped {
    long hits;
    long count;
    final TreeMap<String, Total> totals = new TreeMap<>();

    record Total(BigDecimal sum, long numbers) {
        Total plus(Total other) {
            return new Total(sum.add(other.sum), numbers + other.numbers);
        }
    }

    void add(Kept hit, Trigger trigger) {
        hits++;
        count += hit.count();
        for (String name : trigger.summed()) {
            for (BigDecimal number : Numbers.of(hit, name)) {
                Total total = new Total(number.multiply(BigDecimal.valueOf(hit.count())), hit.count());
                totals.merge(name, total, Total::plus);
            }
        }
    }

    /** One of them is taken back; which one is not known any more. */
    void takeBack(Kept hit) {
        hits--;
        count = hits == 0 ? 0 : Math.max(hits, count - hit.count());
    }
}
