package io.bongsu.app.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RuleVersion;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;

/** What is live, since when, and what was before. */
public final class RulesLive {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RulesLive() {}

    /**
     * A generation, and its rules against those of the one before: by their versions.
     *
     * @param others kinds of other files that are not those of the one before; built-in: those of another program
     */
    public record Step(RulesManifest manifest, int added, int changed, int removed, List<String> others) {}

    /** @param since by id of the rule: the generation since which it has been what it is, without a break */
    public record Live(RulesManifest manifest, RuleSet.Loaded loaded, Map<String, RulesManifest> since) {}

    /** @param count alerts that stand or were withdrawn */
    public record Firings(long count, String last) {}

    /** The newest first. */
    public static List<Step> history(Map<String, Object> kafka) {
        List<Step> steps = new ArrayList<>();
        try (RulesTopic topic = read(kafka)) {
            Map<String, String> before = Map.of();
            RulesManifest last = null;
            for (RulesTopic.Entry entry : topic.entries().values()) {
                Map<String, String> now = versions(entry.manifest());
                int added = 0;
                int changed = 0;
                int kept = 0;
                for (Map.Entry<String, String> rule : now.entrySet()) {
                    String was = before.get(rule.getKey());
                    if (was == null) {
                        added++;
                    } else {
                        kept++;
                        changed += was.equals(rule.getValue()) ? 0 : 1;
                    }
                }
                List<String> others = last == null ? List.of() : others(last, entry.manifest());
                steps.addFirst(new Step(entry.manifest(), added, changed, before.size() - kept, others));
                before = now;
                last = entry.manifest();
            }
        }
        return steps;
    }

    private static List<String> others(RulesManifest before, RulesManifest now) {
        Set<String> kinds = new TreeSet<>();
        RulesPush.files(before.getFiles(), now.getFiles()).stream()
                .filter(file -> !file.ofRules())
                .forEach(file -> kinds.add(file.kind()));
        if (!before.getBuiltIn().equals(now.getBuiltIn())) {
            kinds.add("built-in");
        }
        return List.copyOf(kinds);
    }

    /** Generations that were pushed by a program with other built-in parsers, or before parsers travelled. */
    public static List<Long> otherParsers(Map<String, Object> kafka) {
        try (RulesTopic topic = read(kafka)) {
            return topic.entries().values().stream()
                    .map(RulesTopic.Entry::manifest)
                    .filter(manifest -> !manifest.getBuiltIn().equals(ParserSet.builtIn()))
                    .map(RulesManifest::getGeneration)
                    .toList();
        }
    }

    public static Live live(Map<String, Object> kafka) {
        try (RulesTopic topic = read(kafka)) {
            RulesTopic.Entry newest = newest(topic);
            Map<String, RulesManifest> since = new HashMap<>();
            Map<String, String> going = versions(newest.manifest());
            NavigableMap<Long, RulesTopic.Entry> backwards = topic.entries().descendingMap();
            for (RulesTopic.Entry entry : backwards.values()) {
                Map<String, String> then = versions(entry.manifest());
                going.entrySet().removeIf(rule -> !rule.getValue().equals(then.get(rule.getKey())));
                going.keySet().forEach(rule -> since.put(rule, entry.manifest()));
            }
            return new Live(newest.manifest(), RulesPush.load(topic.content(newest)), since);
        }
    }

    /** What is done with the generations in Kafka, and the rules of the newest one. */
    public interface Work<T> {
        T run(Generations generations, RuleSet newest);
    }

    public static <T> T judging(Config config, Map<String, Object> kafka, Work<T> work) {
        try (RulesTopic topic = read(kafka)) {
            Path folder = Files.createTempDirectory("bongsu-rules");
            try {
                Generations generations = Parts.generations(config, topic, folder);
                long newest = newest(topic).manifest().getGeneration();
                Generation last = Objects.requireNonNull(generations.get(newest), "it is in the topic");
                return work.run(generations, last.rules());
            } finally {
                Utils.delete(folder.toFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By id of the rule, as far as Elasticsearch still has its alerts. */
    public static Map<String, Firings> firings(Elasticsearch elasticsearch) throws IOException {
        String body = """
                {"size": 0, "aggs": {"rules": {"terms": {"field": "rule.id", "size": 10000},
                 "aggs": {"last": {"max": {"field": "@timestamp"}}}}}}""";
        Elasticsearch.Reply reply = elasticsearch.call(
                "POST",
                "/logs-bongsu.alerts-*/_search",
                Map.of("ignore_unavailable", "true"),
                body.getBytes(StandardCharsets.UTF_8));
        if (!reply.ok()) {
            throw new IOException("Elasticsearch answers " + reply.status());
        }
        Map<String, Firings> firings = new HashMap<>();
        for (JsonNode rule : JSON.readTree(reply.body()).at("/aggregations/rules/buckets")) {
            firings.put(
                    rule.path("key").asText(),
                    new Firings(
                            rule.path("doc_count").asLong(),
                            rule.at("/last/value_as_string").asText("")));
        }
        return firings;
    }

    private static Map<String, String> versions(RulesManifest manifest) {
        Map<String, String> versions = new HashMap<>();
        for (RuleVersion rule : manifest.getRules()) {
            versions.put(rule.getRule(), rule.getVersion());
        }
        return versions;
    }

    /** The newest generation as read so far; a fault when there is none. */
    static RulesTopic.Entry newest(RulesTopic topic) {
        RulesTopic.Entry newest = topic.newest();
        if (newest == null) {
            throw new Fault("Kafka holds no rules yet", "run bongsu setup, or bongsu rules push DIR");
        }
        return newest;
    }

    static RulesTopic read(Map<String, Object> kafka) {
        RulesTopic topic = new RulesTopic(kafka);
        try {
            topic.read();
            return topic;
        } catch (KafkaException e) {
            topic.close();
            throw RulesPush.fault(e);
        }
    }
}
