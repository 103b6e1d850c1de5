package io.bongsu.rules;

import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The log sources that events may be of: Windows channels, what mappings and parsers say, and the log itself. A rule for
 * another one sees nothing and never says so; most often it is misspelt.
 */
final class KnownSources {
    private static final List<String> KEYS = List.of("category", "product", "service");
    private static final int PRODUCT = 1;
    private static final int SERVICE = 2;

    private final Set<LogSource> known = new HashSet<>(LogSources.builtIn().all());
    private final Supplier<Set<LogSource>> parsers;
    private boolean asked;

    /** @param parsers asked only when a rule names what the others do not know */
    KnownSources(Set<LogSource> mapped, Supplier<Set<LogSource>> parsers) {
        known.addAll(mapped);
        known.addAll(Set.of(LogSource.EVENTS, LogSource.LEDGER, LogSource.SOURCES, LogSource.DEAD_LETTERS));
        this.parsers = parsers;
    }

    /** Of one that nobody knows, no field can be known either: it is the log source that has to be said. */
    boolean isStrange(LogSource source) {
        return !knows(source) && !isOpen(source);
    }

    /** @param document the rule or the filter that names it */
    void check(LogSource source, YamlNode document, Problems warnings) {
        if (knows(source)) {
            return;
        }
        YamlNode at = document instanceof YamlMap map ? map.at("logsource") : document;
        boolean told = false;
        for (int part = 0; part < KEYS.size(); part++) {
            String name = source.parts().get(part);
            if (name.isEmpty() || has(part, name) || part == SERVICE && told) {
                continue; // what services has something that nobody knows?
            }
            Optional<String> meant = meant(source, part, name);
            if (part == SERVICE && meant.isEmpty() && isOpen(source)) {
                return;
            }
            String elsewhere = elsewhere(name);
            warnings.add(
                    at(document, KEYS.get(part)),
                    "no mapping and no parser knows the " + KEYS.get(part) + " '" + name + "'",
                    meant.map(known -> "did you mean '" + known + "'?")
                            .orElse(
                                    elsewhere.isEmpty()
                                            ? "its events need a parser with such a sigma:, or events: in a mapping"
                                            : "it is a " + elsewhere + ": write " + elsewhere + ": " + name));
            told = true;
        }
        if (!told && !isOpen(source)) {
            warnings.add(
                    at,
                    "no mapping and no parser knows " + source + " together",
                    "leave out a part, or name it in the sigma: of a parser, or in a mapping with events:");
        }
    }

    private boolean knows(LogSource source) {
        if (!isKnown(source) && !asked) {
            asked = true;
            known.addAll(parsers.get());
        }
        return isKnown(source);
    }

    private boolean isKnown(LogSource source) {
        return source.equals(LogSource.ANY) || known.stream().anyMatch(source::covers);
    }

    /** Any program that writes to syslog is a service of Linux. */
    private static boolean isOpen(LogSource source) {
        String product = source.parts().get(PRODUCT);
        return source.category() == null && (product.isEmpty() || product.equals("linux"));
    }

    private boolean has(int part, String name) {
        return !name.isEmpty()
                && known.stream().anyMatch(one -> one.parts().get(part).equals(name));
    }

    /** Of those whose other parts fit, what is written nearly so. */
    private Optional<String> meant(LogSource source, int part, String name) {
        return known.stream()
                .filter(one -> IntStream.range(0, KEYS.size())
                        .filter(other ->
                                other != part && has(other, source.parts().get(other)))
                        .allMatch(other ->
                                one.parts().get(other).equals(source.parts().get(other))))
                .map(one -> one.parts().get(part))
                .filter(one -> !one.isEmpty() && Similar.nearly(name, one))
                .min(Comparator.comparingInt((String one) -> Similar.distance(name, one))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The key under which it is known. */
    private String elsewhere(String name) {
        List<String> keys = new ArrayList<>();
        for (int part = 0; part < KEYS.size(); part++) {
            if (has(part, name)) {
                keys.add(KEYS.get(part));
            }
        }
        return String.join(" or ", keys);
    }

    private static YamlNode at(YamlNode document, String key) {
        if (!(document instanceof YamlMap map)) {
            return document;
        }
        return map.get("logsource") instanceof YamlMap source ? source.at(key) : map.at("logsource");
    }
}
