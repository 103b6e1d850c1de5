package io.bongsu.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What processes cost from {@link #start} to {@link #stop}: processor time of each, and the most resident memory that they
 * had together, looked at ten times a second. Memory is known on Linux only.
 */
final class Usage {
    private static final long LOOK_MS = 100;

    private final Map<String, ProcessHandle> processes;
    private final Map<String, Duration> before = new LinkedHashMap<>();
    private final Map<String, Long> peaks = new LinkedHashMap<>();
    private final Thread looking = new Thread(this::look, "bench-memory");
    private volatile boolean over;
    private long peak;

    /** Seconds of processor time by process. */
    record Cost(
            Map<String, Double> seconds,
            Map<String, Long> peakMb,
            @Nullable Long togetherMb) {
        double total() {
            return seconds.values().stream().mapToDouble(s -> s).sum();
        }
    }

    private Usage(Map<String, ProcessHandle> processes) {
        this.processes = processes;
    }

    static Usage start(Map<String, ProcessHandle> processes) {
        Usage usage = new Usage(new LinkedHashMap<>(processes));
        usage.processes.forEach((name, process) -> usage.before.put(name, cpu(process)));
        usage.looking.setDaemon(true);
        usage.looking.start();
        return usage;
    }

    Cost stop() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        processes.forEach((name, process) -> seconds.put(
                name,
                cpu(process).minus(before.getOrDefault(name, Duration.ZERO)).toMillis() / 1000.0));
        over = true;
        try {
            looking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Cost(seconds, peaks, peak == 0 ? null : peak >> 10);
    }

    /** KiB of all of them together. */
    long now() {
        return processes.values().stream().mapToLong(p -> resident(p.pid())).sum();
    }

    private void look() {
        do {
            long together = 0;
            for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
                long kilobytes = resident(process.getValue().pid());
                together += kilobytes;
                if (kilobytes > 0) {
                    peaks.merge(process.getKey(), kilobytes >> 10, Math::max);
                }
            }
            peak = Math.max(peak, together);
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                return;
            }
        } while (!over);
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** KiB; 0 where it is not known. */
    static long resident(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // another system, or it has just ended
        }
    }
}
