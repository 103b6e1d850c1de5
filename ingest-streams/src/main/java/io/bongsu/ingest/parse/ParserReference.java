package io.bongsu.ingest.parse;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code bongsu parser reference}: what the parsers recognise, which fields come out, which log sources of Sigma these
 * events serve. Made from the definitions alone: the fields are those that a definition, or one that it calls, names as a
 * target, and those that the events of its own tests have.
 */
public final class ParserReference {
    /** Below these the log decides what there is. */
    private static final Set<String> OPEN = Set.of(
            "auditd.data",
            "auditd.paths",
            "cef.extensions",
            "json",
            "labels",
            "leef.extensions",
            "log.syslog",
            "winlog.event_data",
            "winlog.user_data");

    /** What nearly every event has. */
    private static final Set<String> COMMON =
            Set.of("event.dataset", "event.kind", "event.module", "host.hostname", "host.name", "log.level", "message");

    private ParserReference() {}

    public static String text(ParserSet parsers) {
        Map<String, Set<String>> seen = new TreeMap<>();
        Map<String, Set<String>> actions = new TreeMap<>();
        for (ParserTest test : parsers.tests()) {
            for (Parsed parsed : test.events(parsers)) {
                seen.computeIfAbsent(test.parser(), id -> new TreeSet<>())
                        .addAll(parsed.fields().keySet());
                if (parsed.fields().get("event.action") instanceof String action) {
                    actions.computeIfAbsent(test.parser(), id -> new TreeSet<>())
                            .add(action);
                }
            }
        }
        StringBuilder out = new StringBuilder("""
                # Parsers

                Made from the definitions: `./bongsu parser reference > ingest-streams/PARSERS-REFERENCE.md`; how to write one is told in
                [PARSERS.md](PARSERS.md). Every event has `@timestamp`, `event.id`, `event.original`, `event.dataset`, `event.kind` and `event.module`;
                most have `message`, `host.name`, `log.level` and `related.*`; one with a syslog header has `log.syslog.*`, and one with
                `user_agent.original` the parts of it. Below a name with an asterisk the log decides what there is. A form is written by what a line
                must hold.

                """);
        for (ParserSet.About about : parsers.about()) {
            out.append("## ").append(about.id()).append("\n\n");
            out.append(about.title()).append(".\n\n");
            if (!about.dataset().isEmpty()) {
                line(out, "dataset", "`" + about.dataset() + "`");
            }
            if (about.signs().isEmpty()) {
                line(out, "recognised", "called by other parsers");
            }
            about.signs()
                    .forEach((sign, values) -> line(
                            out,
                            "recognised by " + sign,
                            values.stream().map(ParserReference::code).collect(Collectors.joining(", "))));
            if (!about.logSources().isEmpty()) {
                line(
                        out,
                        "Sigma",
                        about.logSources().stream()
                                .map(source -> "`" + source + "`")
                                .collect(Collectors.joining(", ")));
            }
            if (actions.get(about.id()) instanceof Set<String> own) {
                line(
                        out,
                        "event.action",
                        own.stream().map(ParserReference::code).collect(Collectors.joining(", ")));
            }
            Set<String> fields = new TreeSet<>(Comparator.naturalOrder());
            about.fields().forEach(field -> fields.add(shown(field)));
            seen.getOrDefault(about.id(), Set.of()).forEach(field -> fields.add(shown(field)));
            fields.removeAll(COMMON);
            fields.removeIf(field -> field.startsWith("related."));
            line(
                    out,
                    "fields",
                    fields.isEmpty()
                            ? "none of its own"
                            : fields.stream().map(field -> "`" + field + "`").collect(Collectors.joining(" ")));
            out.append('\n');
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append("* **").append(name).append("**: ").append(value).append('\n');
    }

    /** A sign may hold what Markdown means something by, a tab for instance. */
    private static String code(String text) {
        String shown = text.replace("\t", "\\t").replace("\n", "\\n");
        return shown.contains("`") ? "`` " + shown + " ``" : "`" + shown + "`";
    }

    private static String shown(String field) {
        for (String open : OPEN) {
            if (field.startsWith(open + ".")) {
                return open + ".*";
            }
        }
        return field;
    }
}
