package io.bongsu.shipper.handoff;

import io.bongsu.model.Chain;
import io.bongsu.model.Head;
import io.bongsu.model.Seal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chains the lines of each source as they go out, and says when the heads are to travel with a heartbeat. What it costs is
 * one pass of SHA-256 over the lines and one signature a second. The sender thread's own.
 */
final class Sealer {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    /** A head weighs as much as a line, and goes to every partition: so the heads of many sources travel less often. */
    private static final int FEW = 64;

    private static final long SELDOM_NANOS = Duration.ofSeconds(5).toNanos();

    /** What the heads of one seal weigh at most; the rest comes with the next. */
    private static final long MAX_BYTES = 4 * 1024 * 1024;

    private static final int HEAD_BYTES = 128;

    private static final int SPARES = 1_000;

    private final Identity identity;
    private final Map<Source, Link> open = new LinkedHashMap<>();
    private final Deque<MessageDigest> spare = new ArrayDeque<>();
    private long number;
    private long acknowledged = -1;
    private Identity.Former former;
    private long sealedNanos = System.nanoTime() - SELDOM_NANOS;
    /** Whether the last seal had heads: one more then says that it arrived. */
    private boolean told = true;

    private boolean complete = true;

    /** What comes behind the last head of a source. */
    private static final class Link {
        final MessageDigest digest;
        final byte[] previous;
        final long first;
        long next;
        long lines;

        Link(MessageDigest digest, byte[] previous, long first) {
            this.digest = digest;
            this.previous = previous;
            this.first = first;
        }
    }

    Sealer(Identity identity) {
        this.identity = identity;
        this.former = identity.former();
    }

    /** In the order in which they go out. */
    void add(LinePack pack) {
        Link link = open.computeIfAbsent(pack.source, source -> begin(source, pack));
        pack.hash(link.digest);
        link.next = pack.next();
        link.lines += pack.lines();
    }

    private Link begin(Source source, LinePack pack) {
        long first = source.chained < 0 ? Math.max(pack.from, 0) : source.chained;
        byte[] previous =
                source.head != null ? source.head : Chain.start(identity.shipper(), source.name, source.epoch, first);
        MessageDigest digest = spare.isEmpty() ? Chain.sha256() : spare.pop();
        digest.update(previous);
        return new Link(digest, previous, first);
    }

    /** Over all that was added; null when it is not time yet. */
    @Nullable
    Seal seal(boolean last) {
        long since = System.nanoTime() - sealedNanos;
        boolean due = last
                || !complete
                || (open.isEmpty() ? told : open.size() <= FEW) && since >= INTERVAL_NANOS
                || !open.isEmpty() && since >= SELDOM_NANOS;
        if (!due) {
            return null;
        }
        sealedNanos = System.nanoTime();
        told = !open.isEmpty();
        List<Head> heads = new ArrayList<>(open.size());
        Iterator<Map.Entry<Source, Link>> rest = open.entrySet().iterator();
        for (long bytes = 0; rest.hasNext() && bytes < MAX_BYTES; ) {
            Map.Entry<Source, Link> entry = rest.next();
            heads.add(head(entry.getKey(), entry.getValue()));
            bytes += HEAD_BYTES + 3L * entry.getKey().name.length();
            rest.remove();
        }
        complete = open.isEmpty();
        return new Seal(
                number++,
                acknowledged,
                complete,
                last && complete,
                former.epoch(),
                former.seal(),
                heads,
                ByteBuffer.wrap(identity.key().getPublic().getEncoded()));
    }

    private Head head(Source source, Link link) {
        byte[] hash = link.digest.digest();
        if (spare.size() < SPARES) {
            spare.push(link.digest);
        }
        source.head = hash;
        source.chained = link.next;
        return new Head(
                source.name,
                source.epoch,
                link.first,
                link.next,
                link.lines,
                ByteBuffer.wrap(link.previous),
                ByteBuffer.wrap(hash));
    }

    /** Every partition has that one and all in front of it. Of an earlier epoch, it was in the spool. */
    void acknowledged(long epoch, long seal) {
        if (epoch == identity.epoch()) {
            if (seal > acknowledged) {
                acknowledged = seal;
                identity.note(epoch, seal);
            }
        } else if (epoch > former.epoch() || epoch == former.epoch() && seal > former.seal()) {
            former = new Identity.Former(epoch, seal);
            if (acknowledged < 0) {
                identity.note(epoch, seal);
            }
        }
    }
}
