package io.bongsu.shipper.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Divides one connection's bytes into frames (RFC 6587). The frames are a function of the bytes, never of how they were
 * split into reads. Whatever comes in, each byte ends up in a frame, in a {@code cut} count, or was a delimiter or an
 * octet count; memory is at most the limit and a few bytes.
 *
 * <p>Octet counting is recognised frame by frame, and only by the whole of {@code ^[1-9]\d{0,6} <\d{1,3}>} with a count
 * that has room for that priority: a line may well begin with digits. A count of more than seven digits is a lie, so
 * the line feed ends that frame. The count is bytes. One blank before a frame's priority is dropped (Cisco ASA sends it
 * behind its line feeds). A frame over the limit is cut there and drained to its own end: nothing inside it is taken
 * for a new frame. One thread at a time.
 */
public final class StreamFramer {
    /** Bytes that the head of a frame may need. */
    public static final int MIN_LIMIT = 32;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long LFS = 0x0A0A0A0A0A0A0A0AL;
    private static final int MAX_COUNT_DIGITS = 7;
    private static final int SMALL = 4096;
    private static final byte[] EMPTY = {};

    private enum State {
        /** Too few bytes yet to tell how this frame ends; they are held. */
        HEAD,
        /** Ends at a delimiter. */
        LINE,
        /** Ends after {@link #remaining} more bytes. */
        COUNTED
    }

    private final Framing framing;
    private final int limit;

    private State state = State.HEAD;
    private byte[] held = EMPTY;
    private int size;
    private int remaining;
    private long dropped;
    private long droppedDelimiters;

    // What look() found.
    private int count;
    private int skip;

    /** @param limit bytes of a frame that are kept; at least {@link #MIN_LIMIT} */
    public StreamFramer(Framing framing, int limit) {
        if (limit < MIN_LIMIT) {
            throw new IllegalArgumentException("a limit of " + limit + " bytes is too small for the head of a frame");
        }
        this.framing = framing;
        this.limit = limit;
    }

    /** The next bytes of the connection; every frame that ends in them goes to {@code frames} before this returns. */
    public void feed(byte[] data, int offset, int length, Frames frames) {
        int at = offset;
        int end = offset + length;
        while (at < end || state == State.COUNTED && remaining == 0) {
            at = switch (state) {
                case HEAD -> head(data, at, end);
                case LINE -> line(data, at, end, frames);
                case COUNTED -> counted(data, at, end, frames);
            };
        }
    }

    /** The connection has ended: a frame that was begun is a frame. */
    public void end(Frames frames) {
        emit(EMPTY, 0, 0, frames);
    }

    private int head(byte[] data, int from, int end) {
        if (size == 0) {
            State found = look(data, from, end);
            if (found == State.HEAD) {
                hold(data, from, end);
                return end;
            }
            begin(found);
            return from + skip;
        }
        int at = from;
        State found = State.HEAD;
        while (found == State.HEAD && at < end) {
            hold(data, at, ++at);
            found = look(held, 0, size);
        }
        if (found == State.HEAD) {
            return at;
        }
        if (found == State.LINE && isDelimiter(held[size - 1])) {
            at--;
            size--;
        }
        begin(found);
        size -= skip;
        System.arraycopy(held, skip, held, 0, size);
        remaining -= found == State.COUNTED ? size : 0;
        return at;
    }

    private void begin(State found) {
        state = found;
        remaining = count;
    }

    /** How the frame that begins at {@code from} ends; HEAD when that needs more bytes. Sets skip, and count. */
    private State look(byte[] a, int from, int end) {
        skip = 0;
        count = 0;
        if (framing != Framing.SYSLOG) {
            return State.LINE;
        }
        int at = a[from] == ' ' ? from + 1 : from;
        int digits = at;
        int number = 0;
        while (at < end && isDigit(a[at])) {
            if (at == digits && a[at] == '0' || at - digits == MAX_COUNT_DIGITS) {
                return State.LINE;
            }
            number = number * 10 + a[at++] - '0';
        }
        if (at > digits) {
            if (at == end) {
                return State.HEAD;
            }
            if (a[at++] != ' ') {
                return State.LINE;
            }
        }
        int body = at;
        if (body == from && a[from] != ' ') {
            return State.LINE;
        }
        int priority = priority(a, body, end);
        if (priority <= 0) {
            return priority == 0 ? State.HEAD : State.LINE;
        }
        if (body == digits) {
            skip = body - from;
            return State.LINE;
        }
        if (number < priority) {
            return State.LINE;
        }
        skip = body - from;
        count = number;
        return State.COUNTED;
    }

    /** The length of {@code <\d{1,3}>}, 0 when it may still come, -1 when it is not there. */
    private static int priority(byte[] a, int from, int end) {
        for (int i = 0; i < 5; i++) {
            if (from + i == end) {
                return 0;
            }
            byte b = a[from + i];
            if (i >= 2 && b == '>') {
                return i + 1;
            }
            if (i == 0 ? b != '<' : i == 4 || !isDigit(b)) {
                return -1;
            }
        }
        return -1;
    }

    private int line(byte[] data, int from, int end, Frames frames) {
        int delimiter = delimiter(data, from, end);
        if (delimiter == end) {
            hold(data, from, end);
            return end;
        }
        emit(data, from, delimiter, frames);
        return delimiter + 1;
    }

    private int counted(byte[] data, int from, int end, Frames frames) {
        int take = Math.min(remaining, end - from);
        if (take < remaining) {
            hold(data, from, end);
            remaining -= take;
            return end;
        }
        emit(data, from, from + take, frames);
        return from + take;
    }

    /** Ends the frame that consists of what is held and of {@code data[from, to)}. */
    private void emit(byte[] data, int from, int to, Frames frames) {
        if (size == 0 && to - from <= limit) {
            int length = trimmed(data, from, to) - from;
            if (length > 0) {
                frames.frame(data, from, length, 0);
            }
        } else {
            hold(data, from, to);
            boolean whole = dropped == droppedDelimiters;
            int length = whole ? trimmed(held, 0, size) : size;
            if (length > 0) {
                int cut = whole ? 0 : (int) Math.min(Integer.MAX_VALUE, dropped - droppedDelimiters);
                frames.frame(held, 0, length, cut);
            }
            if (held.length > SMALL) {
                held = EMPTY;
            }
        }
        state = State.HEAD;
        size = 0;
        dropped = 0;
        droppedDelimiters = 0;
    }

    /** Keeps the bytes of a frame that has not ended, up to the limit; beyond it they are counted. */
    private void hold(byte[] data, int from, int to) {
        int keep = Math.min(to - from, Math.max(limit - size, 0));
        if (size + keep > held.length) {
            held = Arrays.copyOf(
                    held, (int) Math.min(Math.max(limit, size + keep), Math.max(256L, 2L * (size + keep))));
        }
        System.arraycopy(data, from, held, size, keep);
        size += keep;
        int drop = to - from - keep;
        if (drop > 0) {
            int delimiters = to - trimmed(data, to - drop, to);
            droppedDelimiters = delimiters == drop ? droppedDelimiters + drop : delimiters;
            dropped += drop;
        }
    }

    /** The end of the frame without the delimiters that some senders count in, or send besides: LF, CR, NUL. */
    static int trimmed(byte[] data, int from, int to) {
        int end = to;
        while (end > from && (data[end - 1] == '\n' || data[end - 1] == '\r' || data[end - 1] == 0)) {
            end--;
        }
        return end;
    }

    private boolean isDelimiter(byte b) {
        return b == '\n' && framing != Framing.NULS || b == 0 && framing != Framing.LINES;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The first delimiter, or {@code end}. Eight bytes a step: the lowest set bit of "has a zero byte" is exact. */
    private int delimiter(byte[] data, int from, int end) {
        int at = from;
        for (; at + 8 <= end; at += 8) {
            long eight = (long) EIGHT.get(data, at);
            long found = 0;
            if (framing != Framing.NULS) {
                long lf = eight ^ LFS;
                found = lf - ONES & ~lf & HIGHS;
            }
            if (framing != Framing.LINES) {
                found |= eight - ONES & ~eight & HIGHS;
            }
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < end && !isDelimiter(data[at])) {
            at++;
        }
        return at;
    }
}
