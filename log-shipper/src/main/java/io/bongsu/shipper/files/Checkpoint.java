package io.bongsu.shipper.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What is known of the files after a restart: how far Kafka has acknowledged each. One text file, replaced as a whole: the
 * old content or the new, whatever happens. A damaged one is never guessed.
 *
 * @param inputs that were started before: their files begin at the beginning
 * @param epochs newest epoch of each name, also of files that are gone, so that none comes twice
 */
record Checkpoint(Set<String> inputs, List<Entry> files, Map<String, Long> epochs) {
    private static final String TITLE = "bongsu files 1";

    /**
     * One file.
     *
     * @param path under which it was found first; {@code where} it was seen last
     * @param size when it was seen last
     */
    record Entry(
            String input,
            String name,
            long epoch,
            long inode,
            Mark head,
            Place acknowledged,
            long size,
            String path,
            String where) {}

    static Checkpoint empty() {
        return new Checkpoint(Set.of(), List.of(), Map.of());
    }

    /** @throws IOException it cannot be read or is damaged; the message says what to do */
    static Checkpoint load(Path file) throws IOException {
        if (!Files.exists(file)) {
            return empty();
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        int end = text.lastIndexOf("end\t");
        try {
            if (end < 0
                    || !text.startsWith(TITLE + "\n")
                    || !text.substring(end).equals(end(text.substring(0, end)))) {
                throw new IllegalArgumentException("its checksum is wrong");
            }
            return parse(text.substring(0, end));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(
                    file + " is damaged (" + e.getMessage()
                            + "); restore it from a backup, or delete it: files are then"
                            + " read again as if the input were new, and lines that are there already are recognised by"
                            + " their place in the file",
                    e);
        }
    }

    private static Checkpoint parse(String text) {
        Set<String> inputs = new LinkedHashSet<>();
        List<Entry> files = new ArrayList<>();
        Map<String, Long> epochs = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            String[] f = line.split("\t");
            switch (f[0]) {
                case TITLE -> {}
                case "input" -> inputs.add(f[1]);
                case "epoch" -> epochs.put(f[1], Long.parseLong(f[2]));
                case "file" ->
                    files.add(new Entry(
                            f[1],
                            f[2],
                            Long.parseLong(f[3]),
                            Long.parseLong(f[4]),
                            new Mark(Integer.parseInt(f[5]), f[6]),
                            new Place(Long.parseLong(f[7]), new Mark(Integer.parseInt(f[8]), f[9])),
                            Long.parseLong(f[10]),
                            unescaped(f[11]),
                            unescaped(f[12])));
                default -> throw new IllegalArgumentException("unknown line '" + f[0] + "'");
            }
        }
        return new Checkpoint(inputs, files, epochs);
    }

    /** The new content is on disk when this returns. */
    void save(Path file) throws IOException {
        StringBuilder text = new StringBuilder(TITLE).append('\n');
        inputs.forEach(input -> text.append("input\t").append(input).append('\n'));
        for (Entry e : files) {
            text.append("file\t" + e.input + '\t' + e.name + '\t' + e.epoch + '\t' + e.inode + '\t' + e.head.length()
                    + '\t' + e.head.hash() + '\t' + e.acknowledged.offset() + '\t'
                    + e.acknowledged.tail().length() + '\t'
                    + e.acknowledged.tail().hash() + '\t' + e.size + '\t'
                    + escaped(e.path) + '\t' + escaped(e.where) + '\n');
        }
        epochs.forEach((name, epoch) ->
                text.append("epoch\t").append(name).append('\t').append(epoch).append('\n'));
        text.append(end(text.toString()));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }

    private static String end(String before) {
        CRC32C crc = new CRC32C();
        crc.update(before.getBytes(StandardCharsets.UTF_8));
        return "end\t" + Long.toHexString(crc.getValue()) + "\n";
    }

    /** A path may hold anything but NUL. */
    private static String escaped(String path) {
        return path.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                c = text.charAt(++i);
                c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
            }
            out.append(c);
        }
        return out.toString();
    }
}
