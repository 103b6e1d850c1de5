package io.bongsu.shipper.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A flat folder of files, as little of it as a spool needs: the tests put one in its place that crashes and lies. */
public interface Disk {
    List<String> list() throws IOException;

    /** Creates it; it must not exist. It may be gone after a crash until {@link #sync()}. */
    File create(String name) throws IOException;

    /** Opens one that exists. */
    File open(String name) throws IOException;

    void delete(String name) throws IOException;

    /** Returns when the names of all files are durable. */
    void sync() throws IOException;

    /** One file. */
    interface File extends Closeable {
        long size() throws IOException;

        /** Fills the buffer as far as the file goes. */
        void read(ByteBuffer into, long at) throws IOException;

        /** Writes all of it. */
        void write(ByteBuffer from, long at) throws IOException;

        void truncate(long size) throws IOException;

        /** Returns when all that was written is durable. */
        void force() throws IOException;
    }
}
