package io.bongsu.shipper.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk that keeps what was synced and, at a crash, any of the rest: unsynced writes are lost, torn at any byte or kept,
 * in any order; files not yet synced by name may be gone, and deleted ones back. It can be full, refuse a sync, and
 * change bits.
 */
final class MemoryDisk implements Disk {
    private final Random random;
    private final TreeMap<String, Memory> files = new TreeMap<>();
    private final Map<String, Memory> durableNames = new TreeMap<>();
    private long capacity = Long.MAX_VALUE;
    private int failingSyncs;
    private int generation;

    MemoryDisk(Random random) {
        this.random = random;
    }

    /** In bytes over all files. */
    void capacity(long bytes) {
        capacity = bytes;
    }

    void failNextSyncs(int count) {
        failingSyncs = count;
    }

    long used() {
        return files.values().stream().mapToLong(f -> f.length).sum();
    }

    /** Whoever has files open has them no longer. */
    void crash() {
        generation++;
        failingSyncs = 0;
        TreeMap<String, Memory> left = new TreeMap<>();
        Set<String> names = new HashSet<>(files.keySet());
        names.addAll(durableNames.keySet());
        for (String name : names) {
            Memory now = files.get(name);
            Memory durable = durableNames.get(name);
            Memory survivor = now == durable || random.nextBoolean() ? now : durable;
            if (survivor != null) {
                left.put(name, survivor);
            }
        }
        files.clear();
        files.putAll(left);
        durableNames.clear();
        durableNames.putAll(left);
        left.values().forEach(Memory::crash);
    }

    /** Changes one bit of that file. */
    void flip(String name, long at, int bit) {
        Memory file = files.get(name);
        if (file != null && at < file.length) {
            file.content[(int) at] ^= (byte) (1 << bit);
            if (at < file.durable.length) {
                file.durable[(int) at] ^= (byte) (1 << bit);
            }
        }
    }

    @Override
    public List<String> list() {
        List<String> names = new ArrayList<>(files.keySet());
        Collections.shuffle(names, random);
        return names;
    }

    @Override
    public File create(String name) throws IOException {
        if (files.containsKey(name)) {
            throw new IOException(name + " exists");
        }
        if (used() >= capacity) {
            throw new IOException("No space left on device");
        }
        files.put(name, new Memory());
        return open(name);
    }

    @Override
    public File open(String name) throws IOException {
        Memory file = files.get(name);
        if (file == null) {
            throw new IOException(name + " is not there");
        }
        return new Handle(file, generation);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    @Override
    public void sync() throws IOException {
        refuse();
        durableNames.clear();
        durableNames.putAll(files);
    }

    private void refuse() throws IOException {
        if (failingSyncs > 0) {
            failingSyncs--;
            throw new IOException("Input/output error");
        }
    }

    private final class Memory {
        /** What a reader sees. */
        byte[] content = new byte[0];

        int length;
        /** What is there after a crash in any case. */
        byte[] durable = new byte[0];

        final List<Write> unsynced = new ArrayList<>();

        void write(byte[] data, int at) {
            if (at + data.length > content.length) {
                content = Arrays.copyOf(content, Math.max(2 * content.length, at + data.length));
            }
            System.arraycopy(data, 0, content, at, data.length);
            length = Math.max(length, at + data.length);
        }

        void crash() {
            Collections.shuffle(unsynced, random);
            byte[] kept = durable;
            for (Write write : unsynced) {
                switch (random.nextInt(3)) {
                    case 0 -> kept = write.apply(kept, write.size);
                    case 1 -> kept = write.apply(kept, random.nextInt(write.size + 1));
                    default -> {} // lost
                }
            }
            unsynced.clear();
            durable = kept;
            content = kept.clone();
            length = kept.length;
        }
    }

    /** A write, or, without data, a truncation to that place. */
    private record Write(int at, int size, byte[] data, boolean truncates) {
        byte[] apply(byte[] to, int bytes) {
            if (truncates) {
                return at < to.length ? Arrays.copyOf(to, at) : to;
            }
            byte[] result = Arrays.copyOf(to, Math.max(to.length, at + bytes));
            System.arraycopy(data, 0, result, at, bytes);
            return result;
        }
    }

    private final class Handle implements File {
        private final Memory file;
        private final int opened;

        Handle(Memory file, int opened) {
            this.file = file;
            this.opened = opened;
        }

        private void alive() {
            if (opened != generation) {
                throw new IllegalStateException("a file of before the crash is used");
            }
        }

        @Override
        public long size() {
            alive();
            return file.length;
        }

        @Override
        public void read(ByteBuffer into, long at) {
            alive();
            int n = (int) Math.min(into.remaining(), file.length - at);
            if (n > 0) {
                into.put(file.content, (int) at, n);
            }
        }

        @Override
        public void write(ByteBuffer from, long at) throws IOException {
            alive();
            byte[] data = new byte[from.remaining()];
            from.get(data);
            long grows = Math.max(0, at + data.length - file.length);
            long room = grows == 0 ? Long.MAX_VALUE : capacity - used();
            if (grows > room) {
                byte[] fits = Arrays.copyOf(data, (int) Math.max(0, data.length - grows + Math.max(0, room)));
                put(fits, (int) at);
                throw new IOException("No space left on device");
            }
            put(data, (int) at);
        }

        private void put(byte[] data, int at) {
            file.write(data, at);
            file.unsynced.add(new Write(at, data.length, data, false));
        }

        @Override
        public void truncate(long size) throws IOException {
            alive();
            refuse();
            file.length = (int) Math.min(size, file.length);
            file.unsynced.add(new Write((int) size, 0, new byte[0], true));
        }

        @Override
        public void force() throws IOException {
            alive();
            if (failingSyncs > 0) {
                // What becomes of the unsynced writes is open; a later sync does not save them.
                int length = file.length;
                file.crash();
                file.write(new byte[0], 0);
                file.length = Math.max(length, file.length);
                file.content = Arrays.copyOf(file.content, Math.max(file.content.length, file.length));
                refuse();
            }
            file.durable = Arrays.copyOf(file.content, file.length);
            file.unsynced.clear();
        }

        @Override
        public void close() {
            // nothing
        }
    }
}
