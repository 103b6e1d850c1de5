package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one group of one correlation: the hits that can still matter, the alert that has been settled in
 * part, and what was said. {@link Correlation} changes it in place; it is not safe for use by several threads. The bytes
 * carry the version of their format; a later version reads an earlier one.
 */
public final class GroupState {
    final List<String> group;
    /** Aligned to a cell: instants before it are final. */
    long settled;
    /** By index. */
    final List<Cell> cells = new ArrayList<>();
    /** The settled part of the episode that may still grow. */
    @Nullable
    Episode open;
    /** By slot. */
    final List<Published> published = new ArrayList<>();

    /** What those built on this have been told of instants that are not settled; by time. */
    final List<Told> told = new ArrayList<>();

    /** Of types that compare with what was before. */
    final Memory memory = new Memory();
    /** Hits of this group may have been turned away before it was opened. */
    boolean degraded;

    private final List<Fact> facts = new ArrayList<>();
    private long ignored;
    private long crossed;

    GroupState(List<String> group, long settled) {
        this.group = List.copyOf(group);
        this.settled = settled;
    }

    public static GroupState fromBytes(byte[] bytes) {
        return StateCodec.read(bytes);
    }

    public byte[] toBytes() {
        return StateCodec.write(this);
    }

    public List<String> group() {
        return group;
    }

    /** Nothing in it can matter any more: it need not be stored. */
    public boolean isEmpty() {
        return cells.isEmpty() && open == null && published.isEmpty() && told.isEmpty() && memory.isEmpty();
    }

    /** What is to be told to those built on this, since this was asked last; in order. Not stored. */
    public List<Fact> takeFacts() {
        List<Fact> taken = List.copyOf(facts);
        facts.clear();
        return taken;
    }

    /** What it says from now on may be wrong: hits of this group were turned away before it was opened. */
    public void degrade() {
        degraded = true;
    }

    void tell(Fact fact) {
        facts.add(fact);
    }

    /**
     * Hits that came for a time that was settled already, since this object was made: zero as long as the horizon keeps
     * what it promises.
     */
    public long ignored() {
        return ignored;
    }

    /** Cells that came to hold more than can be kept exactly, since this was asked last. Not stored. */
    public long takeCrossed() {
        long taken = crossed;
        crossed = 0;
        return taken;
    }

    void cross() {
        crossed++;
    }

    void ignore() {
        ignored++;
    }

    int kept() {
        int kept = 0;
        for (Cell cell : cells) {
            kept += cell.hits.size();
        }
        return kept;
    }

    /** The cell of this index, or null; made when {@code make}. */
    @Nullable
    Cell cell(long index, boolean make) {
        int at = cells.size();
        while (at > 0 && cells.get(at - 1).index > index) {
            at--;
        }
        if (at > 0 && cells.get(at - 1).index == index) {
            return cells.get(at - 1);
        }
        if (!make) {
            return null;
        }
        Cell cell = new Cell(index);
        cells.add(at, cell);
        return cell;
    }

    @Nullable
    Published published(long slot) {
        for (Published said : published) {
            if (said.slot() == slot) {
                return said;
            }
        }
        return null;
    }

    void say(Published now) {
        int at = 0;
        while (at < published.size() && published.get(at).slot() < now.slot()) {
            at++;
        }
        if (at < published.size() && published.get(at).slot() == now.slot()) {
            published.set(at, now);
        } else {
            published.add(at, now);
        }
    }
}
