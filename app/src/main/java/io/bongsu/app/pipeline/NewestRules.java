package io.bongsu.app.pipeline;

import io.bongsu.ingest.generation.Content;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The rules that are live, as bongsu.rules holds them, with their files in a folder of their own until this is closed. */
public final class NewestRules implements AutoCloseable {
    private final ParserSet parsers;
    private final Path folder;
    private final Content content;
    private final RuleSet.Loaded loaded;

    public static NewestRules open(Map<String, Object> kafka, ParserSet parsers) {
        try (RulesTopic topic = RulesLive.read(kafka)) {
            return new NewestRules(
                    parsers, topic.content(RulesLive.newest(topic)), Files.createTempDirectory("bongsu-rules"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private NewestRules(ParserSet parsers, Content content, Path folder) {
        this.parsers = parsers;
        this.content = content;
        this.folder = folder;
        this.loaded = content.load(files(), parsers::knows);
    }

    private Path files() {
        return folder.resolve("files");
    }

    public RuleSet.Loaded loaded() {
        return loaded;
    }

    /** Where the files of the rules are. */
    public List<Path> folders() {
        return Content.rules(files());
    }

    /** What the rules were loaded with, and these besides. */
    public RuleSet.Defaults defaults(List<Path> mappings, List<Path> lists) {
        RuleSet.Defaults own = content.defaults(files(), parsers::knows);
        return new RuleSet.Defaults(
                own.lateness(),
                Stream.concat(mappings.stream(), own.mappings().stream()).toList(),
                Stream.concat(own.lists().stream(), lists.stream()).toList(),
                own.parsed());
    }

    @Override
    public void close() {
        try {
            RulesPush.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
