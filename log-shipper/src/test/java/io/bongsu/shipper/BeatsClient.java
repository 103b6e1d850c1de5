package io.bongsu.shipper;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DeflaterOutputStream;

/** A sender that speaks Lumberjack version 2 as Beats do, written from the protocol's description. */
final class BeatsClient implements Closeable {
    final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    BeatsClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A whole batch; does not wait for its acknowledgement. */
    BeatsClient send(List<String> events, boolean packed) throws IOException {
        out.write(batch(events, packed));
        return this;
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** The sequence that the next acknowledgement names. */
    long acknowledged() throws IOException {
        int version = in.readByte();
        int type = in.readByte();
        if (version != '2' || type != 'A') {
            throw new IOException("no acknowledgement: " + version + " " + type);
        }
        return in.readInt() & 0xFFFF_FFFFL;
    }

    /** As Beats wait for a batch: what names less than all of it is a sign of life. */
    void await(int events) throws IOException {
        long sequence = acknowledged();
        while (sequence < events) {
            sequence = acknowledged();
        }
        if (sequence > events) {
            throw new IOException("acknowledged " + sequence + " of " + events);
        }
    }

    static byte[] batch(List<String> events, boolean packed) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < events.size(); i++) {
            frames.writeBytes(event(i + 1, events.get(i)));
        }
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        batch.writeBytes(header('W', events.size()));
        batch.writeBytes(packed ? packed(frames.toByteArray()) : frames.toByteArray());
        return batch.toByteArray();
    }

    static byte[] event(int sequence, String json) {
        byte[] data = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(10 + data.length)
                .put((byte) '2')
                .put((byte) 'J')
                .putInt(sequence)
                .putInt(data.length)
                .put(data)
                .array();
    }

    static byte[] packed(byte[] frames) {
        ByteArrayOutputStream zlib = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(zlib)) {
            deflater.write(frames);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header('C', zlib.size()));
        all.writeBytes(zlib.toByteArray());
        return all.toByteArray();
    }

    static byte[] header(char type, int value) {
        return ByteBuffer.allocate(6)
                .put((byte) '2')
                .put((byte) type)
                .putInt(value)
                .array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
