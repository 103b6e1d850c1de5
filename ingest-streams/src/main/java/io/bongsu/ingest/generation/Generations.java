package io.bongsu.ingest.generation;

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
    static Generations fixed(RuleSet rules) {
        return fixed(1, rules);
    }

    /** The same under another number. */
    static Generations fixed(long its, RuleSet rules) {
        Generation only = new Generation(its, Long.MIN_VALUE, () -> rules);
        return new Generations() {
            @Override
            public @Nullable Generation get(long number) {
                return number == its ? only : null;
            }

            @Override
            public boolean is(long number, String manifest) {
                return true;
            }

            @Override
            public List<Long> publishedBy(long appended) {
                return List.of(its);
            }
        };
    }
}
