package io.bongsu.shipper.frame;

import java.util.Arrays;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Divides one connection's bytes into the events of Lumberjack version 2, as Beats send them: {@code 2W} announces how
 * many events follow, {@code 2J} is one, {@code 2C} is a run of them packed with zlib. Packed bytes are unpacked as they
 * come and never kept, so memory is at most the limit of an event, and large ones take turns ({@link LargeFrames}). An event over the limit is cut there and drained to its
 * own end. What is not in the protocol is a {@link Violation}, once: version 1, an event without a window, a length that
 * lies, packed data inside packed data or without end; and no room for a large event just now. One thread at a time; {@link #close} frees the unpacker.
 */
public final class BeatsFramer implements AutoCloseable {
    private static final int SMALL = 4096;
    private static final byte[] EMPTY = {};

    /** Where events go. */
    public interface Events {
        /**
         * One event, never empty. The bytes belong to the framer again as soon as the call returns.
         *
         * @param sequence to be acknowledged, with all before it
         * @param last whether its window ends with it
         * @param cut bytes that are missing at the end because the event exceeded the limit
         */
        void event(long sequence, boolean last, byte[] data, int offset, int length, int cut);

        /** A new window began before the one before it was full: its events so far are all that it has. */
        void windowEnded();
    }

    private enum State {
        VERSION(1),
        TYPE(1),
        WINDOW(4),
        EVENT(8),
        EVENT_DATA(0),
        PACKED(4);

        final int bytes;

        State(int bytes) {
            this.bytes = bytes;
        }
    }

    private final int limit;
    private final int longest;
    private final long most;
    private final LargeFrames large;
    private final byte[] unpacked = new byte[8 * 1024];

    private State state = State.VERSION;
    private long value;
    private int valueBytes;
    private long window;
    private long seen;
    private long sequence;
    private long dataLength;
    private long remaining;
    private byte[] held = EMPTY;
    private int size;
    private long packedRemaining;
    /** Only while a packed run is read: it takes 40 KiB outside the heap. */
    private @Nullable Inflater inflater;

    private long unpackedBytes;

    /**
     * @param limit bytes of an event that are kept
     * @param longest an event or a packed run that announces more bytes is a lie
     * @param most what a packed run may unpack to
     */
    public BeatsFramer(int limit, int longest, long most, LargeFrames large) {
        this.limit = limit;
        this.longest = longest;
        this.most = most;
        this.large = large;
    }

    /** Whether a frame was begun and not ended, or a window is not full. */
    public boolean inside() {
        return state != State.VERSION || packedRemaining > 0 || seen < window;
    }

    /** The next bytes of the connection. After a violation there must be no more. */
    public void feed(byte[] data, int offset, int length, Events events) throws Violation {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            at = packedRemaining > 0 ? packed(data, at, end, events) : plain(data, at, end, false, events);
        }
    }

    /** To the end, or to the beginning of a packed run. */
    private int plain(byte[] data, int from, int end, boolean inner, Events events) throws Violation {
        int at = from;
        while (at < end && (inner || packedRemaining == 0)) {
            if (state == State.EVENT_DATA) {
                at = eventData(data, at, end, events);
            } else {
                value = value << 8 | data[at++] & 0xFF;
                if (++valueBytes == state.bytes) {
                    long read = value;
                    value = 0;
                    valueBytes = 0;
                    header(read, inner, events);
                }
            }
        }
        return at;
    }

    private void header(long read, boolean inner, Events events) throws Violation {
        switch (state) {
            case VERSION -> {
                if (read == '1') {
                    throw new Violation(
                            "version", "version 1 of the protocol is not spoken here; Beats send version 2");
                }
                expect(read == '2', "malformed", "expected a frame of version 2");
                state = State.TYPE;
            }
            case TYPE ->
                state = switch ((int) read) {
                    case 'W' -> State.WINDOW;
                    case 'J' -> State.EVENT;
                    case 'C' -> State.PACKED;
                    default -> throw new Violation("malformed", "expected a frame of type W, J or C");
                };
            case WINDOW -> {
                if (seen > 0 && seen < window) {
                    events.windowEnded();
                }
                window = read;
                seen = 0;
                state = State.VERSION;
            }
            case EVENT -> {
                sequence = read >>> 32;
                dataLength = read & 0xFFFF_FFFFL;
                expect(seen < window, "malformed", "an event beyond its window");
                expect(dataLength <= longest, "oversized", "an event announces more than " + longest + " bytes");
                expect(dataLength > 0, "malformed", "an event without data");
                remaining = dataLength;
                state = State.EVENT_DATA;
            }
            case PACKED -> {
                expect(!inner, "malformed", "packed data inside packed data");
                expect(
                        read > 0 && read <= longest,
                        "oversized",
                        "a packed run of 0 or of more than " + longest + " bytes");
                packedRemaining = read;
                unpackedBytes = 0;
                inflater = new Inflater();
                state = State.VERSION;
            }
            case EVENT_DATA -> throw new IllegalStateException("data is no header");
        }
    }

    private int packed(byte[] data, int from, int end, Events events) throws Violation {
        int take = (int) Math.min(packedRemaining, end - from);
        packedRemaining -= take;
        Inflater unpacker = Objects.requireNonNull(inflater, "there is one inside a packed run");
        if (!unpacker.finished()) { // what stands behind the end of the packed data is nothing
            unpacker.setInput(data, from, take);
            unpack(unpacker, events);
        }
        if (packedRemaining == 0) {
            expect(unpacker.finished() && state == State.VERSION, "corrupt", "packed data that ends inside a frame");
            endRun();
        }
        return from + take;
    }

    private void unpack(Inflater unpacker, Events events) throws Violation {
        try {
            for (int n = unpacker.inflate(unpacked); n > 0; n = unpacker.inflate(unpacked)) {
                unpackedBytes += n;
                expect(unpackedBytes <= most, "oversized", "packed data that unpacks to more than " + most + " bytes");
                plain(unpacked, 0, n, true, events);
            }
        } catch (DataFormatException e) {
            throw new Violation("corrupt", "packed data that cannot be unpacked");
        }
        expect(!unpacker.needsDictionary(), "corrupt", "packed data that needs a dictionary");
    }

    private int eventData(byte[] data, int from, int end, Events events) throws Violation {
        if (size == 0 && remaining == dataLength && remaining <= end - from && remaining <= limit) {
            int length = (int) remaining; // all of it is here: no copy
            event(data, from, length, events);
            return from + length;
        }
        int take = (int) Math.min(remaining, end - from);
        int keep = Math.min(take, limit - size);
        if (size + keep > held.length) {
            grow(size + keep);
        }
        System.arraycopy(data, from, held, size, keep);
        size += keep;
        remaining -= take;
        if (remaining == 0) {
            event(held, 0, size, events);
        }
        return from + take;
    }

    private void event(byte[] data, int from, int length, Events events) {
        seen++;
        state = State.VERSION;
        size = 0;
        if (held.length > SMALL) {
            letGo();
        }
        events.event(sequence, seen == window, data, from, length, (int) (dataLength - length));
    }

    private static void expect(boolean fine, String reason, String otherwise) throws Violation {
        if (!fine) {
            throw new Violation(reason, otherwise);
        }
    }

    private void grow(int needed) throws Violation {
        int length = (int) Math.min(Math.min(limit, dataLength), Math.max(256, 2L * needed));
        expect(large.resize(held.length, length), "crowded", "no memory for another large event now");
        held = Arrays.copyOf(held, length);
    }

    private void letGo() {
        large.resize(held.length, 0);
        held = EMPTY;
    }

    /** Frees memory; what was begun is forgotten. */
    @Override
    public void close() {
        letGo();
        endRun();
    }

    private void endRun() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }
}
