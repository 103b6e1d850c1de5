package io.bongsu.ingest.generation;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The generations that were published. Thread-safe. */
public interface Generations {
    /** Waits for it where it is on its way; null when no such generation was published by now. */
    @Nullable
    Generation get(long number);

    /** Whether this is the hash of that generation's manifest. */
    boolean is(long number, String manifest);

    /** Numbers of those that were published by a time of Kafka's clock, in order; the first one always. */
    List<Long> publishedBy(long appended);

    /** One for ever, whatever the log says: the markers of others change nothing. */
    static Generations fixed(RuleSet rules, ParserSet parsers) {
        Generation only = new Generation(1, Long.MIN_VALUE, () -> rules, () -> parsers);
        return new Generations() {
            @Override
            public @Nullable Generation get(long number) {
                return number == 1 ? only : null;
            }

            @Override
            public boolean is(long number, String manifest) {
                return true;
            }

            @Override
            public List<Long> publishedBy(long appended) {
                return List.of(1L);
            }
        };
    }

    /** Each place of the log parsed as others were, and all of it judged by one set of rules. */
    static Generations judging(RuleSet rules, Generations others) {
        return new Generations() {
            @Override
            public @Nullable Generation get(long number) {
                Generation other = others.get(number);
                return other == null ? null : new Generation(number, other.effectiveAt(), () -> rules, other::parsers);
            }

            @Override
            public boolean is(long number, String manifest) {
                return others.is(number, manifest);
            }

            @Override
            public List<Long> publishedBy(long appended) {
                return others.publishedBy(appended);
            }
        };
    }
}
