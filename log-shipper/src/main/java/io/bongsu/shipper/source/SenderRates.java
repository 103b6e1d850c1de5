package io.bongsu.shipper.source;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each sender: so many datagrams a second, and a second's worth at once. IPv6 counts by /64, since a
 * host owns as many addresses there as it likes. The senders that were silent longest are forgotten beyond a bound: they
 * begin anew with a full bucket, so the forged ones cost others nothing. For one thread.
 */
final class SenderRates {
    private static final int MOST = 20_000;

    private final int perSecond;
    private final Map<Long, Bucket> buckets = new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Bucket> eldest) {
            return size() > MOST;
        }
    };

    private static final class Bucket {
        double tokens;
        long filledNanos;

        Bucket(double tokens, long nanos) {
            this.tokens = tokens;
            this.filledNanos = nanos;
        }
    }

    /** @param perSecond 0: as many as they like */
    SenderRates(int perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * Counts a datagram of that sender; whether it is within its rate.
     *
     * @param sender its {@link #key}
     */
    boolean within(long sender, long nanos) {
        if (perSecond == 0) {
            return true;
        }
        Bucket bucket = buckets.computeIfAbsent(sender, k -> new Bucket(perSecond, nanos));
        bucket.tokens = Math.min(perSecond, bucket.tokens + (nanos - bucket.filledNanos) * 1e-9 * perSecond);
        bucket.filledNanos = nanos;
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens--;
        return true;
    }

    int known() {
        return buckets.size();
    }

    /** A sender for limits: an IPv4 address, or an IPv6 /64. */
    static long key(InetAddress sender) {
        ByteBuffer address = ByteBuffer.wrap(sender.getAddress());
        return sender instanceof Inet6Address ? address.getLong() : address.getInt() & 0xFFFFFFFFL;
    }
}
