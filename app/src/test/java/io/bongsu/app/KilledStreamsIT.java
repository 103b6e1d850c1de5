package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.pipeline.Watcher;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.indexer.Indices;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Target;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbered lines, and the process that parses and correlates killed with SIGKILL twice while they come. */
class KilledStreamsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    Path directory;

    @Test
    void everyLineIsThereOnceAndTheAlertsAreThoseOfDetect() throws Exception {
        Numbered lines = new Numbered(3_000, 42);
        Seen seen = new Seen();
        try (Running running = Running.start(directory, Numbered.rules());
                Watcher watcher = new Watcher(running.pipeline().kafka(), Watcher.TOPICS, seen);
                Socket one = running.connect("syslog-tcp", Running.sender("syslog-tcp", 0, 2));
                Socket two = running.connect("syslog-tcp", Running.sender("syslog-tcp", 1, 2))) {
            watcher.start();
            List<Socket> sockets = List.of(one, two);
            ChildProcess streams = running.pipeline().streams();

            lines.send(0, 1_000, sockets);
            await().atMost(PATIENCE).until(() -> seen.tally().received() > 0);
            kill(streams);
            lines.send(1_000, 2_000, sockets);
            await().atMost(PATIENCE).until(() -> seen.tally().received() > 1_000);
            kill(streams);
            lines.send(2_000, 3_000, sockets);
            await().atMost(PATIENCE).until(() -> seen.tally().received() >= lines.size());

            Indices indices = new Indices(running.pipeline().elasticsearch());
            await().atMost(PATIENCE).until(() -> {
                indices.refresh(Target.ALL_EVENTS);
                return indices.count(Target.ALL_EVENTS) >= lines.size();
            });
            List<Map<String, Object>> expected = lines.detected();
            assertThat(expected).hasSizeGreaterThan(5);
            await().atMost(PATIENCE).until(() -> seen.standing().size() >= expected.size() && seen.allClosed());
            assertThat(seen.standing()).isEqualTo(expected);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(alerts(indices)).isEqualTo(counts(expected)));

            assertThat(timesIndexed(indices)).isEqualTo(once(lines.size()));
            assertThat(seen.times()).isEqualTo(once(lines.size()));
            assertThat(seen.tally().balanced()).isTrue();
            assertThat(seen.tally().duplicates() + seen.tally().missing()).isZero();
        }
    }

    private static void kill(ChildProcess streams) {
        long pid = streams.pid();
        streams.kill();
        await().atMost(PATIENCE).until(() -> streams.isReady() && streams.pid() != pid);
    }

    /** Line number to how often it is in Elasticsearch. */
    private static Map<Integer, Integer> timesIndexed(Indices indices) {
        Map<Integer, Integer> times = new HashMap<>();
        indices.scan(Target.ALL_EVENTS, hit -> {
            Object number = hit.flat().get("process.pid");
            times.merge(((Long) number).intValue(), 1, Integer::sum);
        });
        return times;
    }

    private static Map<Integer, Integer> once(int lines) {
        Map<Integer, Integer> once = new HashMap<>();
        IntStream.rangeClosed(1, lines).forEach(i -> once.put(i, 1));
        return once;
    }

    /** Alert id to number of events, as Elasticsearch has it. */
    private static Map<String, Object> alerts(Indices indices) {
        List<Search.Hit> hits = new ArrayList<>();
        indices.refresh(Target.ALL_ALERTS);
        indices.scan(Target.ALL_ALERTS, hits::add);
        Map<String, Object> counts = new TreeMap<>();
        for (Search.Hit hit : hits) {
            Map<String, Object> doc = hit.flat();
            if (!"withdrawn".equals(doc.get("bongsu.alert.status"))) {
                counts.put(hit.id(), doc.get("bongsu.alert.count"));
            }
        }
        return counts;
    }

    private static Map<String, Object> counts(List<Map<String, Object>> contents) {
        Map<String, Object> counts = new TreeMap<>();
        contents.forEach(c -> counts.put(String.valueOf(c.get("id")), c.get("count")));
        return counts;
    }
}
