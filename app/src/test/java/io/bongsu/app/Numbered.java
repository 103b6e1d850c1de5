package io.bongsu.app;

import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * For tests: RFC 5424 lines of sshd, each with its number as process id, four seconds apart and in order. In the first
 * half every hundred lines have an attacker of their own, whose failures come in bursts that sometimes reach five a
 * minute; the second half is quiet and long enough for every alert to close.
 */
public final class Numbered {
    private static final long STEP = 4_000_000L;

    /** Rules of every type over these lines. None takes so long to close as those of ours that look at a whole day. */
    public static final List<Path> RULES =
            List.of(Path.of("../correlation-rules/rules/linux_ssh_brute_force.yml"), Path.of("src/test/rules"));

    private final List<String> lines = new ArrayList<>();

    public Numbered(int count, long seed) {
        Random random = new Random(seed);
        long start = Micros.of(Instant.now().truncatedTo(ChronoUnit.SECONDS)) - (count + 60) * STEP;
        for (int i = 0; i < count; i++) {
            boolean failure = i < count / 2 && random.nextInt(100) < 35;
            String what = failure
                    ? "Failed password for root from 10.9.0." + (i / 100) + " port " + (30_000 + i % 30_000) + " ssh2"
                    : "Accepted publickey for deploy from 10.1.0." + random.nextInt(250)
                            + " port 40022 ssh2: ED25519 SHA256:x";
            lines.add("<86>1 " + Micros.iso(start + i * STEP) + " host-" + i % 5 + " sshd " + (i + 1) + " - - " + what);
        }
    }

    public int size() {
        return lines.size();
    }

    /** Sends these lines in turn over the sockets, by octet count. */
    public void send(int from, int to, List<Socket> sockets) throws IOException {
        for (int i = from; i < to; i++) {
            byte[] line = lines.get(i).getBytes(StandardCharsets.UTF_8);
            OutputStream out = sockets.get(i % sockets.size()).getOutputStream();
            out.write((line.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.write(line);
        }
    }

    /** What `bongsu detect` makes of the same lines. */
    public List<Map<String, Object>> detected() {
        byte[] file = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        Offline offline = new Offline(
                ParserSet.load(List.of()).parsers(),
                RuleSet.load(RULES, RuleSet.Defaults.STANDARD).rules(),
                new Offline.Options(null, Micros.UNKNOWN, false, Micros.now()),
                problem -> {
                    throw new AssertionError(problem);
                });
        return offline.alerts(List.of(new Offline.File("lines", () -> new ByteArrayInputStream(file)))).stream()
                .map(alert ->
                        content(alert, id -> HexFormat.fromHexDigitsToLong(id.substring(id.lastIndexOf('-') + 1)) + 1))
                .toList();
    }

    /** {@link #RULES} as the configuration takes them. */
    public static Map<String, String> rules() {
        return Map.of(
                "BONGSU_RULES",
                RULES.stream()
                        .map(path -> path.toAbsolutePath().normalize().toString())
                        .collect(Collectors.joining(",")));
    }

    /** Everything that an alert says, without what depends on the way there: revision, places in the log, times of day. */
    public static Map<String, Object> content(Alert alert, ToLongFunction<String> number) {
        Map<String, Object> content = new TreeMap<>();
        content.put("id", alert.getId());
        content.put("rule", alert.getRule());
        content.put("status", alert.getStatus());
        content.put("group", new TreeMap<>(alert.getGroup()));
        content.put("time", Micros.iso(alert.getTime()));
        content.put("start", Micros.iso(alert.getStart()));
        content.put("end", Micros.iso(alert.getEnd()));
        content.put("count", alert.getCount());
        content.put("capped", alert.getCapped());
        content.put("degraded", alert.getDegraded());
        content.put("values", new TreeMap<>(alert.getValues()));
        // Of an alert below, its id: that is the same everywhere.
        content.put(
                "evidence",
                alert.getEvidence().stream()
                        .map(e -> e.getMember() + " " + e.getStep() + " "
                                + (e.getPartition() < 0 ? e.getEvent() : number.applyAsLong(e.getEvent())))
                        .toList());
        return content;
    }
}
