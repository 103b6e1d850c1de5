package io.bongsu.ingest.generation;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RulesFile;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Utils;

/**
 * The files of a generation, as bytes: rules, lists, mappings and parsers, and the lateness that holds where a rule says none.
 * Whoever loads the same content has the same rules, wherever it is, and the same parsers, as far as these are not built in.
 *
 * @param files the same as are in {@code bytes}, by kind and path
 * @param bytes by hash
 */
public record Content(List<RulesFile> files, Map<String, byte[]> bytes, long lateness) {
    static final String RULES = "rules";
    static final String LISTS = "lists";
    static final String MAPPINGS = "mappings";
    static final String PARSERS = "parsers";
    private static final Set<String> YAML = Set.of(".yml", ".yaml");

    public Content {
        files = List.copyOf(files);
        bytes = Map.copyOf(bytes);
    }

    /** What cannot be read or does not belong there is left out and is a problem, as in {@link RuleSet#load}. */
    public static Content read(List<Path> rules, List<Path> parsers, RuleSet.Defaults defaults, Problems problems) {
        List<RulesFile> files = new ArrayList<>();
        Map<String, byte[]> bytes = new TreeMap<>();
        add(LISTS, defaults.lists(), Set.of(".txt", ".yml", ".yaml"), files, bytes, problems);
        add(MAPPINGS, defaults.mappings(), YAML, files, bytes, problems);
        add(PARSERS, parsers, YAML, files, bytes, problems);
        add(RULES, rules, YAML, files, bytes, problems);
        return new Content(files, bytes, defaults.lateness());
    }

    private static void add(
            String kind,
            List<Path> foldersOrFiles,
            Set<String> endings,
            List<RulesFile> files,
            Map<String, byte[]> bytes,
            Problems problems) {
        // In the order in which the files are read there, so that they are read in the same order here.
        List<Path> roots = foldersOrFiles.stream()
                .distinct()
                .sorted(Comparator.comparing(root -> root + "/"))
                .toList();
        List<RulesFile> found = new ArrayList<>();
        for (Path file : YamlReader.files(roots, endings, problems)) {
            int root = 0;
            while (!file.startsWith(roots.get(root))) {
                root++;
            }
            Path inside = file.equals(roots.get(root))
                    ? file.getFileName()
                    : roots.get(root).relativize(file);
            try {
                if (Files.size(file) > YamlReader.MAX_BYTES) {
                    continue; // whoever loads it says so
                }
                byte[] all = Files.readAllBytes(file);
                String hash = hash(all);
                bytes.put(hash, all);
                found.add(new RulesFile(
                        kind, String.format(Locale.ROOT, "%02d/%s", root, inside), hash, (long) all.length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        found.sort(Comparator.comparing(RulesFile::getPath));
        files.addAll(found);
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Nobody who loads one with the parsers that are built in here has anything else than with the other one. */
    public boolean isSame(RulesManifest other) {
        return files.equals(other.getFiles())
                && lateness == other.getLateness()
                && ParserSet.builtIn().equals(other.getBuiltIn());
    }

    /** Compiles its parsers, with the built-in ones of this program. */
    public ParserSet.Loaded parsers() {
        SequencedMap<String, byte[]> parsers = new LinkedHashMap<>();
        for (RulesFile file : of(PARSERS, files)) {
            parsers.put(PARSERS + '/' + file.getPath(), bytes(file));
        }
        return ParserSet.load(parsers);
    }

    /** Of one kind. */
    static List<RulesFile> of(String kind, List<RulesFile> files) {
        return files.stream().filter(file -> file.getKind().equals(kind)).toList();
    }

    private byte[] bytes(RulesFile file) {
        byte[] all = bytes.get(file.getHash());
        if (all == null) {
            throw new IllegalStateException("a file of a generation is not there: " + file.getPath());
        }
        return all;
    }

    /**
     * Compiles its rules.
     *
     * @param folder for its files, which stay there; what is in it is deleted first
     * @param parsed see {@link RuleSet.Defaults}
     */
    public RuleSet.Loaded load(Path folder, RuleSet.Parsers parsers) {
        try {
            Utils.delete(folder.toFile());
            for (RulesFile file : files) {
                if (file.getKind().equals(PARSERS)) {
                    continue; // nobody looks for them there
                }
                Path to = folder.resolve(file.getKind()).resolve(file.getPath()).normalize();
                if (!to.startsWith(folder.resolve(file.getKind()).normalize()) || !Files.notExists(to)) {
                    throw new IllegalStateException("no path for a file of a generation: " + file.getPath());
                }
                Files.createDirectories(to.getParent());
                Files.write(to, bytes(file));
            }
            for (String kind : List.of(RULES, LISTS, MAPPINGS)) {
                Files.createDirectories(folder.resolve(kind));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RuleSet.load(rules(folder), defaults(folder, parsers));
    }

    /** Where the rules are that were loaded from there. */
    public static List<Path> rules(Path folder) {
        return List.of(folder.resolve(RULES));
    }

    /** What they were loaded with. */
    public RuleSet.Defaults defaults(Path folder, RuleSet.Parsers parsers) {
        return new RuleSet.Defaults(
                lateness, List.of(folder.resolve(MAPPINGS)), List.of(folder.resolve(LISTS)), parsers);
    }
}
