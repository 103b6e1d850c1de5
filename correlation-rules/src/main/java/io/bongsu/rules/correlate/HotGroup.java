package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.List;

/**
 * A group with so much to keep that every look at it, and every writing of it, costs. Its hits wait, as they came, until
 * there are enough of them for one look: so a flood costs the same for each of its hits, however much is kept. When the look
 * is taken makes no difference to the alerts in the end. Whoever holds it stores what waits.
 */
public final class HotGroup {
    /** Of a state, from which on it is worth it. */
    private static final int BYTES = 8_192;

    private static final int LEAST = 64;

    private final GroupState state;
    private final List<CorrelationHit> waiting = new ArrayList<>();
    private long oldest = Long.MAX_VALUE;

    public HotGroup(GroupState state) {
        this.state = state;
    }

    /** Whether a group whose state takes so many bytes is one. */
    public static boolean is(int bytes) {
        return bytes >= BYTES;
    }

    public GroupState state() {
        return state;
    }

    /** @return whether there are enough now */
    public boolean wait(List<CorrelationHit> hits) {
        waiting.addAll(hits);
        for (CorrelationHit hit : hits) {
            oldest = Math.min(oldest, hit.time());
        }
        return waiting.size() >= Math.max(LEAST, state.kept() / 2);
    }

    /** The earliest of those that wait; {@code Long.MAX_VALUE}: none does. */
    public long oldest() {
        return oldest;
    }

    /** They wait no longer. */
    public List<CorrelationHit> take() {
        List<CorrelationHit> taken = List.copyOf(waiting);
        waiting.clear();
        oldest = Long.MAX_VALUE;
        return taken;
    }
}
