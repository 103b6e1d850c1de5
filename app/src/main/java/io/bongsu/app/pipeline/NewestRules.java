package io.bongsu.app.pipeline;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.Content;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/** The rules that are live, as bongsu.rules holds them, with their files in a folder of their own until this is closed. */
public final class NewestRules implements AutoCloseable {
    private final Path folder;
    private final RulesTopic topic;
    private final Generations generations;
    private final Content content;
    private final RuleSet.Loaded loaded;

    public static NewestRules open(Config config, Map<String, Object> kafka) {
        RulesTopic topic = RulesLive.read(kafka);
        try {
            return new NewestRules(config, topic, Files.createTempDirectory("bongsu-rules"));
        } catch (IOException e) {
            topic.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }

    private NewestRules(Config config, RulesTopic topic, Path folder) {
        this.folder = folder;
        this.topic = topic;
        this.generations = Parts.generations(config, topic, folder.resolve("generations"));
        this.content = topic.content(RulesLive.newest(topic));
        this.loaded = content.load(files(), field -> true);
    }

    private Path files() {
        return folder.resolve("files");
    }

    public RuleSet.Loaded loaded() {
        return loaded;
    }

    /** The log as it was parsed at each place, and all of it judged by these rules. */
    public Generations judging(RuleSet rules) {
        return Generations.judging(rules, generations);
    }

    /** Where the files of the rules are. */
    public List<Path> folders() {
        return Content.rules(files());
    }

    /** What the rules were loaded with, and these besides. */
    public RuleSet.Defaults defaults(List<Path> mappings, List<Path> lists) {
        RuleSet.Defaults own = content.defaults(files(), field -> true);
        return new RuleSet.Defaults(
                own.lateness(),
                Stream.concat(mappings.stream(), own.mappings().stream()).toList(),
                Stream.concat(own.lists().stream(), lists.stream()).toList(),
                own.parsers());
    }

    @Override
    public void close() {
        topic.close();
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
