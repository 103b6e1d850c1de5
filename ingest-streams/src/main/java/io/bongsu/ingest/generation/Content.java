package io.bongsu.ingest.generation;

import io.bongsu.model.RulesFile;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of a generation, as bytes: rules, lists and mappings, and the lateness that holds where a rule says none. Whoever
 * loads the same content has the same rules, wherever it is.
 *
 * @param files the same as are in {@code bytes}, by kind and path
 * @param bytes by hash
 */
public record Content(List<RulesFile> files, Map<String, byte[]> bytes, long lateness) {
    static final String RULES = "rules";
    static final String LISTS = "lists";
    static final String MAPPINGS = "mappings";

    public Content {
        files = List.copyOf(files);
        bytes = Map.copyOf(bytes);
    }

    /** What cannot be read or does not belong there is left out and is a problem, as in {@link RuleSet#load}. */
    public static Content read(List<Path> rules, RuleSet.Defaults defaults, Problems problems) {
        List<RulesFile> files = new ArrayList<>();
        Map<String, byte[]> bytes = new TreeMap<>();
        add(LISTS, defaults.lists(), Set.of(".txt", ".yml", ".yaml"), files, bytes, problems);
        add(MAPPINGS, defaults.mappings(), Set.of(".yml", ".yaml"), files, bytes, problems);
        add(RULES, rules, Set.of(".yml", ".yaml"), files, bytes, problems);
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

    /** Nobody who loads one has other rules than with the other one. */
    public boolean isSame(List<RulesFile> other, long otherLateness) {
        return files.equals(other) && lateness == otherLateness;
    }

    /**
     * Compiles it.
     *
     * @param folder for its files, which stay there; what is in it is deleted first
     * @param parsed see {@link RuleSet.Defaults}
     */
    public RuleSet.Loaded load(Path folder, Predicate<String> parsed) {
        try {
            delete(folder);
            for (RulesFile file : files) {
                Path to = folder.resolve(file.getKind()).resolve(file.getPath()).normalize();
                if (!to.startsWith(folder.resolve(file.getKind()).normalize()) || !Files.notExists(to)) {
                    throw new IllegalStateException("no path for a file of a generation: " + file.getPath());
                }
                byte[] all = bytes.get(file.getHash());
                if (all == null) {
                    throw new IllegalStateException("a file of a generation is not there: " + file.getPath());
                }
                Files.createDirectories(to.getParent());
                Files.write(to, all);
            }
            for (String kind : List.of(RULES, LISTS, MAPPINGS)) {
                Files.createDirectories(folder.resolve(kind));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RuleSet.load(
                List.of(folder.resolve(RULES)),
                new RuleSet.Defaults(
                        lateness, List.of(folder.resolve(MAPPINGS)), List.of(folder.resolve(LISTS)), parsed));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> walk = Files.walk(folder)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
