package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.ToIntFunction;

/** What a measured number must be: all of the comparisons hold (two of them are a range). */
public record Bound(List<Comparison> comparisons) {
    /** How a number compares. */
    public enum Operator {
        GT,
        GTE,
        LT,
        LTE,
        EQ,
        NEQ;

        boolean holds(int sign) {
            return switch (this) {
                case GT -> sign > 0;
                case GTE -> sign >= 0;
                case LT -> sign < 0;
                case LTE -> sign <= 0;
                case EQ -> sign == 0;
                case NEQ -> sign != 0;
            };
        }
    }

    /** One operator and its number. */
    public record Comparison(Operator operator, BigDecimal number) {
        public Comparison {
            number = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        }

        @Override
        public String toString() {
            return operator + " " + number.toPlainString();
        }
    }

    public Bound {
        comparisons = comparisons.stream()
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .distinct()
                .toList();
        if (comparisons.isEmpty()) {
            throw new IllegalArgumentException("a bound without a comparison");
        }
    }

    public static Bound atLeast(long number) {
        return new Bound(List.of(new Comparison(Operator.GTE, BigDecimal.valueOf(number))));
    }

    /** @param sign of the measured number less the one it is given; nothing has to be divided */
    boolean holds(ToIntFunction<BigDecimal> sign) {
        for (Comparison c : comparisons) {
            if (!c.operator.holds(sign.applyAsInt(c.number))) {
                return false;
            }
        }
        return true;
    }

    boolean holds(long count) {
        BigDecimal number = BigDecimal.valueOf(count);
        return holds(number::compareTo);
    }

    /** Once a growing count holds, it holds for ever. */
    public boolean onlyFromBelow() {
        return comparisons.stream().allMatch(c -> c.operator == Operator.GT || c.operator == Operator.GTE);
    }

    /** The least count of at least 1 that holds, or -1 when none does: between two numbers that are named, all are alike. */
    public long least() {
        long least = holds(1) ? 1 : Long.MAX_VALUE;
        for (Comparison c : comparisons) {
            long near = floor(c.number);
            for (long count = Math.max(1, near - 1); count <= near + 2 && count < least; count++) {
                if (holds(count)) {
                    least = count;
                }
            }
        }
        return least == Long.MAX_VALUE ? -1 : least;
    }

    /** From this count on, all counts are alike. */
    long enough() {
        return comparisons.stream()
                .mapToLong(c -> Math.max(0, floor(c.number)) + 1)
                .max()
                .orElse(1);
    }

    private static long floor(BigDecimal number) {
        BigDecimal most = BigDecimal.valueOf(Long.MAX_VALUE / 4);
        return number.min(most)
                .max(most.negate())
                .setScale(0, java.math.RoundingMode.FLOOR)
                .longValueExact();
    }

    @Override
    public String toString() {
        return comparisons.toString();
    }
}
