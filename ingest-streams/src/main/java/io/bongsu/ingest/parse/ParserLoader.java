package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads parser files: YAML to {@link Parser}, each mistake to a problem with its place and how to mend it. */
final class ParserLoader {
    private static final String BUILT_IN = "parsers/";

    /** A parser in a file, and the calls in it that must be there. */
    record Source(
            Parser parser, List<YamlScalar> calls, @Nullable YamlScalar jsonLike, YamlNode at) {}

    ParserSet.Loaded load(List<Path> userDirs) {
        Problems problems = new Problems();
        List<YamlNode> builtIn = builtIn(problems);
        List<YamlNode> user = new ArrayList<>();
        for (Path file : YamlReader.files(userDirs, problems)) {
            user.addAll(YamlReader.readAll(file, problems));
        }
        return load(builtIn, user, problems);
    }

    /** @param files by name */
    ParserSet.Loaded load(SequencedMap<String, byte[]> files) {
        Problems problems = new Problems();
        List<YamlNode> builtIn = builtIn(problems);
        List<YamlNode> user = new ArrayList<>();
        files.forEach((name, bytes) -> {
            String text = YamlReader.text(name, bytes, problems);
            if (text != null) {
                user.addAll(YamlReader.readAll(name, text, problems));
            }
        });
        return load(builtIn, user, problems);
    }

    private static List<YamlNode> builtIn(Problems problems) {
        List<YamlNode> builtIn = new ArrayList<>();
        builtIn()
                .forEach(
                        (name, text) -> builtIn.addAll(YamlReader.readAll(ParserTest.BUILT_IN + name, text, problems)));
        return builtIn;
    }

    /** Texts by name. */
    static SequencedMap<String, String> builtIn() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        for (String name : resource(BUILT_IN + "index.txt").lines().toList()) {
            if (!name.isBlank()) {
                texts.put(name, resource(BUILT_IN + name));
            }
        }
        return texts;
    }

    /** The built-in parsers and those of one text. */
    ParserSet.Loaded loadBeside(String file, String text) {
        Problems problems = new Problems();
        return load(builtIn(problems), YamlReader.readAll(file, text, problems), problems);
    }

    /** For tests: the parsers of one text, without the built-in ones. */
    ParserSet.Loaded load(String file, String text) {
        Problems problems = new Problems();
        return load(List.of(), YamlReader.readAll(file, text, problems), problems);
    }

    private static ParserSet.Loaded load(List<YamlNode> builtIn, List<YamlNode> user, Problems problems) {
        Extensions extensions = new Extensions(builtIn, user, problems);
        Set<String> made = new LinkedHashSet<>();
        Map<String, Source> all = new TreeMap<>();
        Set<String> ids = new TreeSet<>(extensions.builtIn().keySet());
        ids.addAll(extensions.user().keySet());
        read(extensions.resolved(builtIn), ids, problems, made).forEach(source -> all.put(source.parser.id(), source));
        Map<String, Source> users = new TreeMap<>();
        for (Source source : read(extensions.resolved(user), ids, problems, made)) {
            Source twice = users.putIfAbsent(source.parser.id(), source);
            if (twice != null) {
                problems.add(
                        source.at,
                        "parser '" + source.parser.id() + "' is defined twice",
                        "the first is in " + twice.at.file() + "; give this one another id");
            }
        }
        return linked(all, users, made, problems);
    }

    /** Puts user parsers over the built-in ones and leaves out, until nothing changes, each that calls what is not there. */
    private static ParserSet.Loaded linked(
            Map<String, Source> builtIn, Map<String, Source> users, Set<String> made, Problems problems) {
        Map<String, Source> all = new TreeMap<>(builtIn);
        all.putAll(users);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Source source : List.copyOf(all.values())) {
                if (!callsAreThere(source, all, problems)) {
                    all.remove(source.parser.id());
                    Source replaced = builtIn.get(source.parser.id());
                    if (replaced != null && replaced != source) {
                        all.put(source.parser.id(), replaced);
                    }
                    changed = true;
                }
            }
        }
        claims(users.values().stream().filter(all::containsValue).toList(), problems);
        List<Source> inOrder = new ArrayList<>(all.values());
        inOrder.sort(Comparator.comparing(source -> !users.containsValue(source))); // the user's first, each by id
        List<Parser> parsers = new ArrayList<>();
        for (Source source : inOrder) {
            Parser parser = source.parser;
            if (source.jsonLike != null) {
                Parser like = Objects.requireNonNull(all.get(source.jsonLike.text())).parser;
                parser = new Parser(
                        parser.id(),
                        parser.title(),
                        parser.dataset(),
                        parser.logSources(),
                        parser.detect(),
                        parser.input(),
                        parser.defaults(),
                        like.json(),
                        parser.join(),
                        parser.head(),
                        parser.steps(),
                        parser.sets(),
                        parser.calls(),
                        parser.tests());
            }
            parsers.add(parser);
        }
        return new ParserSet.Loaded(new ParserSet(parsers, made), problems.list());
    }

    /** Two parsers of the user that claim the same lines: the first, by id, has them. */
    private static void claims(List<Source> sources, Problems problems) {
        Map<String, String> owners = new HashMap<>();
        for (Source source : sources) {
            List<String> claims = new ArrayList<>();
            source.parser.detect().tags().forEach(tag -> claims.add("tag " + tag));
            source.parser.detect().programs().forEach(program -> claims.add("program " + program));
            source.parser.detect().literals().forEach(literal -> claims.add("literal " + literal));
            source.parser.detect().prefixes().forEach(prefix -> claims.add("prefix " + prefix));
            for (String claim : claims) {
                String owner = owners.putIfAbsent(claim, source.parser.id());
                if (owner != null && !owner.equals(source.parser.id())) {
                    problems.add(
                            source.at, claim + " is detected by '" + owner + "' as well", "remove it from one of them");
                }
            }
        }
    }

    private static boolean callsAreThere(Source source, Map<String, Source> all, Problems problems) {
        boolean good = true;
        for (YamlScalar call : source.calls) {
            if (!all.containsKey(call.text())) {
                noSuchCall(call, all.keySet(), problems);
                good = false;
            } else if (reaches(call.text(), source.parser.id(), all, new HashSet<>())) {
                problems.add(call, "'" + source.parser.id() + "' would call itself", "remove this call");
                good = false;
            }
        }
        YamlScalar like = source.jsonLike;
        if (like != null
                && (!all.containsKey(like.text()) || all.get(like.text()).parser.json() == null)) {
            problems.add(
                    like,
                    "there is no parser '" + like.text() + "' with a json section",
                    YamlValues.nearest(like.text(), all.keySet()));
            good = false;
        }
        return good;
    }

    private static void noSuchCall(YamlScalar call, Set<String> known, Problems problems) {
        problems.add(call, "there is no parser '" + call.text() + "' to call", YamlValues.nearest(call.text(), known));
    }

    private static boolean reaches(String from, String target, Map<String, Source> all, Set<String> seen) {
        if (from.equals(target)) {
            return true;
        }
        Source source = all.get(from);
        return source != null
                && seen.add(from)
                && source.calls.stream().anyMatch(call -> reaches(call.text(), target, all, seen));
    }

    /** @param ids of all parsers, good or not: what a bad one calls is looked for there, as it will not be linked */
    private static List<Source> read(List<YamlNode> documents, Set<String> ids, Problems problems, Set<String> made) {
        List<Source> sources = new ArrayList<>();
        for (YamlNode document : documents) {
            Problems own = new Problems();
            ParserReader reader = new ParserReader(own);
            Source source = reader.read(document);
            made.addAll(reader.made());
            problems.addAll(own);
            if (own.isEmpty() && source != null) {
                sources.add(source);
            } else if (source != null) {
                source.calls.stream()
                        .filter(call -> !ids.contains(call.text()))
                        .forEach(call -> noSuchCall(call, ids, problems));
            }
        }
        return sources;
    }

    private static String resource(String name) {
        try (InputStream in = ParserLoader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
