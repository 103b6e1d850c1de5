package io.bongsu.shipper.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Divides one connection's bytes into RELP frames, {@code TXNR SP COMMAND SP DATALEN [SP DATA] LF}, whatever reads they
 * come in. Data over the limit is cut there and drained to its own end. What is not a frame is a {@link Violation}, once;
 * memory is at most the limit. The numbers have one to nine digits and commands up to 32 letters, as librelp has it. One
 * thread at a time.
 */
public final class RelpFramer {
    private static final int MAX_DIGITS = 9;
    private static final int MAX_COMMAND = 32;
    private static final int SMALL = 4096;
    private static final byte[] EMPTY = {};

    /** Where frames go. */
    @FunctionalInterface
    public interface Frames {
        /**
         * One frame. The bytes belong to the framer again as soon as the call returns.
         *
         * @param transaction 0 for a hint, which is not answered
         * @param cut bytes that are missing at the end of the data because it exceeded the limit
         */
        void frame(int transaction, String command, byte[] data, int offset, int length, int cut) throws Violation;
    }

    private enum State {
        TRANSACTION,
        COMMAND,
        LENGTH,
        DATA,
        END
    }

    private final int limit;
    private final int longest;
    private final byte[] command = new byte[MAX_COMMAND];

    private State state = State.TRANSACTION;
    private int digits;
    private int transaction;
    private int commandLength;
    private int dataLength;
    private int remaining;
    private byte[] held = EMPTY;
    private int size;

    /**
     * @param limit bytes of data that are kept
     * @param longest a frame that announces more data is a lie
     */
    public RelpFramer(int limit, int longest) {
        this.limit = limit;
        this.longest = longest;
    }

    /** Whether a frame was begun and not ended. */
    public boolean inside() {
        return state != State.TRANSACTION || digits > 0;
    }

    /** The next bytes of the connection. After a violation there must be no more. */
    public void feed(byte[] data, int offset, int length, Frames frames) throws Violation {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            switch (state) {
                case TRANSACTION -> transaction(data[at++]);
                case COMMAND -> command(data[at++]);
                case LENGTH -> length(data[at++], frames);
                case DATA -> at = data(data, at, end, frames);
                case END -> end(data[at++], held, 0, size, frames);
            }
        }
    }

    private void transaction(byte b) throws Violation {
        if (b == ' ' && digits > 0) {
            state = State.COMMAND;
            commandLength = 0;
        } else {
            transaction = number(transaction, b, "transaction number");
        }
    }

    private void command(byte b) throws Violation {
        if (b == ' ' && commandLength > 0) {
            state = State.LENGTH;
            digits = 0;
            dataLength = 0;
        } else if ((b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z') && commandLength < MAX_COMMAND) {
            command[commandLength++] = b;
        } else {
            throw new Violation("malformed", "expected a command of 1 to 32 letters and a blank");
        }
    }

    private void length(byte b, Frames frames) throws Violation {
        if (b == '\n' && digits > 0 && dataLength == 0) {
            end(b, EMPTY, 0, 0, frames);
        } else if (b == ' ' && dataLength > 0) {
            if (dataLength > longest) {
                throw new Violation("oversized", "a frame announces more than " + longest + " bytes of data");
            }
            state = State.DATA;
            remaining = dataLength;
        } else {
            dataLength = number(dataLength, b, "length of the data");
        }
    }

    private int number(int before, byte b, String what) throws Violation {
        if (b < '0' || b > '9' || digits == MAX_DIGITS) {
            throw new Violation("malformed", "expected a " + what + " of 1 to 9 digits");
        }
        digits++;
        return before * 10 + b - '0';
    }

    private int data(byte[] data, int from, int end, Frames frames) throws Violation {
        if (size == 0 && remaining == dataLength && remaining < end - from && remaining <= limit) {
            int to = from + remaining; // all of it is here: no copy
            end(data[to], data, from, remaining, frames);
            return to + 1;
        }
        int take = Math.min(remaining, end - from);
        int keep = Math.min(take, limit - size);
        if (size + keep > held.length) {
            held = Arrays.copyOf(held, Math.min(limit, Math.max(256, 2 * (size + keep))));
        }
        System.arraycopy(data, from, held, size, keep);
        size += keep;
        remaining -= take;
        if (remaining == 0) {
            state = State.END;
        }
        return from + take;
    }

    private void end(byte b, byte[] data, int from, int length, Frames frames) throws Violation {
        if (b != '\n') {
            throw new Violation("malformed", "expected a line feed behind the data");
        }
        frames.frame(
                transaction,
                new String(command, 0, commandLength, StandardCharsets.US_ASCII),
                data,
                from,
                length,
                dataLength - length);
        state = State.TRANSACTION;
        digits = 0;
        transaction = 0;
        size = 0;
        if (held.length > SMALL) {
            held = EMPTY;
        }
    }
}
