package io.bongsu.shipper;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A sender that speaks RELP, written from the protocol's description. */
final class RelpClient implements Closeable {
    final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private int transaction;

    /** A frame of the server: of {@code rsp}, or the hint {@code serverclose}. */
    record Answer(int transaction, String command, String data) {
        boolean ok() {
            return command.equals("rsp") && data.startsWith("200 ");
        }
    }

    RelpClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    RelpClient open() throws IOException {
        send("open", "relp_version=0\nrelp_software=test,1.0,http://example.org\ncommands=syslog");
        Answer answer = answer();
        if (!answer.ok() || answer.transaction() != transaction) {
            throw new IOException("not opened: " + answer);
        }
        return this;
    }

    /** @return the transaction */
    int send(String command, String data) throws IOException {
        out.write(frame(++transaction, command, data));
        return transaction;
    }

    static byte[] frame(int transaction, String command, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes((transaction + " " + command + " " + bytes.length + (bytes.length > 0 ? " " : ""))
                .getBytes(StandardCharsets.US_ASCII));
        frame.writeBytes(bytes);
        frame.write('\n');
        return frame.toByteArray();
    }

    void raw(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next frame of the server; fails with EOFException when there is none any more. */
    Answer answer() throws IOException {
        int of = Integer.parseInt(word());
        String command = word();
        StringBuilder digits = new StringBuilder();
        int b = read();
        for (; b >= '0' && b <= '9'; b = read()) {
            digits.append((char) b);
        }
        int length = Integer.parseInt(digits.toString());
        String data = b == ' ' ? new String(in.readNBytes(length), StandardCharsets.ISO_8859_1) : "";
        if ((b == ' ' ? read() : b) != '\n') {
            throw new IOException("a frame without its line feed");
        }
        return new Answer(of, command, data);
    }

    private String word() throws IOException {
        StringBuilder word = new StringBuilder();
        for (int b = read(); b != ' '; b = read()) {
            word.append((char) b);
        }
        return word.toString();
    }

    private int read() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
