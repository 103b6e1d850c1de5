package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of a line. {@code fields} are flat ECS names to String, Long, Double, Boolean or a List of them, without
 * {@code @timestamp}, {@code event.id}, {@code event.original}, {@code event.dataset} and {@code tags}, which have
 * places of their own here and in the event.
 *
 * @param time in microseconds: the stamp of the line, else when it was received, else the reference given to parse
 * @param original the whole line as text, without line ends and NULs at its end
 * @param tags what the parser noticed; its own begin with an underscore ({@code _unparsed_body})
 * @param logSources the log sources of rules that this event serves
 * @param views native fields that rules see over those of the event, once for each view; a rule that one of them
 *     fulfils fires once; a field that is null there is one that the rule does not see. None: rules see the event as it is. For events that hold several records of one kind.
 * @param unrecognised null when all was understood; else which parser gave up and where ({@code linux.sshd/_unparsed_body}),
 *     or that there was none ({@code -/_no_parser}): few values, made to be counted
 */
public record Parsed(
        long time,
        String dataset,
        String original,
        List<String> tags,
        Map<String, Object> fields,
        Set<LogSource> logSources,
        List<Map<String, Object>> views,
        @Nullable String unrecognised) {
    /** Without views. */
    public Parsed(
            long time,
            String dataset,
            String original,
            List<String> tags,
            Map<String, Object> fields,
            Set<LogSource> logSources,
            @Nullable String unrecognised) {
        this(time, dataset, original, tags, fields, logSources, List.of(), unrecognised);
    }

    public Parsed {
        views = List.copyOf(views);
        tags = List.copyOf(tags);
        fields = Collections.unmodifiableMap(fields); // not copied: made for this record by the parser, on the hot path
    }

    /**
     * The first event behind a gap: it says so, and rules about the log itself see it besides.
     *
     * @param lines that are missing in front of it
     */
    public Parsed behindGap(long lines) {
        List<String> more = new ArrayList<>(tags);
        more.add("_gap");
        Map<String, Object> said = new LinkedHashMap<>(fields);
        said.put("log.missing_lines", lines);
        Set<LogSource> sources = new LinkedHashSet<>(logSources);
        sources.add(LogSource.LEDGER);
        return new Parsed(time, dataset, original, more, said, sources, views, unrecognised);
    }

    Parsed withTag(String tag) {
        List<String> more = new ArrayList<>(tags);
        more.add(tag);
        return new Parsed(time, dataset, original, more, fields, logSources, views, unrecognised);
    }
}
