package io.bongsu.shipper.files;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.handoff.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file that is followed: who it is, how far it is read, how far that is acknowledged. Nothing of a line is kept
 * between two reads: a line that has not ended is read again from its beginning. Used by one thread; {@link #acknowledged}
 * is set by another.
 */
final class LogFile {
    /** Bytes before a place by which it is seen that the file was not replaced. */
    static final int TAIL = 128;
    /** Bytes of the first line, at most, by which a file is known. */
    static final int HEAD = 1024;

    private static final Pattern INODE = Pattern.compile("ino=(\\d+)");

    /** What a read found out. */
    enum Read {
        /** There is more. */
        MORE,
        /** Nothing more for now. */
        END,
        /** What was read is not there any more: truncated, perhaps written again. */
        REPLACED
    }

    final FileInput input;
    final String path;
    /** Device and inode, while it is there. */
    final Object key;

    private final int limit;
    private final @Nullable Parts parts;

    Path where;
    /** Null until the first line has ended. */
    @Nullable
    String name;

    boolean nameIsSaved;
    boolean blocked;
    long epoch;
    Mark head = Mark.NONE;
    Output.@Nullable File out;

    /** All before it was handed over, or is nothing. */
    private Place read;
    /** There is no end of a line between {@link #read} and here. */
    private long scanned;
    /** There is nothing but NUL between {@link #read} and here. */
    private long nuls;

    private long last = -1;
    final Acknowledged acknowledged;

    private @Nullable FileChannel channel;
    long size;
    long modified;
    final long foundAt;
    long changedAt;
    boolean away;
    /** Where it is not any more, and no other name was found. */
    @Nullable
    Path vanished;

    boolean more = true;

    /** @param acknowledged shared with the file that it is a copy of */
    LogFile(
            FileInput input,
            String path,
            Path where,
            Object key,
            int limit,
            Place from,
            Acknowledged acknowledged,
            long now) {
        this.input = input;
        this.path = path;
        this.where = where;
        this.key = key;
        this.limit = limit;
        this.parts = input.format() == FileInput.Format.CRI ? new Parts(limit) : null;
        this.read = from;
        this.scanned = from.offset();
        this.acknowledged = acknowledged;
        this.foundAt = now;
        this.changedAt = now;
    }

    Place place() {
        return read;
    }

    boolean isOpen() {
        return channel != null;
    }

    /**
     * Opens what is there, if it is still this file.
     *
     * @throws IOException it cannot be opened
     */
    boolean open() throws IOException {
        if (channel == null) {
            channel = FileChannel.open(where, StandardOpenOption.READ);
            if (!key.equals(
                    Files.readAttributes(where, BasicFileAttributes.class).fileKey())) {
                close();
            }
        }
        return channel != null;
    }

    /** The number of its inode. */
    long inode() {
        return inode(key);
    }

    static long inode(Object key) {
        Matcher inode = INODE.matcher(key.toString());
        if (!inode.find()) {
            throw new IllegalStateException("this file system has no inodes: " + key);
        }
        return Long.parseLong(inode.group(1));
    }

    /** The open file of another that is followed in its place. */
    void take(LogFile other) {
        channel = other.channel;
        other.channel = null;
        look(other.size, other.modified, changedAt);
    }

    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was only read.
        }
        channel = null;
    }

    /** Notes that the file changed, if it did. */
    void look(long sizeNow, long modifiedNow, long now) {
        if (sizeNow != size || modifiedNow != modified) {
            size = sizeNow;
            modified = modifiedNow;
            changedAt = now;
            more = true;
        }
    }

    void look(long now) throws IOException {
        if (channel != null) {
            look(channel.size(), modified, now);
        }
    }

    /** Whether something has begun that has not ended. */
    boolean isUnended() {
        return read.offset() < size || parts != null && parts.start() != null;
    }

    /** What was read is acknowledged, and there is nothing else: it can be forgotten without loss. */
    boolean isDone() {
        return !more && read.offset() >= size && acknowledged.place.offset() >= read.offset();
    }

    int read(byte[] buffer, int offset, long from, int length) throws IOException {
        FileChannel in = channel;
        if (in == null) {
            throw new IllegalStateException(where + " is not open");
        }
        ByteBuffer into = ByteBuffer.wrap(buffer, offset, length);
        int n = 0;
        while (into.hasRemaining()) {
            int got = in.read(into, from + n);
            if (got < 0) {
                break;
            }
            n += got;
        }
        return n;
    }

    /** Whether the place of another, or of an earlier time, is one of this file too. */
    boolean holds(Mark otherHead, Place place) throws IOException {
        if (size < place.offset()) {
            return false;
        }
        byte[] bytes = new byte[Math.max(otherHead.length(), place.tail().length())];
        if (read(bytes, 0, 0, otherHead.length()) < otherHead.length() || !otherHead.matches(bytes, 0)) {
            return false;
        }
        int tail = place.tail().length();
        return read(bytes, 0, place.offset() - tail, tail) == tail
                && place.tail().matches(bytes, 0);
    }

    /** The line that begins there, as far as {@link #HEAD} goes; empty: it has not ended. */
    byte[] lineAt(long place) throws IOException {
        byte[] bytes = new byte[HEAD];
        int n = read(bytes, 0, place, HEAD);
        for (int i = 0; i < n; i++) {
            if (bytes[i] == '\n') {
                return Arrays.copyOf(bytes, i + 1);
            }
        }
        return n == HEAD ? bytes : new byte[0];
    }

    /** Whether it begins with NUL where it is to be read. */
    boolean beginsWithNul() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, read.offset(), 1) == 1 && one[0] == 0;
    }

    /** Begins behind the last line that has ended. */
    void skipToEnd(byte[] buffer) throws IOException {
        long from = Math.max(0, size - buffer.length);
        int n = read(buffer, 0, from, buffer.length);
        int at = n;
        while (at > 0 && buffer[at - 1] != '\n') {
            at--;
        }
        if (at > 0) {
            moveTo(buffer, from, at);
        } else if (from > 0) {
            moveTo(buffer, from, n);
        }
        scanned = read.offset();
        acknowledged.place = read;
    }

    private void moveTo(byte[] buffer, long start, int at) {
        int tail = Math.min(TAIL, at);
        read = new Place(start + at, Mark.of(buffer, at - tail, tail));
    }

    /** Hands over the lines of one buffer full, at most. It must be open and have a name. */
    Read read(byte[] buffer) throws IOException {
        int tail = read.tail().length();
        long start = read.offset() - tail;
        int n = read(buffer, 0, start, buffer.length);
        boolean sameHead = start > 0 || n < head.length() || head.matches(buffer, 0);
        if (n < tail || !read.tail().matches(buffer, 0) || !sameHead) {
            return Read.REPLACED;
        }
        if (n < buffer.length) {
            scanned = Math.max(read.offset(), Math.min(scanned, start + n));
        }
        if (n == tail) {
            more = false;
            return Read.END;
        }
        if (buffer[tail] == 0) {
            return skipNuls(buffer);
        }
        Place before = read;
        int begin = tail;
        try (Source.Lines lines = output().open()) {
            int at = begin + (int) Math.min(scanned - read.offset(), n - begin);
            for (; at < n; at++) {
                if (buffer[at] == '\n') {
                    line(buffer, begin, at, 0, start, start + at, lines);
                    begin = at + 1;
                }
            }
            if (begin > tail) {
                moveTo(buffer, start, begin);
                scanned = start + written(buffer, begin, n);
                toldWhenDurable(lines);
            }
        }
        if (read != before) {
            more = n == buffer.length;
            return more ? Read.MORE : Read.END;
        }
        if (n < buffer.length) {
            scanned = start + written(buffer, begin, n);
            more = false;
            return Read.END;
        }
        return endOfLongLine(buffer, tail, start);
    }

    /** A line that is longer than the buffer: its beginning is there, its end is looked for. */
    private Read endOfLongLine(byte[] buffer, int tail, long start) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        for (long at = Math.max(scanned, start + buffer.length); ; ) {
            int n = read(chunk, 0, at, chunk.length);
            for (int i = 0; i < n; i++) {
                if (chunk[i] == '\n') {
                    long end = at + i;
                    try (Source.Lines lines = output().open()) {
                        long cut = end - read.offset() - limit;
                        line(buffer, tail, tail + limit, (int) Math.min(cut, Integer.MAX_VALUE), start, end, lines);
                        int back = (int) Math.min(TAIL, end + 1);
                        byte[] bytes = new byte[back];
                        read(bytes, 0, end + 1 - back, back);
                        read = new Place(end + 1, Mark.of(bytes, 0, back));
                        scanned = read.offset();
                        toldWhenDurable(lines);
                    }
                    return Read.MORE;
                }
            }
            at += n;
            scanned = at;
            if (n < chunk.length) {
                more = false;
                return Read.END;
            }
        }
    }

    /** A hole, as a program leaves that goes on writing at its old place after a truncation, or room for later. */
    Read skipNuls(byte[] buffer) throws IOException {
        for (long at = Math.max(nuls, read.offset()); ; ) {
            int n = read(buffer, 0, at, buffer.length);
            for (int i = 0; i < n; i++) {
                if (buffer[i] != 0) {
                    int back = (int) Math.min(TAIL, at + i);
                    byte[] bytes = new byte[back];
                    read(bytes, 0, at + i - back, back);
                    read = new Place(at + i, Mark.of(bytes, 0, back));
                    scanned = read.offset();
                    return Read.MORE;
                }
            }
            at += n;
            nuls = at;
            if (n < buffer.length) {
                more = false;
                return Read.END;
            }
        }
    }

    /** What has no line feed at its end and has long been so is a line, as is what will not be continued. */
    boolean end(byte[] buffer) throws IOException {
        int tail = read.tail().length();
        long start = read.offset() - tail;
        int n = read(buffer, 0, start, buffer.length);
        if (n < tail || !read.tail().matches(buffer, 0)) {
            return false;
        }
        int length = trimmed(buffer, tail, Math.min(n, tail + limit)) - tail;
        long whole = n < buffer.length ? n - tail : size - read.offset();
        if (length <= 0 && (parts == null || parts.start() == null)) {
            return false;
        }
        try (Source.Lines lines = output().open()) {
            if (length > 0) {
                long cut = length == limit ? Math.max(0, whole - limit) : 0;
                long end = read.offset() + length + cut;
                line(buffer, tail, tail + length, (int) Math.min(cut, Integer.MAX_VALUE), start, end - 1, lines);
                int back = (int) Math.min(TAIL, end);
                byte[] bytes = new byte[back];
                read(bytes, 0, end - back, back);
                read = new Place(end, Mark.of(bytes, 0, back));
                scanned = end;
            }
            if (parts != null) {
                parts.end(Math.max(read.offset() - 1, last + 1), (data, offset, size, cut, place) -> {
                    lines.line(data, offset, size, cut, place);
                    last = place;
                });
            }
            toldWhenDurable(lines);
        }
        return true;
    }

    /**
     * A line of the buffer, without its line feed at {@code end}.
     *
     * @param start place of the buffer
     * @param place of the line's last byte
     */
    private void line(byte[] buffer, int from, int end, int cut, long start, long place, Source.Lines lines) {
        int begin = from;
        while (begin < end && buffer[begin] == 0) {
            begin++;
        }
        int length = (cut > 0 ? end : trimmed(buffer, begin, end)) - begin;
        if (length <= 0) {
            return;
        }
        int keep = Math.min(length, limit);
        int missing = cut + length - keep;
        if (parts == null) {
            lines.line(buffer, begin, keep, missing, place);
            last = place;
            return;
        }
        int back = Math.min(TAIL, begin);
        Place at = new Place(start + begin, Mark.of(buffer, begin - back, back));
        parts.feed(buffer, begin, keep, missing, place, at, (data, offset, size, lost, its) -> {
            lines.line(data, offset, size, lost, its);
            last = its;
        });
    }

    private void toldWhenDurable(Source.Lines lines) {
        Place open = parts == null ? null : parts.start();
        Place reached = open == null ? read : open;
        lines.whenDurable(() -> acknowledged.place = reached);
    }

    private Output.File output() {
        Output.File to = out;
        if (to == null) {
            throw new IllegalStateException(where + " has no name yet");
        }
        return to;
    }

    /** Room that was made but not written yet is NUL: a line feed may still come there. */
    private static int written(byte[] data, int from, int to) {
        int end = to;
        while (end > from && data[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static int trimmed(byte[] data, int from, int to) {
        int end = to;
        while (end > from && (data[end - 1] == '\n' || data[end - 1] == '\r' || data[end - 1] == 0)) {
            end--;
        }
        return end;
    }
}
