package io.bongsu.shipper.frame;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * GELF over UDP: puts chunked messages together and unpacks zlib and gzip. Chunks of one sender address and message id may
 * come in any order and more than once; what is not whole after {@link #EXPIRY} is given up. Memory is bounded in total
 * and for each sender (a quarter of that): the oldest message that is not whole makes room. A message over the limit is cut
 * there, packed or not, and unpacking stops at eight times the limit, so {@code cut} is then the least that is missing.
 *
 * <p>Each message, or datagram that can be none, is one frame or one {@link Drop}. Time is an argument, in nanoseconds. One thread at a time.
 */
public final class GelfDatagrams {
    /** Counted from the first chunk; as Graylog has it. */
    public static final Duration EXPIRY = Duration.ofSeconds(5);

    private static final int MAX_CHUNKS = 128;
    private static final int CHUNK_HEADER = 12;
    private static final int UNPACK_FACTOR = 8;
    /** What the book-keeping of a message, and of a chunk, takes. */
    private static final int MESSAGE_BYTES = 512;

    private static final int CHUNK_BYTES = 32;

    /** Why there is no frame. */
    public enum Drop {
        /** A chunk that is too short, has an impossible number, or contradicts those before it. */
        MALFORMED,
        /** Chunks were still missing when time was up. */
        INCOMPLETE,
        /** It was not whole yet, and memory for such messages was used up. */
        EVICTED,
        /** It looks like zlib or gzip and cannot be unpacked. */
        CORRUPT
    }

    private record Key(InetAddress sender, long id) {}

    private static final class Sender {
        final LinkedHashSet<Key> keys = new LinkedHashSet<>();
        long bytes;
    }

    private static final class Partial {
        long began;
        final int count;
        final Sender sender;
        final int[] hashes;
        /** Null when the message was handed on or given up: late and repeated chunks still find it for a while. */
        byte @Nullable [] @Nullable [] chunks;

        int present;
        int size;
        long charged;

        Partial(long began, int count, Sender sender) {
            this.began = began;
            this.count = count;
            this.sender = sender;
            this.hashes = new int[count];
            this.chunks = new byte[count][];
        }
    }

    private final int limit;
    private final long most;
    private final BiConsumer<InetAddress, Drop> drops;
    private final Map<Key, Partial> partials = new LinkedHashMap<>(); // the oldest first
    private final Map<InetAddress, Sender> senders = new HashMap<>();
    private final byte[] unpacked;
    private final byte[] rest = new byte[8192];
    private long bytes;

    /**
     * @param limit bytes of a message that are kept
     * @param most bytes that messages may take while they are not whole
     * @param drops told of each message that becomes no frame, and whose it was
     */
    public GelfDatagrams(int limit, long most, BiConsumer<InetAddress, Drop> drops) {
        this.limit = limit;
        this.most = most;
        this.drops = drops;
        this.unpacked = new byte[limit];
    }

    /** One datagram; the message that it is, or that it completes, goes to {@code frames} before this returns. */
    public void feed(InetAddress from, byte[] data, int length, long now, Frames frames) {
        expire(now);
        if (length < 2 || data[0] != 0x1e || data[1] != 0x0f) {
            message(from, data, length, frames);
            return;
        }
        int number = length < CHUNK_HEADER ? 0 : data[10] & 0xFF;
        int count = length < CHUNK_HEADER ? 0 : data[11] & 0xFF;
        if (count > MAX_CHUNKS || number >= count) {
            drops.accept(from, Drop.MALFORMED);
            return;
        }
        long id = 0;
        for (int i = 2; i < 10; i++) {
            id = id << 8 | data[i] & 0xFF;
        }
        chunk(new Key(from, id), number, count, data, length, now, frames);
    }

    private void chunk(Key key, int number, int count, byte[] data, int length, long now, Frames frames) {
        byte[] part = Arrays.copyOfRange(data, CHUNK_HEADER, length);
        int hash = Arrays.hashCode(part);
        Partial partial = partials.get(key);
        if (partial != null && partial.chunks == null) {
            if (partial.count == count && (partial.present < count || partial.hashes[number] == hash)) {
                return; // late, or a repeat
            }
            remove(key); // the sender uses the id again
            partial = null;
        }
        if (partial == null) {
            Sender sender = senders.getOrDefault(key.sender, new Sender());
            partial = new Partial(now, count, sender);
            put(key, partial);
        }
        byte[][] chunks = Objects.requireNonNull(partial.chunks);
        if (partial.count != count || chunks[number] != null && partial.hashes[number] != hash) {
            drops.accept(key.sender, Drop.MALFORMED);
        } else if (chunks[number] == null) {
            chunks[number] = part;
            partial.hashes[number] = hash;
            partial.present++;
            partial.size += part.length;
            charge(partial, CHUNK_BYTES + part.length);
            if (partial.present == count) {
                byte[] whole = new byte[partial.size];
                int at = 0;
                for (byte[] next : chunks) {
                    System.arraycopy(next, 0, whole, at, next.length);
                    at += next.length;
                }
                empty(partial);
                message(key.sender, whole, whole.length, frames);
            }
        }
        makeRoom(partial.sender, now);
    }

    /** Gives up what has waited too long. To be called now and then when no datagrams come. */
    public void expire(long now) {
        while (!partials.isEmpty()) {
            Map.Entry<Key, Partial> oldest = partials.entrySet().iterator().next();
            if (now - oldest.getValue().began < EXPIRY.toNanos()) {
                return;
            }
            forget(oldest.getKey(), Drop.INCOMPLETE, now);
        }
    }

    /** Nothing more comes. */
    public void end() {
        partials.forEach((key, partial) -> {
            if (partial.chunks != null) {
                drops.accept(key.sender, Drop.INCOMPLETE);
            }
        });
        partials.clear();
        senders.clear();
        bytes = 0;
    }

    /** What is held, with its book-keeping. */
    long bytes() {
        return bytes;
    }

    private void makeRoom(Sender sender, long now) {
        while (sender.bytes > most / 4) {
            forget(sender.keys.iterator().next(), Drop.EVICTED, now);
        }
        while (bytes > most) {
            forget(partials.keySet().iterator().next(), Drop.EVICTED, now);
        }
    }

    /** The first time its chunks, so that those to come are not taken for another message; the second time all of it. */
    private void forget(Key key, Drop why, long now) {
        Partial partial = remove(key);
        if (partial.chunks != null) {
            drops.accept(key.sender, why);
            partial.began = now;
            put(key, partial);
            empty(partial);
        }
    }

    private void put(Key key, Partial partial) {
        partials.put(key, partial);
        senders.put(key.sender, partial.sender);
        partial.sender.keys.add(key);
        charge(partial, MESSAGE_BYTES + 12L * partial.count);
    }

    private Partial remove(Key key) {
        Partial partial = Objects.requireNonNull(partials.remove(key));
        charge(partial, -partial.charged);
        partial.sender.keys.remove(key);
        if (partial.sender.keys.isEmpty()) {
            senders.remove(key.sender);
        }
        return partial;
    }

    private void empty(Partial partial) {
        partial.chunks = null;
        charge(partial, MESSAGE_BYTES + 12L * partial.count - partial.charged);
    }

    private void charge(Partial partial, long more) {
        partial.charged += more;
        partial.sender.bytes += more;
        bytes += more;
    }

    private void message(InetAddress from, byte[] data, int length, Frames frames) {
        int first = length > 1 ? data[0] & 0xFF : 0;
        int second = length > 1 ? data[1] & 0xFF : 0;
        boolean gzip = first == 0x1f && second == 0x8b;
        boolean zlib = (first & 0x0F) == 8 && first >> 4 <= 7 && (first << 8 | second) % 31 == 0; // RFC 1950
        if (!gzip && !zlib) {
            Datagram.frame(data, 0, length, limit, frames);
            return;
        }
        int size = 0;
        long more = 0;
        try (InputStream packed = new ByteArrayInputStream(data, 0, length);
                InputStream in = gzip ? new GZIPInputStream(packed) : new InflaterInputStream(packed)) {
            size = in.readNBytes(unpacked, 0, limit);
            long drain = (UNPACK_FACTOR - 1L) * limit;
            for (int n = size < limit ? -1 : in.read(rest); n >= 0 && more < drain; n = in.read(rest)) {
                more += n;
            }
        } catch (IOException e) {
            drops.accept(from, Drop.CORRUPT);
            return;
        }
        if (more > 0) {
            frames.frame(unpacked, 0, size, (int) Math.min(Integer.MAX_VALUE, more));
        } else {
            Datagram.frame(unpacked, 0, size, limit, frames);
        }
    }
}
