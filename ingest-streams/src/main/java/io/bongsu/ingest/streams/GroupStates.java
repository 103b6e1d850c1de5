package io.bongsu.ingest.streams;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.GroupState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The states of groups, in the store as {@code state|key} (the timer that it waits for, then the state), and their timers,
 * {@code timer|due|key}: a state has at most one. Timers of the first level are due by its clock; above, by the horizon of the
 * correlation, since there are several clocks.
 */
final class GroupStates {
    private static final String STATE = "state|";
    private static final String TIMER = "timer|";
    private static final int DIGITS = 19;

    private final KeyValueStore<String, byte[]> store;

    GroupStates(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** A state as it is written. */
    record Stored(byte[] bytes) {
        long due() {
            return ByteBuffer.wrap(bytes).getLong();
        }

        GroupState state() {
            return GroupState.fromBytes(Arrays.copyOfRange(bytes, Long.BYTES, bytes.length));
        }

        int length() {
            return bytes.length;
        }
    }

    @Nullable
    Stored get(String key) {
        byte[] bytes = store.get(STATE + key);
        return bytes == null ? null : new Stored(bytes);
    }

    /** @return what is stored now, or null: nothing, since nothing is left of it */
    @Nullable
    Stored put(String key, Correlation correlation, GroupState state, @Nullable Stored before) {
        long was = before == null ? Long.MAX_VALUE : before.due();
        long due = due(correlation, state);
        if (was != due) {
            if (was != Long.MAX_VALUE) {
                store.delete(timer(correlation.level(), was, key));
            }
            if (due != Long.MAX_VALUE) {
                store.put(timer(correlation.level(), due, key), new byte[0]);
            }
        }
        if (state.isEmpty()) {
            store.delete(STATE + key);
            return null;
        }
        byte[] bytes = state.toBytes();
        Stored saved = new Stored(ByteBuffer.allocate(Long.BYTES + bytes.length)
                .putLong(due)
                .put(bytes)
                .array());
        store.put(STATE + key, saved.bytes());
        return saved;
    }

    void delete(String key) {
        store.delete(STATE + key);
    }

    /** When it has to be looked at; {@code Long.MAX_VALUE}: never. */
    static long due(Correlation correlation, GroupState state) {
        long horizon = state.isEmpty() ? Long.MAX_VALUE : correlation.due(state);
        return horizon == Long.MAX_VALUE || correlation.level() > 0 ? horizon : horizon + correlation.lateness();
    }

    /** Timers of a level whose time has come. */
    List<String> timers(int level, long clock) {
        List<String> timers = new ArrayList<>();
        if (clock != LevelClocks.UNKNOWN) {
            String prefix = prefix(level);
            try (KeyValueIterator<String, byte[]> range = store.range(prefix, prefix + digits(clock) + '~')) {
                range.forEachRemaining(entry -> timers.add(entry.key));
            }
        }
        return timers;
    }

    /** The group that a timer is of. */
    static String key(int level, String timer) {
        return timer.substring(prefix(level).length() + DIGITS + 1);
    }

    void deleteTimer(String timer) {
        store.delete(timer);
    }

    /** Another rule that came or went has brought the correlation to another level. */
    void moveTimer(String timer, int level, String key, Stored stored) {
        store.delete(timer);
        store.put(timer(level, stored.due(), key), new byte[0]);
    }

    private static String timer(int level, long due, String key) {
        return prefix(level) + digits(due) + '|' + key;
    }

    private static String prefix(int level) {
        return level == 0 ? TIMER : "above|" + TIMER + level + '|';
    }

    /** Sorts as text the way the numbers do. Times before 1970 are no timers. */
    static String digits(long time) {
        String text = Long.toString(Math.max(0, time));
        return "0".repeat(DIGITS - text.length()) + text;
    }
}
