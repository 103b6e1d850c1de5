package io.bongsu.shipper.handoff;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose frames were dropped, and whose connections refused. By the hour, since the first {@link #MOST} of each hour are told
 * apart and all others are one: who forges senders fills the table for an hour, not for ever, and heartbeats stay small.
 * IPv6 counts by /64, as rates do. Thread-safe.
 */
final class Senders {
    static final int MOST = 64;
    private static final long HOUR_MICROS = 3_600_000_000L;

    private final LongSupplier wall;
    private Hour now = new Hour(Long.MIN_VALUE);
    /** Told for another hour: what was counted last may not have been told yet. */
    private Hour before = now;

    /** @param sender null: all others */
    private record Key(
            String what, String listener, @Nullable InetAddress sender) {}

    private static final class Hour {
        final long number;
        final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

        Hour(long number) {
            this.number = number;
        }

        void tell(Map<String, Long> into) {
            counts.forEach((key, count) -> into.put(
                    "sender." + number + "." + key.what + "." + key.listener + "/" + text(key.sender), count.sum()));
        }
    }

    /** @param wall clock in microseconds since 1970 */
    Senders(LongSupplier wall) {
        this.wall = wall;
    }

    /** @param what the name of the counter, as {@code dropped.rate} */
    void count(String what, String listener, InetAddress sender) {
        Map<Key, LongAdder> counts = hour().counts;
        Key key = new Key(what, listener, network(sender));
        LongAdder count = counts.get(key);
        if (count == null) {
            Key room = counts.size() < MOST ? key : new Key(what, listener, null);
            count = counts.computeIfAbsent(room, k -> new LongAdder());
        }
        count.increment();
    }

    /** As {@code sender.(hour since 1970).(what).(listener)/(sender)}. */
    void tell(Map<String, Long> into) {
        Hour current = hour();
        Hour last;
        synchronized (this) {
            last = before;
        }
        last.tell(into);
        current.tell(into);
    }

    private synchronized Hour hour() {
        long number = Math.floorDiv(wall.getAsLong(), HOUR_MICROS);
        if (number > now.number) { // a clock that is set back does not open an hour again
            before = now;
            now = new Hour(number);
        }
        return now;
    }

    private static InetAddress network(InetAddress sender) {
        if (!(sender instanceof Inet6Address)) {
            return sender;
        }
        byte[] bytes = sender.getAddress();
        Arrays.fill(bytes, 8, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }

    private static String text(@Nullable InetAddress sender) {
        if (sender == null) {
            return "other";
        }
        if (!(sender instanceof Inet6Address)) {
            return sender.getHostAddress();
        }
        ByteBuffer bytes = ByteBuffer.wrap(sender.getAddress());
        String groups = "%x:%x:%x:%x"
                .formatted(
                        bytes.getShort() & 0xFFFF,
                        bytes.getShort() & 0xFFFF,
                        bytes.getShort() & 0xFFFF,
                        bytes.getShort() & 0xFFFF);
        return groups.replaceAll("(^0)?(:0)*$", "") + "::/64";
    }
}
