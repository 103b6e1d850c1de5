package io.bongsu.shipper.handoff;

import io.bongsu.model.Codec;
import io.bongsu.model.RawLogs;
import io.bongsu.shipper.frame.Frames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One sender on one listener, or one file. Gives each line its identity: the next sequence number, from 0 without gaps,
 * or its place in the file, and the receive time of the read that brought it. Used as {@code try (Source.Lines lines =
 * source.open()) {…}}: what comes in between is one read, and its lines follow each other without another thread's
 * between them.
 */
public final class Source {
    /** The lines of one read. Ends with {@link #close()}, on the same thread. */
    public interface Lines extends Frames, AutoCloseable {
        /**
         * A line of a file.
         *
         * @param last place of its last byte; larger than that of the line before
         */
        void line(byte[] data, int offset, int length, int cut, long last);

        /**
         * Runs the action once all lines of this source up to here, those of earlier reads too, are durable: Kafka has
         * acknowledged them, or they are in the spool and synced. Never before, and never at all when the process ends
         * first. This is what an input acknowledges by, be it RELP, Beats or the checkpoint of a file. The action runs on
         * the hand-off's thread, in the order of the lines; it must be quick and not fail.
         */
        void whenDurable(Runnable action);

        @Override
        void close();
    }

    final byte[] key;
    final byte[] header;
    final String name;
    final long epoch;
    /** The end of its chain and the sequence behind it, of the sender's thread; null and -1: nothing was sealed yet. */
    byte @Nullable [] head;

    long chained = -1;
    private final HandOff handOff;
    private final Ledger.Listener ledger;
    private final ReentrantLock lock = new ReentrantLock();
    private final Lines lines = new Read();
    private long sequence;
    private @Nullable LinePack pack;

    // One read, between open and close.
    private long received;
    private int readLines;
    private int readCut;
    private long readBytes;
    private long charged;

    private final boolean ofFile;

    /** @param from of a file: the first place that is read; -1: not of a file */
    Source(HandOff handOff, Origin origin, @Nullable String address, String name, long epoch, long from) {
        this.handOff = handOff;
        this.name = name;
        this.epoch = epoch;
        this.ofFile = from >= 0;
        this.sequence = Math.max(from, 0);
        this.ledger = handOff.ledger().listener(origin.listener());
        this.key = name.getBytes(StandardCharsets.UTF_8);
        Identity identity = handOff.identity();
        byte[] empty = Codec.encode(RawLogs.newBuilder()
                .setShipper(identity.shipper())
                .setEpoch(epoch)
                .setSource(name)
                .setInput(origin.input())
                .setAddress(address)
                .setTag(origin.tag())
                .setCharset(origin.charset())
                .setZone(origin.zone())
                .setFields(origin.fields())
                .setLines(List.of())
                .setFrom(null)
                .build());
        // The lines come last but for `from`, so a record is this without the end of its empty array and without that.
        this.header = Arrays.copyOf(empty, empty.length - 2);
    }

    /** Begins a read. Never waits for Kafka. */
    public Lines open() {
        lock.lock();
        received = handOff.clock().now();
        return lines;
    }

    /** Takes a pack out of reach of further lines. */
    void seal(LinePack taken) {
        lock.lock();
        try {
            if (pack == taken) {
                pack = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when every read that began before the call has ended. */
    void fence() {
        lock.lock();
        lock.unlock();
    }

    private final class Read implements Lines {
        @Override
        public void frame(byte[] data, int offset, int length, int cut) {
            line(data, offset, length, cut, sequence);
        }

        @Override
        public void line(byte[] data, int offset, int length, int cut, long last) {
            LinePack into = pack;
            if (into != null && !handOff.fits(into, length)) {
                into.seal();
                handOff.sealed();
                into = null;
            }
            if (into == null) {
                into = begin();
            }
            int before = into.size();
            into.add(last, received, cut, data, offset, length);
            sequence = last + 1;
            charged += into.size() - before;
            readLines++;
            readCut += cut > 0 ? 1 : 0;
            readBytes += length;
        }

        @Override
        public void whenDurable(Runnable action) {
            // Packs become durable in order, so the newest one's turn comes last; without one, an empty pack has a
            // turn.
            LinePack last = pack;
            (last != null ? last : begin()).whenDurable(action);
        }

        private LinePack begin() {
            LinePack begun = handOff.begin(Source.this, ofFile ? sequence : -1);
            pack = begun;
            charged += LinePack.OVERHEAD + header.length;
            return begun;
        }

        @Override
        public void close() {
            ledger.received(readLines, readCut, readBytes);
            handOff.bound().charge(charged);
            readLines = 0;
            readCut = 0;
            readBytes = 0;
            charged = 0;
            lock.unlock();
        }
    }
}
