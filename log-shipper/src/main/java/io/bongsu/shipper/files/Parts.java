package io.bongsu.shipper.files;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a container runtime (CRI: {@code time stream P|F text}) to whole ones: the parts of a stream, marked P, and the
 * F that ends them become one line with the time of the first. Two streams may be interleaved. A line of another form is
 * left as it is.
 */
final class Parts {
    private final int limit;
    private final Part[] open = new Part[2];

    /** Where whole lines go. */
    interface Lines {
        void line(byte[] data, int offset, int length, int cut, long last);
    }

    /** The beginning of a line whose end has not come. */
    private static final class Part {
        final Place start;
        byte[] data;
        int size;
        int cut;

        Part(Place start, byte[] data, int size) {
            this.start = start;
            this.data = data;
            this.size = size;
        }
    }

    Parts(int limit) {
        this.limit = limit;
    }

    /**
     * @param cut bytes that are missing at its end
     * @param last place of its last byte
     * @param start where it begins
     */
    void feed(byte[] data, int offset, int length, int cut, long last, Place start, Lines lines) {
        int end = offset + length;
        int stream = next(data, offset, end) + 1;
        int tag = stream == 0 ? -1 : next(data, stream, end) + 1;
        int text = tag <= 0 ? -1 : next(data, tag, end) + 1;
        if (tag > 0 && text == 0 && tag < end) {
            text = end; // no text, and no blank before it
        }
        boolean form = text > 0
                && tag - stream == 7
                && data[stream] == 's'
                && data[stream + 1] == 't'
                && (data[tag] == 'P' || data[tag] == 'F');
        if (!form) {
            lines.line(data, offset, length, cut, last);
            return;
        }
        int which = data[stream + 3] == 'o' ? 0 : 1;
        Part part = open[which];
        if (data[tag] == 'P') {
            if (part == null) {
                byte[] head = Arrays.copyOfRange(data, offset, end);
                head[tag - offset] = 'F';
                open[which] = new Part(start, head, head.length);
                open[which].cut = cut;
            } else {
                add(part, data, text, end - text, cut);
            }
        } else if (part == null) {
            lines.line(data, offset, length, cut, last);
        } else {
            add(part, data, text, end - text, cut);
            lines.line(part.data, 0, part.size, part.cut, last);
            open[which] = null;
        }
    }

    /** What will not be continued any more is a line. @param last a place behind all that was fed, growing by one each */
    void end(long last, Lines lines) {
        long place = last;
        for (int i = 0; i < open.length; i++) {
            Part part = open[i];
            if (part != null) {
                lines.line(part.data, 0, part.size, part.cut, place++);
                open[i] = null;
            }
        }
    }

    /** Where the first line begins that has not ended; null: none is open. */
    @Nullable
    Place start() {
        Part a = open[0];
        Part b = open[1];
        if (a == null || b == null) {
            return a == null ? b == null ? null : b.start : a.start;
        }
        return a.start.offset() < b.start.offset() ? a.start : b.start;
    }

    private void add(Part part, byte[] data, int offset, int length, int cut) {
        int keep = part.cut > 0 ? 0 : Math.min(length, Math.max(0, limit - part.size));
        if (part.size + keep > part.data.length) {
            part.data = Arrays.copyOf(part.data, Math.min(Math.max(limit, part.size + keep), 2 * (part.size + keep)));
        }
        System.arraycopy(data, offset, part.data, part.size, keep);
        part.size += keep;
        part.cut += length - keep + cut;
    }

    private static int next(byte[] data, int from, int end) {
        for (int i = from; i < end; i++) {
            if (data[i] == ' ') {
                return i;
            }
        }
        return -1;
    }
}
