package io.bongsu.shipper.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of records on disk: appended and synced in batches, read in order, forgotten up to the place that is
 * acknowledged. What {@link #append} has returned for is read back byte by byte until it is acknowledged, after a crash
 * too, or counted as lost when the disk has changed it. For one thread; the gauges are for any.
 *
 * <p>A segment is a file named {@code <first index>-<void from>-<salt>.spool}; what segments before it hold from that index
 * on was never appended, since the disk failed. It holds records: a header of 44 bytes (salt, lengths
 * of key and value, index, count of lines before, count of lines, CRC32C of key and value, CRC32C of the header), key,
 * value; numbers in big endian. The salt is random, and known to no sender, so that nothing within a line can pass for a
 * record when a damaged header is skipped. The file {@code acknowledged} holds the index up to which all is done: stale
 * at worst, and then some records are read once more.
 */
public final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{16})\\.spool");
    private static final String MARK = "acknowledged";
    private static final int HEADER = 44;
    private static final int MOST = 64 * 1024 * 1024;

    private final Disk disk;
    private final long maxBytes;
    private final long segmentBytes;
    private final LongSupplier salts;
    private final List<Segment> segments = new ArrayList<>();
    private final Disk.File mark;
    private long marked;
    private @Nullable Segment writer;
    private long nextIndex;
    private long nextLines;
    /** The first index that was spent since the last batch that was appended. */
    private long voidFrom;

    // Where it is read.
    private Place reading;
    private long readLines;
    private long toRead;
    private long lossCounted = -1;

    private volatile long bytes;
    private volatile long lostLines;
    private volatile long damaged;
    private long recovered;

    /** There is no room within the bound: some must be acknowledged first. */
    public static final class Full extends IOException {
        private static final long serialVersionUID = 1;

        Full(long maxBytes) {
            super("the spool has reached its bound of " + maxBytes + " bytes");
        }
    }

    /**
     * A record: the bytes are for Kafka and mean nothing here.
     *
     * @param lines how many of the ledger's it holds
     */
    public record Entry(byte[] key, byte[] value, int lines) {
        public long size() {
            return HEADER + key.length + value.length;
        }
    }

    /** A place between records. */
    public static final class Place {
        private final @Nullable Segment segment;
        private final long offset;
        private final long index;
        private final long linesBefore;

        private Place(@Nullable Segment segment, long offset, long index, long linesBefore) {
            this.segment = segment;
            this.offset = offset;
            this.index = index;
            this.linesBefore = linesBefore;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place place && place.segment == segment && place.offset == offset;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(index);
        }

        /** File and offset. */
        @Override
        public String toString() {
            return segment == null ? "empty" : segment.name + ":" + offset;
        }
    }

    /** A record and the place before it. */
    public record Read(Entry entry, Place place) {}

    private static final class Segment {
        final String name;
        final long first;
        final long voidFrom;
        final long salt;
        final Disk.File file;
        /** Up to here it is durable. */
        long end;
        /** Up to here something may lie in the file. */
        long size;

        Segment(String name, Disk.File file) {
            String[] part = name.substring(0, name.indexOf('.')).split("-", -1);
            this.name = name;
            this.first = HexFormat.fromHexDigitsToLong(part[0]);
            this.voidFrom = HexFormat.fromHexDigitsToLong(part[1]);
            this.salt = HexFormat.fromHexDigitsToLong(part[2]);
            this.file = file;
        }
    }

    private record Header(int keyLength, int valueLength, long index, long linesBefore, int lines, int crc) {
        long end(long start) {
            return start + HEADER + keyLength + valueLength;
        }
    }

    private Spool(Disk disk, long maxBytes, long segmentBytes, LongSupplier salts, Disk.File mark) {
        this.disk = disk;
        this.maxBytes = maxBytes;
        this.segmentBytes = segmentBytes;
        this.salts = salts;
        this.mark = mark;
        this.reading = new Place(null, 0, 0, 0);
    }

    /**
     * Finds what is there. A record that was being written when the process or machine died is cut off.
     *
     * @param maxBytes on disk, all in all
     */
    public static Spool open(Disk disk, long maxBytes) throws IOException {
        SecureRandom random = new SecureRandom();
        return open(disk, maxBytes, Math.clamp(maxBytes / 16, 1L << 20, 32L << 20), random::nextLong);
    }

    static Spool open(Disk disk, long maxBytes, long segmentBytes, LongSupplier salts) throws IOException {
        List<String> names = disk.list();
        boolean known = names.contains(MARK);
        Spool spool = new Spool(disk, maxBytes, segmentBytes, salts, known ? disk.open(MARK) : disk.create(MARK));
        try {
            spool.recover(names);
            return spool;
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private void recover(List<String> names) throws IOException {
        marked = readMark();
        for (String name : names) {
            if (NAME.matcher(name).matches()) {
                segments.add(new Segment(name, disk.open(name)));
            }
        }
        segments.sort(Comparator.comparing(s -> s.name));
        nextIndex = marked;
        long expected = -1;
        for (int i = 0; i < segments.size(); i++) {
            expected = scan(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null, expected);
            bytes += segments.get(i).size;
        }
        voidFrom = nextIndex;
        nextLines = Math.max(0, expected);
        reading = new Place(segments.isEmpty() ? null : segments.getFirst(), 0, marked, readLines);
        toRead = marked;
        writeMark(marked);
        mark.force();
        disk.sync();
    }

    /** Headers only, but for the last segment: it alone can have been in the middle of being written. */
    private long scan(Segment segment, @Nullable Segment next, long expectedLines) throws IOException {
        segment.size = segment.file.size();
        segment.end = segment.size;
        nextIndex = Math.max(nextIndex, segment.first + 1); // no two segments of one name, be it empty
        long expected = expectedLines;
        long good = 0;
        for (long at = 0; at < segment.size; ) {
            Header header = header(segment, at);
            if (header == null || next == null && payload(segment, at, header) == null) {
                at = resync(segment, header == null ? at + 1 : header.end(at));
                continue;
            }
            if (next != null && header.index >= next.voidFrom) {
                break;
            }
            if (header.index >= marked && expected < 0) {
                readLines = header.linesBefore;
            }
            if (header.index >= marked) {
                recovered += header.lines + (expected < 0 ? 0 : Math.max(0, header.linesBefore - expected));
                expected = header.linesBefore + header.lines;
            }
            nextIndex = Math.max(nextIndex, header.index + 1);
            at = header.end(at);
            good = at;
        }
        boolean cut = next == null || next.voidFrom < next.first;
        if (cut && good < segment.size) {
            LOG.atWarn()
                    .addKeyValue("file", segment.name)
                    .addKeyValue("bytes", segment.size - good)
                    .log("The end of a spool file is not whole, as after a crash; it is cut off");
            segment.file.truncate(good);
            segment.file.force();
            segment.size = good;
            segment.end = good;
        }
        return expected;
    }

    /** Lines that were found when it was opened. */
    public long recovered() {
        return recovered;
    }

    /** On disk. Thread-safe. */
    public long bytes() {
        return bytes;
    }

    /** What may be appended at most. Thread-safe. */
    public long room() {
        return maxBytes - bytes;
    }

    /** The bound. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Lines that the disk did not give back. Thread-safe. */
    public long lostLines() {
        return lostLines;
    }

    /** Damaged places that were skipped. Thread-safe. */
    public long damaged() {
        return damaged;
    }

    /**
     * Writes and syncs all of them, or throws and none of them is in the queue.
     *
     * @return the place of each
     */
    public List<Place> append(List<Entry> batch) throws IOException {
        long size = batch.stream().mapToLong(Entry::size).sum();
        if (bytes + size > maxBytes) {
            throw new Full(maxBytes);
        }
        List<Place> places = new ArrayList<>(batch.size());
        List<Segment> touched = new ArrayList<>(2);
        int before = segments.size();
        long lines = nextLines;
        long index = nextIndex;
        // These numbers are spent, whatever happens: a number that was given twice could hide a record.
        nextIndex += batch.size();
        try {
            for (Entry entry : batch) {
                Segment into = writer;
                if (into == null || into.size > 0 && into.size + entry.size() > segmentBytes) {
                    if (into != null) {
                        into.file.force();
                    }
                    into = begin(index, places.isEmpty() ? voidFrom : index);
                }
                if (touched.isEmpty() || touched.getLast() != into) {
                    touched.add(into);
                }
                places.add(new Place(into, into.size, index, lines));
                write(into, entry, index++, lines);
                lines += entry.lines;
            }
            for (Segment segment : touched) {
                segment.file.force();
            }
            if (segments.size() > before) {
                disk.sync();
            }
        } catch (IOException e) {
            takeBack(touched, before, e);
            throw e;
        }
        for (Segment segment : touched) {
            segment.end = segment.size;
        }
        bytes += size;
        nextLines = lines;
        voidFrom = nextIndex;
        if (reading.segment == null) {
            reading = places.getFirst();
        }
        return places;
    }

    private Segment begin(long index, long voidFrom) throws IOException {
        HexFormat hex = HexFormat.of();
        String name = hex.toHexDigits(index) + '-' + hex.toHexDigits(voidFrom) + '-'
                + hex.toHexDigits(salts.getAsLong()) + ".spool";
        writer = null;
        Segment begun = new Segment(name, disk.create(name));
        segments.add(begun);
        writer = begun;
        return begun;
    }

    private void write(Segment into, Entry entry, long index, long linesBefore) throws IOException {
        byte[] head = new byte[HEADER + entry.key.length];
        CRC32C crc = new CRC32C();
        crc.update(entry.key);
        crc.update(entry.value);
        ByteBuffer out = ByteBuffer.wrap(head)
                .putLong(into.salt)
                .putInt(entry.key.length)
                .putInt(entry.value.length)
                .putLong(index)
                .putLong(linesBefore)
                .putInt(entry.lines)
                .putInt((int) crc.getValue());
        crc.reset();
        crc.update(head, 0, HEADER - 4);
        out.putInt((int) crc.getValue()).put(entry.key).flip();
        long at = into.size;
        into.size += entry.size();
        into.file.write(out, at);
        into.file.write(ByteBuffer.wrap(entry.value), at + head.length);
    }

    /** A file whose sync has failed is in an unknown state: what it held before is kept, and nothing more goes there. */
    private void takeBack(List<Segment> touched, int before, IOException why) {
        writer = null;
        for (Segment segment : touched) {
            try {
                segment.file.truncate(segment.end);
            } catch (IOException e) {
                why.addSuppressed(e); // the name of the next segment voids what is left
            }
            segment.size = segment.end;
        }
        while (segments.size() > before) {
            Segment begun = segments.removeLast();
            try {
                begun.file.close();
                disk.delete(begun.name);
            } catch (IOException e) {
                why.addSuppressed(e);
            }
        }
    }

    /** Whether there may be something to read. */
    public boolean unread() {
        Segment at = reading.segment;
        return at != null && (reading.offset < at.end || at != segments.getLast());
    }

    /** The next record; null: there is none now. What is damaged is skipped and counted. */
    public @Nullable Read read() {
        while (unread()) {
            Segment segment = reading.segment;
            long at = reading.offset;
            if (segment == null || at >= segment.end) {
                reading = new Place(segments.get(segments.indexOf(segment) + 1), 0, reading.index, readLines);
                continue;
            }
            Header header = header(segment, at);
            if (header == null) {
                damage(segment, at, reading.index);
                reading = new Place(segment, resync(segment, at + 1), reading.index, readLines);
                continue;
            }
            if (header.index < toRead) {
                reading = new Place(segment, header.end(at), reading.index, readLines);
                continue;
            }
            Place place = new Place(segment, at, header.index, header.linesBefore);
            lost(header.linesBefore - readLines, header.index);
            toRead = header.index + 1;
            readLines = header.linesBefore + header.lines;
            reading = new Place(segment, header.end(at), toRead, readLines);
            Entry entry = payload(segment, at, header);
            if (entry == null) {
                damage(segment, at, header.index);
                lost(header.lines, header.index);
            }
            lossCounted = Math.max(lossCounted, header.index);
            if (entry != null) {
                return new Read(entry, place);
            }
        }
        lost(nextLines - readLines, nextIndex - 1);
        readLines = nextLines;
        lossCounted = Math.max(lossCounted, nextIndex - 1);
        return null;
    }

    private void lost(long lines, long index) {
        if (lines > 0 && index > lossCounted) {
            lostLines += lines;
        }
    }

    private void damage(Segment segment, long at, long index) {
        if (index > lossCounted) {
            damaged++;
            if (Long.bitCount(damaged) == 1) { // the first, and again whenever there are twice as many
                LOG.atError()
                        .addKeyValue("file", segment.name)
                        .addKeyValue("offset", at)
                        .addKeyValue("damaged", damaged)
                        .log("The spool is damaged; what is whole is delivered, parse reports the gap. Check the disk");
            }
        }
    }

    /** From here on everything is read again. */
    public void rewind(Place place) {
        reading = place;
        toRead = place.index;
        readLines = place.linesBefore;
    }

    /** What was appended last is not read: whoever appended it has it at hand. */
    public void skipUnread() {
        Segment last = segments.getLast();
        reading = new Place(last, last.end, nextIndex, nextLines);
        toRead = nextIndex;
        readLines = nextLines;
    }

    /** Where the next record is read. */
    public Place reading() {
        return reading;
    }

    /** All before that place is done and need not be kept. */
    public void acknowledged(Place place) throws IOException {
        boolean all = !unread() && place == reading;
        while (!segments.isEmpty() && (all || segments.getFirst() != place.segment)) {
            Segment done = segments.getFirst();
            disk.delete(done.name);
            bytes -= done.size;
            segments.removeFirst();
            done.file.close();
            if (done == writer) {
                writer = null;
            }
        }
        if (all) {
            reading = new Place(null, 0, nextIndex, nextLines);
        }
        long upTo = all ? nextIndex : place.index;
        if (upTo != marked) {
            writeMark(upTo);
            marked = upTo;
        }
    }

    private long readMark() throws IOException {
        ByteBuffer in = ByteBuffer.allocate(12);
        mark.read(in, 0);
        if (in.position() < 12) {
            return 0;
        }
        CRC32C crc = new CRC32C();
        crc.update(in.array(), 0, 8);
        return in.getInt(8) == (int) crc.getValue() ? in.getLong(0) : 0;
    }

    private void writeMark(long index) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(12).putLong(index);
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, 8);
        mark.write(out.putInt((int) crc.getValue()).flip(), 0);
    }

    private @Nullable Header header(Segment segment, long at) {
        if (at + HEADER > segment.end) {
            return null;
        }
        ByteBuffer in = ByteBuffer.allocate(HEADER);
        if (!read(segment, in, at)) {
            return null;
        }
        return header(segment, in.array(), 0, at);
    }

    private static @Nullable Header header(Segment segment, byte[] bytes, int from, long at) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, HEADER);
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, HEADER - 4);
        if (in.getLong() != segment.salt || in.getInt(from + HEADER - 4) != (int) crc.getValue()) {
            return null;
        }
        Header header = new Header(in.getInt(), in.getInt(), in.getLong(), in.getLong(), in.getInt(), in.getInt());
        boolean possible = header.keyLength >= 0
                && header.valueLength >= 0
                && (long) header.keyLength + header.valueLength <= MOST
                && header.end(at) <= segment.end;
        return possible ? header : null;
    }

    private static @Nullable Entry payload(Segment segment, long at, Header header) {
        byte[] key = new byte[header.keyLength];
        byte[] value = new byte[header.valueLength];
        if (!read(segment, ByteBuffer.wrap(key), at + HEADER)
                || !read(segment, ByteBuffer.wrap(value), at + HEADER + key.length)) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value);
        return (int) crc.getValue() == header.crc ? new Entry(key, value, header.lines) : null;
    }

    /** Whether it could be filled; a disk that cannot read has damaged what lies there. */
    private static boolean read(Segment segment, ByteBuffer into, long at) {
        try {
            segment.file.read(into, at);
            return !into.hasRemaining();
        } catch (IOException e) {
            LOG.atError().setCause(e).addKeyValue("file", segment.name).log("The spool cannot be read");
            return false;
        }
    }

    /** The next place from there on where a whole header lies; the end, when there is none. */
    private static long resync(Segment segment, long from) {
        byte[] window = new byte[64 * 1024];
        for (long at = from; at + HEADER <= segment.end; at += window.length - HEADER + 1) {
            int length = (int) Math.min(window.length, segment.end - at);
            if (!read(segment, ByteBuffer.wrap(window, 0, length), at)) {
                return segment.end;
            }
            ByteBuffer in = ByteBuffer.wrap(window, 0, length);
            for (int i = 0; i + HEADER <= length; i++) {
                if (in.getLong(i) == segment.salt && header(segment, window, i, at + i) != null) {
                    return at + i;
                }
            }
        }
        return segment.end;
    }

    @Override
    public void close() throws IOException {
        try (Disk.File last = mark) {
            for (Segment segment : segments) {
                segment.file.close();
            }
            last.force();
        }
    }
}
