package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A list of values, or a map with a {@code kind} and its {@code values}. An entry is a value, or a map with the value and
 * when it holds; what it does not say, the map around it says for all.
 */
public final class ListingParser {
    private static final int MAX_VALUES = 100_000;
    private static final Set<String> TIMES = Set.of("from", "until", "ttl");

    private final Problems problems;

    public ListingParser(Problems problems) {
        this.problems = problems;
    }

    /** When entries hold that say nothing else. */
    private record Span(
            @Nullable Long from,
            @Nullable Long until,
            @Nullable Long ttl) {
        static final Span ALWAYS = new Span(null, null, null);
    }

    /** Null when it has a problem. */
    public @Nullable Listing parse(String name, YamlNode node) {
        int before = problems.list().size();
        Listing.Kind kind = Listing.Kind.TEXT;
        Span usual = Span.ALWAYS;
        YamlNode values = node;
        if (node instanceof YamlMap map) {
            Reading reading = new Reading(map, problems);
            Set<String> known = new TreeSet<>(TIMES);
            known.addAll(Set.of("kind", "values"));
            reading.onlyKnows(known, "the list '" + name + "'");
            kind = kind(reading);
            usual = span(reading);
            values = map.get("values");
            if (values == null) {
                problems.add(map, "the list '" + name + "' has no 'values'", "write values: and a list");
                return null;
            }
        }
        List<Listing.Entry> entries = new ArrayList<>();
        for (YamlNode item : values instanceof YamlList list ? list.items() : List.of(values)) {
            entry(name, item, usual, entries);
        }
        if (problems.list().size() > before) {
            return null;
        }
        return of(name, kind, entries, node);
    }

    /** Null when there are none, or too many. */
    public @Nullable Listing of(String name, Listing.Kind kind, List<Listing.Entry> entries, YamlNode at) {
        if (entries.isEmpty() || entries.size() > MAX_VALUES) {
            if (entries.isEmpty()) {
                problems.add(at, "the list '" + name + "' has no values", "write one, or remove the list");
            } else {
                String many = "the list '" + name + "' has more than " + MAX_VALUES + " values";
                problems.add(at, many, "divide it into several lists");
            }
            return null;
        }
        return new Listing(kind, entries);
    }

    private Listing.Kind kind(Reading reading) {
        String word = reading.text("kind");
        for (Listing.Kind kind : Listing.Kind.values()) {
            if (word == null || kind.word().equals(word)) {
                return kind;
            }
        }
        List<String> words =
                Arrays.stream(Listing.Kind.values()).map(Listing.Kind::word).toList();
        problems.add(
                reading.map().at("kind"),
                "unknown kind '" + word + "' of a list",
                Similar.didYouMean(String.valueOf(word), words, "write one of " + String.join(", ", words)));
        return Listing.Kind.TEXT;
    }

    private void entry(String name, YamlNode item, Span usual, List<Listing.Entry> into) {
        Span own = usual;
        YamlNode value = item;
        if (item instanceof YamlMap map) {
            Reading reading = new Reading(map, problems);
            Set<String> known = new TreeSet<>(TIMES);
            known.add("value");
            reading.onlyKnows(known, "an entry of a list");
            Span said = span(reading);
            own = new Span(
                    said.from == null ? usual.from : said.from,
                    said.until == null && said.ttl == null ? usual.until : said.until,
                    said.until == null && said.ttl == null ? usual.ttl : said.ttl);
            value = map.get("value");
        }
        if (!(value instanceof YamlScalar scalar) || scalar.value() == null) {
            problems.add(
                    item,
                    "the list '" + name + "' must be a list of values",
                    item instanceof YamlMap
                            ? "write { value: ..., until: 2027-01-01 }"
                            : "write a text or a number in each line");
            return;
        }
        Long from = own.from;
        Long ttl = own.ttl;
        if (ttl != null && from == null) {
            problems.add(item, "an entry with a 'ttl' needs a 'from'", "write from: and when it was seen");
            return;
        }
        long begin = from == null ? Listing.EVER_SINCE : from;
        long end = Listing.FOR_EVER;
        if (own.until != null) {
            end = own.until;
        }
        if (ttl != null) {
            end = Math.min(end, begin + ttl);
        }
        if (begin >= end) {
            problems.add(
                    item,
                    "the entry '" + scalar.text() + "' ends before it begins",
                    "give an 'until' that is after 'from'");
            return;
        }
        into.add(new Listing.Entry(scalar, begin, end));
    }

    /** When something is so: no bound where {@code from} or {@code until} says nothing. */
    record Force(long from, long until) {}

    Force force(@Nullable YamlMap knobs) {
        if (knobs == null) {
            return new Force(Listing.EVER_SINCE, Listing.FOR_EVER);
        }
        Reading reading = new Reading(knobs, problems);
        Long from = time(reading, "from");
        Long until = time(reading, "until");
        if (from != null && until != null && from >= until) {
            problems.add(knobs.at("until"), "the filter ends before it begins", "give an 'until' that is after 'from'");
        }
        return new Force(from == null ? Listing.EVER_SINCE : from, until == null ? Listing.FOR_EVER : until);
    }

    private Span span(Reading reading) {
        OptionalLong ttl = reading.duration("ttl");
        return new Span(time(reading, "from"), time(reading, "until"), ttl.isPresent() ? (Long) ttl.getAsLong() : null);
    }

    private @Nullable Long time(Reading reading, String key) {
        String text = reading.text(key);
        if (text == null) {
            return null;
        }
        try {
            Instant at = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
            if (Math.abs(at.getEpochSecond()) < 250_000_000_000L) {
                return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
            }
        } catch (DateTimeException e) {
            // said below
        }
        problems.add(
                reading.map().at(key),
                "'" + key + "' must be a date, not '" + text + "'",
                "write 2027-01-31, which is 00:00 UTC, or 2027-01-31T09:00:00+09:00");
        return null;
    }
}
