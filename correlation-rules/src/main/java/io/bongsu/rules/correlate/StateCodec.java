package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The bytes of a {@link GroupState}: a version, then variable-length numbers (signed ones zigzag), each hit told by its
 * difference from the one before it, and each string written once and then by number. A usual hit takes 10 to 15 bytes.
 */
final class StateCodec {
    private static final int VERSION = 3;

    private static final int SAME_PREFIX = 1;
    private static final int SAME_MEMBER = 2;
    private static final int SAME_PARTITION = 4;
    private static final int SAME_OFFSET = 8;
    private static final int WHOLE_ID = 16;
    private static final int COUNTED = 32;
    private static final int VALUES = 64;
    private static final int STEP = 128;

    private static final int DROPPED = 1;
    private static final int DEGRADED = 2;

    private StateCodec() {}

    static byte[] write(GroupState state) {
        Out out = new Out();
        out.number(VERSION);
        out.number(state.group.size());
        state.group.forEach(out::text);
        out.signed(state.settled);
        out.number(state.cells.size());
        long index = 0;
        for (Cell cell : state.cells) {
            out.signed(cell.index - index);
            index = cell.index;
            out.number((cell.dropped.isEmpty() ? 0 : DROPPED) | (cell.degraded ? DEGRADED : 0));
            if (!cell.dropped.isEmpty()) {
                out.number(cell.dropped.size());
                cell.dropped.forEach(out::dropped);
            }
            out.hits(cell.hits.size(), cell.hits);
        }
        Episode open = state.open;
        out.number(open == null ? 0 : 1);
        if (open != null) {
            out.signed(open.start);
            out.signed(open.first - open.start);
            out.signed(open.last - open.first);
            out.number(open.count);
            out.number(open.hits);
            out.number(open.degraded ? 1 : 0);
            out.number(open.peak);
            out.number(open.values.size());
            open.values.forEach((name, values) -> {
                out.text(name);
                out.number(values.size());
                values.forEach(out::text);
            });
            out.hits(open.head.size(), open.head);
            out.hits(open.tail.size(), open.tail);
        }
        out.number(state.published.size());
        for (Published said : state.published) {
            out.signed(said.slot());
            out.number((long) said.revision() << 1 | (said.withdrawn() ? 1 : 0));
            out.signed(said.start());
            out.signed(said.first() - said.start());
            out.signed(said.end() - said.first());
            out.number(said.count());
        }
        out.number(state.told.size());
        for (Told told : state.told) {
            out.signed(told.time() - state.settled);
            out.signed(told.slot());
            out.number((told.first() ? 1 : 0) | (told.degraded() ? 2 : 0));
        }
        out.memory(state.memory);
        out.number(state.degraded ? 1 : 0);
        return out.bytes();
    }

    static GroupState read(byte[] bytes) {
        try {
            In in = new In(bytes);
            GroupState state = read(in);
            if (in.at != bytes.length) {
                throw new IllegalArgumentException("not the state of a group: more bytes than it has");
            }
            return state;
        } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("not the state of a group: cut off or damaged", e);
        }
    }

    private static GroupState read(In in) {
        long version = in.number();
        if (version < 1 || version > VERSION) {
            throw new IllegalArgumentException(
                    "state of a group in version " + version + "; this reads up to " + VERSION);
        }
        List<String> group = new ArrayList<>();
        for (int n = in.size(); n > 0; n--) {
            group.add(in.text());
        }
        GroupState state = new GroupState(group, in.signed());
        long index = 0;
        for (int n = in.size(); n > 0; n--) {
            index += in.signed();
            int flags = in.size();
            TreeMap<String, Dropped> dropped = new TreeMap<>();
            if ((flags & DROPPED) != 0) {
                // The first version had one lane, and said how many of its hits were early ones.
                int number = in.size();
                for (int lanes = version == 1 ? 1 : number; lanes > 0; lanes--) {
                    dropped.put(version == 1 ? "" : in.text(), in.dropped(version > 1));
                }
            }
            Cell cell = new Cell(index, in.hits());
            cell.dropped.putAll(dropped);
            cell.degraded = (flags & DEGRADED) != 0;
            state.cells.add(cell);
        }
        if (in.number() != 0) {
            long start = in.signed();
            long first = start + in.signed();
            long last = first + in.signed();
            long count = in.number();
            long hits = in.number();
            boolean degraded = in.number() != 0;
            long peak = version == 1 ? 0 : in.number();
            Map<String, Set<String>> values = new HashMap<>();
            for (int names = version == 1 ? 0 : in.size(); names > 0; names--) {
                Set<String> of = values.computeIfAbsent(in.text(), name -> new LinkedHashSet<>());
                for (int value = in.size(); value > 0; value--) {
                    of.add(in.text());
                }
            }
            Episode open = new Episode(start, first, in.hits(), new ArrayDeque<>(in.hits()));
            open.last = last;
            open.count = count;
            open.hits = hits;
            open.degraded = degraded;
            open.peak = peak;
            open.values.putAll(values);
            state.open = open;
        }
        for (int n = in.size(); n > 0; n--) {
            long slot = in.signed();
            long revision = in.number();
            long start = in.signed();
            long first = start + in.signed();
            long end = first + in.signed();
            state.published.add(
                    new Published(slot, (int) (revision >>> 1), (revision & 1) != 0, start, first, end, in.number()));
        }
        for (int n = version == 1 ? 0 : in.size(); n > 0; n--) {
            long time = state.settled + in.signed();
            long slot = in.signed();
            long flags = in.number();
            state.told.add(new Told(time, slot, (flags & 1) != 0, (flags & 2) != 0));
        }
        if (version > 2) {
            in.memory(state.memory);
            state.degraded = in.number() != 0;
        }
        return state;
    }

    private static final class Out {
        private byte[] bytes = new byte[256];
        private int length;
        private final Texts texts = new Texts();
        private final Map<String, long[]> sequences = new HashMap<>(4);
        private Kept before = NONE;
        private long[] sequence = {0};

        void number(long value) {
            if (length + 10 > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        void signed(long value) {
            number(value << 1 ^ value >> 63);
        }

        void raw(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            if (length + utf8.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + utf8.length));
            }
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }

        void text(String text) {
            int known = texts.number(text);
            number(known);
            if (known == 0) {
                raw(text);
            }
        }

        void hits(int size, Iterable<Kept> hits) {
            number(size);
            hits.forEach(this::hit);
        }

        void memory(Memory memory) {
            number(memory.isEmpty() ? 0 : 1);
            if (memory.isEmpty()) {
                return;
            }
            signed(memory.newest);
            signed(memory.newest - memory.since);
            number(memory.lost == Memory.NEVER ? 0 : 1);
            if (memory.lost != Memory.NEVER) {
                signed(memory.newest - memory.lost);
            }
            number(memory.last.size());
            memory.last.forEach((value, time) -> {
                raw(value);
                signed(memory.newest - time);
            });
            number(memory.counts.size());
            long before = memory.since;
            for (Map.Entry<Long, Long> stretch : memory.counts.entrySet()) {
                signed(stretch.getKey() - before);
                number(stretch.getValue());
                before = stretch.getKey();
            }
        }

        void dropped(String lane, Dropped dropped) {
            text(lane);
            number(dropped.hits);
            number(dropped.count);
            number(dropped.totals.size());
            dropped.totals.forEach((name, total) -> {
                text(name);
                raw(total.sum().toString());
                signed(total.numbers());
            });
        }

        private void hit(Kept hit) {
            boolean whole = hit.sequence() == Kept.WHOLE;
            boolean samePrefix = !whole && hit.prefix().equals(before.prefix());
            boolean sameMember = hit.member().equals(before.member());
            boolean samePartition = hit.partition() == before.partition();
            boolean sameOffset = samePartition && hit.offset() == before.offset();
            number((samePrefix ? SAME_PREFIX : 0)
                    | (sameMember ? SAME_MEMBER : 0)
                    | (samePartition ? SAME_PARTITION : 0)
                    | (sameOffset ? SAME_OFFSET : 0)
                    | (whole ? WHOLE_ID : 0)
                    | (hit.count() != 1 ? COUNTED : 0)
                    | (hit.values().isEmpty() ? 0 : VALUES)
                    | (hit.step() > 0 ? STEP : 0));
            signed(hit.time() - before.time());
            signed(hit.received() - hit.time() - (before.received() - before.time()));
            if (whole) {
                raw(hit.prefix());
            } else {
                if (!samePrefix) {
                    text(hit.prefix());
                    sequence = sequences.computeIfAbsent(hit.prefix(), prefix -> new long[1]);
                }
                signed(hit.sequence() - sequence[0]);
                sequence[0] = hit.sequence();
            }
            if (!sameMember) {
                text(hit.member());
            }
            if (!samePartition) {
                signed(hit.partition());
            }
            if (!sameOffset) {
                signed(hit.offset() - before.offset());
            }
            signed(sameOffset ? (long) hit.line() - before.line() : hit.line());
            if (hit.count() != 1) {
                number(hit.count());
            }
            if (!hit.values().isEmpty()) {
                number(hit.values().size());
                // The same bytes for the same state: maps have no order of their own.
                if (hit.values().size() == 1) {
                    hit.values().forEach(this::value);
                } else {
                    String[] names = hit.values().keySet().toArray(String[]::new);
                    Arrays.sort(names);
                    for (String name : names) {
                        value(name, String.valueOf(hit.values().get(name)));
                    }
                }
            }
            if (hit.step() > 0) {
                number(hit.step());
            }
            before = hit;
        }

        private void value(String name, String value) {
            text(name);
            text(value);
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, length);
        }
    }

    /** The texts that were written, by number from 1. Most states have a handful: to compare them is faster than a map. */
    private static final class Texts {
        private static final int FEW = 16;
        private final String[] few = new String[FEW];
        private int size;
        private Map<String, Integer> many = Map.of();

        /** 0 when it was not there, and now is. */
        int number(String text) {
            if (size <= FEW) {
                for (int i = 0; i < size; i++) {
                    if (few[i].equals(text)) {
                        return i + 1;
                    }
                }
                if (size < FEW) {
                    few[size++] = text;
                    return 0;
                }
                many = new HashMap<>();
                for (String one : few) {
                    many.put(one, many.size() + 1);
                }
            }
            Integer known = many.putIfAbsent(text, many.size() + 1);
            size = many.size();
            return known == null ? 0 : known;
        }
    }

    private static final class In {
        private final byte[] bytes;
        private int at;
        private final List<String> texts = new ArrayList<>();
        private final Map<String, long[]> sequences = new HashMap<>(4);
        private Kept before = NONE;
        private long[] sequence = {0};

        In(byte[] bytes) {
            this.bytes = bytes;
        }

        void memory(Memory memory) {
            if (number() == 0) {
                return;
            }
            memory.newest = signed();
            memory.since = memory.newest - signed();
            if (number() != 0) {
                memory.lost = memory.newest - signed();
            }
            for (int n = size(); n > 0; n--) {
                memory.last.put(raw(), memory.newest - signed());
            }
            long before = memory.since;
            for (int n = size(); n > 0; n--) {
                before += signed();
                memory.counts.put(before, number());
            }
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = bytes[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }

        long signed() {
            long value = number();
            return value >>> 1 ^ -(value & 1);
        }

        int size() {
            long size = number();
            if (size < 0 || size > Integer.MAX_VALUE) {
                throw new IndexOutOfBoundsException("size " + size);
            }
            return (int) size;
        }

        String raw() {
            int size = size();
            if (size > bytes.length - at) {
                throw new IndexOutOfBoundsException("string of " + size + " bytes");
            }
            String text = new String(bytes, at, size, StandardCharsets.UTF_8);
            at += size;
            return text;
        }

        String text() {
            int known = size();
            if (known > 0) {
                return texts.get(known - 1);
            }
            String text = raw();
            texts.add(text);
            return text;
        }

        Dropped dropped(boolean totals) {
            Dropped dropped = new Dropped();
            dropped.hits = number();
            dropped.count = number();
            for (int n = totals ? size() : 0; n > 0; n--) {
                String name = text();
                try {
                    dropped.totals.put(name, new Dropped.Total(new BigDecimal(raw()), signed()));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("not the state of a group: a sum that is no number", e);
                }
            }
            return dropped;
        }

        List<Kept> hits() {
            int size = size();
            if (size > bytes.length - at) {
                throw new IndexOutOfBoundsException(size + " hits");
            }
            List<Kept> hits = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                hits.add(hit());
            }
            return hits;
        }

        private Map<String, String> values(int number) {
            if (number == 1) {
                return Map.of(text(), text());
            }
            Map<String, String> values = new HashMap<>();
            for (int n = number; n > 0; n--) {
                String name = text();
                values.put(name, text());
            }
            return Map.copyOf(values);
        }

        private Kept hit() {
            int flags = size();
            long time = before.time() + signed();
            long received = time + before.received() - before.time() + signed();
            String prefix;
            long number = Kept.WHOLE;
            if ((flags & WHOLE_ID) != 0) {
                prefix = raw();
            } else {
                if ((flags & SAME_PREFIX) != 0) {
                    prefix = before.prefix();
                } else {
                    prefix = text();
                    sequence = sequences.computeIfAbsent(prefix, p -> new long[1]);
                }
                number = sequence[0] + signed();
                sequence[0] = number;
            }
            String member = (flags & SAME_MEMBER) != 0 ? before.member() : text();
            int partition = (flags & SAME_PARTITION) != 0 ? before.partition() : (int) signed();
            boolean sameOffset = (flags & SAME_OFFSET) != 0;
            long offset = before.offset() + (sameOffset ? 0 : signed());
            int line = (int) (signed() + (sameOffset ? before.line() : 0));
            int count = (flags & COUNTED) != 0 ? size() : 1;
            Map<String, String> values = Map.of();
            if ((flags & VALUES) != 0) {
                values = values(size());
            }
            int step = (flags & STEP) != 0 ? size() : 0;
            before = new Kept(time, prefix, number, count, member, received, partition, offset, line, values, step);
            return before;
        }
    }

    /** What the first hit differs from. No member and no prefix is the empty string in practice; if one is, it is the same. */
    private static final Kept NONE = new Kept(0, "", Kept.WHOLE, 1, "", 0, 0, 0, 0, Map.of(), 0);
}
