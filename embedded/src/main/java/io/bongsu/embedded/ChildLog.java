package io.bongsu.embedded;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The output of a child: to a file of at most {@code most} bytes with one predecessor ({@code .1}), its last lines in memory.
 * When the file cannot be written (disk full), the output is still read, so the child never blocks on it.
 */
final class ChildLog implements AutoCloseable {
    private static final int LINES = 25;
    private static final int LINE_BYTES = 2000;

    private final Path file;
    private final long most;
    private final ArrayDeque<String> tail = new ArrayDeque<>(); // guarded by itself
    private @Nullable OutputStream out;
    private long written;

    ChildLog(Path file, long most) {
        this.file = file;
        this.most = most;
    }

    void open() {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            roll();
        } catch (IOException e) {
            throw new EmbeddedException(
                    "the log file " + file + " cannot be written: " + e.getMessage(),
                    "make its folder writable or choose another data folder",
                    e);
        }
    }

    /** Until the end of the stream. Each line is given on, cut at 2,000 bytes. */
    void copy(InputStream in, Consumer<String> lines) throws IOException {
        byte[] buffer = new byte[8192];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int n; (n = in.read(buffer)) >= 0; ) {
            write(buffer, n);
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    take(line, lines);
                } else if (line.size() < LINE_BYTES && buffer[i] != '\r') {
                    line.write(buffer[i]);
                }
            }
        }
        if (line.size() > 0) {
            take(line, lines);
        }
    }

    /** A line of our own. */
    void line(String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        write(bytes, bytes.length);
    }

    List<String> tail() {
        synchronized (tail) {
            return List.copyOf(tail);
        }
    }

    String indentedTail() {
        StringBuilder text = new StringBuilder();
        tail().forEach(line -> text.append("\n    ").append(line));
        return text.append('\n').toString();
    }

    @Override
    public void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            // nothing that anybody could do about it
        }
        out = null;
    }

    private void take(ByteArrayOutputStream line, Consumer<String> lines) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        synchronized (tail) {
            if (tail.size() == LINES) {
                tail.removeFirst();
            }
            tail.addLast(text);
        }
        lines.accept(text);
    }

    private void write(byte[] bytes, int n) {
        try {
            if (written + n > most) {
                roll();
            }
            if (out != null) {
                out.write(bytes, 0, n);
                out.flush();
                written += n;
            }
        } catch (IOException e) {
            close();
        }
    }

    private void roll() throws IOException {
        close();
        written = 0;
        if (Files.exists(file)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        out = new BufferedOutputStream(Files.newOutputStream(file));
    }
}
