package io.bongsu.shipper.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Datagrams that the kernel dropped because a socket's receive buffer was full: the last column of
 * {@code /proc/net/udp} and {@code udp6} (proc(5)), of the sockets that are ours. Where there is no such file, the count
 * is -1. Remembers the last count when the socket is gone.
 */
final class KernelDrops {
    private final Path proc;
    private final Set<String> inodes;
    private long latest;

    private KernelDrops(Path proc, Set<String> inodes) {
        this.proc = proc;
        this.inodes = inodes;
        this.latest = inodes.isEmpty() ? -1 : 0;
    }

    /** Of this process's sockets on that port. */
    static KernelDrops of(int port) {
        return of(port, Path.of("/proc"));
    }

    static KernelDrops of(int port, Path proc) {
        Set<String> inodes = new HashSet<>();
        try {
            Set<String> ours = sockets(proc.resolve("self/fd"));
            for (String[] row : rows(proc)) {
                String local = row[1];
                if (Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16) == port
                        && ours.contains("socket:[" + row[9] + "]")) {
                    inodes.add(row[9]);
                }
            }
        } catch (IOException | RuntimeException e) {
            // not told here: the counter is left out
        }
        return new KernelDrops(proc, inodes);
    }

    /** Since the socket was opened; -1 when the kernel does not tell. */
    synchronized long count() {
        if (latest >= 0) {
            try {
                long sum = 0;
                for (String[] row : rows(proc)) {
                    if (inodes.contains(row[9])) {
                        sum += Long.parseLong(row[row.length - 1]);
                    }
                }
                latest = Math.max(latest, sum);
            } catch (IOException | RuntimeException e) {
                // the latest count stands
            }
        }
        return latest;
    }

    private static Set<String> sockets(Path descriptors) throws IOException {
        Set<String> found = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(descriptors)) {
            for (Path file : files) {
                try {
                    found.add(Files.readSymbolicLink(file).toString());
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        }
        return found;
    }

    private static Iterable<String[]> rows(Path proc) throws IOException {
        Set<String[]> rows = new HashSet<>();
        for (String table : new String[] {"udp", "udp6"}) {
            Path file = proc.resolve("net").resolve(table);
            if (Files.exists(file)) {
                try (var lines = Files.lines(file)) {
                    lines.skip(1)
                            .map(line -> line.strip().split("\\s+"))
                            .filter(row -> row.length > 10)
                            .forEach(rows::add);
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        }
        return rows;
    }
}
