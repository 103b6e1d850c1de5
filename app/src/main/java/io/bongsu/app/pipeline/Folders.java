package io.bongsu.app.pipeline;

import io.bongsu.app.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where rules lie, and the parsers, mappings and lists that they are used with: folders or files. */
public record Folders(List<Path> rules, List<Path> parsers, List<Path> mappings, List<Path> lists) {
    private static final String RULES = "rules";
    private static final String PARSERS = "parsers";
    private static final String MAPPINGS = "mappings";
    private static final String LISTS = "lists";

    public Folders {
        rules = List.copyOf(rules);
        parsers = List.copyOf(parsers);
        mappings = List.copyOf(mappings);
        lists = List.copyOf(lists);
    }

    public static Folders of(Config config) {
        return new Folders(config.rules(), config.parsers(), config.mappings(), config.lists());
    }

    /** Those of the configuration, and more of them; mappings come before its own. */
    public Folders with(List<Path> moreParsers, List<Path> moreMappings, List<Path> moreLists) {
        return new Folders(rules, both(parsers, moreParsers), both(moreMappings, mappings), both(lists, moreLists));
    }

    /**
     * These rules in place of those that were there. A folder that holds a folder {@code rules}, and one of {@code parsers},
     * {@code mappings} or {@code lists}, is not a folder of rules: each of the four is what its name says.
     */
    public Folders withRules(List<Path> named) {
        if (named.isEmpty()) {
            return this;
        }
        List<Path> own = new ArrayList<>();
        List<Path> ownParsers = new ArrayList<>();
        List<Path> ownMappings = new ArrayList<>();
        List<Path> ownLists = new ArrayList<>();
        for (Path folder : named) {
            if (isSet(folder)) {
                own.add(folder.resolve(RULES));
                addIfThere(folder.resolve(PARSERS), ownParsers);
                addIfThere(folder.resolve(MAPPINGS), ownMappings);
                addIfThere(folder.resolve(LISTS), ownLists);
            } else {
                own.add(folder);
            }
        }
        return new Folders(own, parsers, mappings, lists).with(ownParsers, ownMappings, ownLists);
    }

    private static boolean isSet(Path folder) {
        return Files.isDirectory(folder.resolve(RULES))
                && Stream.of(PARSERS, MAPPINGS, LISTS).anyMatch(name -> Files.isDirectory(folder.resolve(name)));
    }

    private static void addIfThere(Path folder, List<Path> to) {
        if (Files.isDirectory(folder)) {
            to.add(folder);
        }
    }

    private static List<Path> both(List<Path> first, List<Path> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** All of them. */
    List<Path> all() {
        return Stream.of(rules, parsers, mappings, lists).flatMap(List::stream).toList();
    }
}
