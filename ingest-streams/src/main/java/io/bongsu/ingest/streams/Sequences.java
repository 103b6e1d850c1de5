package io.bongsu.ingest.streams;

import io.bongsu.model.Micros;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one source: for its newest epochs, the next sequence number and the gaps before it. Lines come in order
 * but for one case: when Kafka refused a record, the shipper sends it again behind later ones. So a number inside a gap is
 * a line that was missing, and any other number below the next one is a repeat.
 *
 * <p>The lines of a file have places instead of numbers: each takes those from the end of the one before to its own. There a
 * gap is bytes, so it counts as one line, and what lies before the place where reading began is not missing.
 *
 * <p>It knows when the log brought the source last, so that one which will never come again can be forgotten.
 */
final class Sequences {
    /** Epochs kept; a line of an older one cannot be told from a repeat any more and is taken as new. */
    private static final int EPOCHS = 4;
    /** Gaps kept for each epoch; when there are more, the oldest is given up. */
    private static final int GAPS = 64;

    private static final byte UNDATED = 1;
    private static final byte VERSION = 2;

    /** Numbers from {@code from} to before {@code to} that did not come. */
    private record Gap(long from, long to) {}

    private static final class Epoch {
        final long number;
        long next;
        final List<Gap> gaps = new ArrayList<>();

        Epoch(long number) {
            this.number = number;
        }
    }

    /** Newest first. */
    private final List<Epoch> epochs = new ArrayList<>(EPOCHS);

    /** When its last record was appended; {@link Micros#UNKNOWN}: an earlier release did not say. */
    private long appended = Micros.UNKNOWN;

    private long missing;

    private Sequences() {}

    static Sequences load(byte @Nullable [] stored) {
        Sequences s = new Sequences();
        if (stored != null) {
            ByteBuffer in = ByteBuffer.wrap(stored);
            byte version = in.get();
            if (version != VERSION && version != UNDATED) {
                throw new IllegalStateException("sequences of version " + stored[0] + "; a newer release wrote them");
            }
            s.appended = version == UNDATED ? Micros.UNKNOWN : in.getLong();
            while (in.hasRemaining()) {
                Epoch epoch = new Epoch(in.getLong());
                epoch.next = in.getLong();
                for (int gaps = in.getInt(); gaps > 0; gaps--) {
                    epoch.gaps.add(new Gap(in.getLong(), in.getLong()));
                }
                s.epochs.add(epoch);
            }
        }
        return s;
    }

    /** What was before that number is not asked for. */
    static Sequences behind(long epoch, long next) {
        Sequences s = new Sequences();
        Epoch of = new Epoch(epoch);
        of.next = next;
        s.epochs.add(of);
        return s;
    }

    /** A record of the source was appended then. */
    void appended(long time) {
        appended = Math.max(appended, time);
    }

    long appended() {
        return appended;
    }

    byte[] save() {
        int size = 9 + epochs.stream().mapToInt(e -> 20 + 16 * e.gaps.size()).sum();
        ByteBuffer out = ByteBuffer.allocate(size).put(VERSION).putLong(appended);
        for (Epoch epoch : epochs) {
            out.putLong(epoch.number).putLong(epoch.next).putInt(epoch.gaps.size());
            epoch.gaps.forEach(gap -> out.putLong(gap.from).putLong(gap.to));
        }
        return out.array();
    }

    /** Whether the line is new; false: it was seen before. */
    boolean take(long number, long sequence) {
        Epoch epoch = epoch(number);
        if (epoch == null) {
            return true;
        }
        if (sequence < epoch.next) {
            boolean filled = fill(epoch, sequence, sequence);
            missing -= filled ? 1 : 0;
            return filled;
        }
        if (sequence > epoch.next) {
            missing += sequence - epoch.next;
            gap(epoch, epoch.next, sequence);
        }
        epoch.next = sequence + 1;
        return true;
    }

    /** The same for a line of a file, which takes the places from {@code from} to {@code last}. */
    boolean take(long number, long from, long last) {
        Epoch epoch = epoch(number);
        if (epoch == null) {
            return true;
        }
        if (last < epoch.next) {
            int before = epoch.gaps.size();
            boolean filled = fill(epoch, Math.min(from, last), last);
            missing += epoch.gaps.size() - before;
            return filled;
        }
        if (from > epoch.next) {
            missing += epoch.next > 0 ? 1 : 0;
            gap(epoch, epoch.next, from);
        }
        epoch.next = last + 1;
        return true;
    }

    /** Numbers found missing since {@link #load}, less those that came after all. */
    long missing() {
        return missing;
    }

    private @Nullable Epoch epoch(long number) {
        int i = 0;
        while (i < epochs.size() && epochs.get(i).number > number) {
            i++;
        }
        if (i < epochs.size() && epochs.get(i).number == number) {
            return epochs.get(i);
        }
        if (i == EPOCHS) {
            return null;
        }
        Epoch epoch = new Epoch(number);
        epochs.add(i, epoch);
        if (epochs.size() > EPOCHS) {
            epochs.removeLast();
        }
        return epoch;
    }

    private static void gap(Epoch epoch, long from, long to) {
        epoch.gaps.add(new Gap(from, to));
        if (epoch.gaps.size() > GAPS) {
            epoch.gaps.removeFirst();
        }
    }

    /** Whether {@code last} lies in a gap; then what of {@code from} to {@code last} does is no gap any more. */
    private static boolean fill(Epoch epoch, long from, long last) {
        for (int i = 0; i < epoch.gaps.size(); i++) {
            Gap gap = epoch.gaps.get(i);
            if (gap.from <= last && last < gap.to) {
                epoch.gaps.remove(i);
                if (last + 1 < gap.to) {
                    epoch.gaps.add(i, new Gap(last + 1, gap.to));
                }
                if (gap.from < from) {
                    epoch.gaps.add(i, new Gap(gap.from, from));
                }
                return true;
            }
        }
        return false;
    }
}
