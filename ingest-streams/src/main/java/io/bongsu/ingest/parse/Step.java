package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a parser does with a line, one thing after the other. No loops, no scripts: a parser always ends. */
sealed interface Step {

    /** {@code unwrap_repeat}: the inner text of "message repeated N times". */
    record UnwrapRepeat() implements Step {}

    /** {@code trim}: blanks at both ends; a suffix that is found there is cut off and sets its fields. */
    record Trim(Map<String, Map<String, Object>> suffixes) implements Step {
        public Trim {
            suffixes = Ordered.copy(suffixes);
        }
    }

    /** {@code first}: the first case that fits decides. */
    record First(List<Case> cases) implements Step {
        public First {
            cases = List.copyOf(cases);
        }
    }

    /** {@code set} */
    record Set(Map<String, Object> values) implements Step {
        public Set {
            values = Ordered.copy(values);
        }
    }

    /** {@code map}: what a value means, as fields. */
    record Lookup(String from, Map<String, Map<String, Object>> table) implements Step {
        public Lookup {
            table = Ordered.copy(table);
        }
    }

    /** {@code copy}: from, to. */
    record Copy(Map<String, String> names) implements Step {
        public Copy {
            names = Ordered.copy(names);
        }
    }

    /** {@code drop} */
    record Drop(List<String> names) implements Step {
        public Drop {
            names = List.copyOf(names);
        }
    }

    /** {@code ip}: a valid address goes to one field, anything else to the other. */
    record Address(String from, String to, @Nullable String otherwise) implements Step {}

    /** {@code related}: the distinct values of some fields as {@code related.ip}, {@code .user}, {@code .hosts}. */
    record Related(Map<String, List<String>> kinds) implements Step {
        public Related {
            kinds = Ordered.copy(kinds);
        }
    }

    /** {@code exception}: type and message from the first line of a Java stack trace. */
    record StackTrace(String from) implements Step {}

    /** {@code call}: the steps of another parser. */
    record Call(String parser) implements Step {}

    /** A case of {@code first}. */
    sealed interface Case {}

    /** Applies when all of {@code has} occur and one of the templates matches the whole text. */
    record Matching(List<String> has, List<Template> templates, Map<String, Object> set, List<Step> then)
            implements Case {
        public Matching {
            has = List.copyOf(has);
            templates = List.copyOf(templates);
            set = Ordered.copy(set);
            then = List.copyOf(then);
        }
    }

    /** Applies when the other parser recognises the text. */
    record Delegate(String parser) implements Case {}

    /** Applies always: nothing was recognised. */
    record Otherwise(@Nullable String tag, Map<String, Object> set) implements Case {
        public Otherwise {
            set = Ordered.copy(set);
        }
    }

    /** Runs steps on a body. True when no decision list among them ended in its else. */
    static boolean run(List<Step> steps, Body body, Map<String, Parser> parsers) {
        boolean recognised = true;
        for (int i = 0; i < steps.size(); i++) {
            recognised &= run(steps.get(i), body, parsers);
        }
        return recognised;
    }

    private static boolean run(Step step, Body body, Map<String, Parser> parsers) {
        Map<String, Object> fields = body.fields;
        switch (step) {
            case UnwrapRepeat unwrap -> body.unwrapRepeat();
            case Trim trim -> trim(trim, body);
            case First first -> {
                return first(first, body, parsers);
            }
            case Set set -> fields.putAll(set.values);
            case Lookup lookup -> {
                Object value = fields.get(lookup.from);
                Map<String, Object> found = value == null ? null : lookup.table.get(value.toString());
                if (found != null) {
                    fields.putAll(found);
                }
            }
            case Copy copy ->
                copy.names.forEach((from, to) -> {
                    Object value = fields.get(from);
                    if (value != null) {
                        fields.put(to, value);
                    }
                });
            case Drop drop -> {
                for (String name : drop.names) {
                    fields.remove(name);
                }
            }
            case Address address -> {
                if (fields.get(address.from) instanceof String text) {
                    String ip = Ip.normal(text);
                    if (ip != null) {
                        fields.put(address.to, ip);
                    } else if (address.otherwise != null) {
                        fields.put(address.otherwise, text);
                    }
                }
            }
            case Related related -> related(related, fields);
            case StackTrace trace -> stackTrace(trace, fields);
            case Call call -> {
                return run(called(parsers, call.parser).steps(), body, parsers);
            }
        }
        return true;
    }

    private static void trim(Trim trim, Body body) {
        body.trim();
        for (Map.Entry<String, Map<String, Object>> suffix : trim.suffixes.entrySet()) {
            if (body.text.endsWith(suffix.getKey())) {
                body.text = body.text
                        .substring(0, body.text.length() - suffix.getKey().length())
                        .strip();
                body.fields.putAll(suffix.getValue());
            }
        }
    }

    private static boolean first(First first, Body body, Map<String, Parser> parsers) {
        for (int i = 0; i < first.cases.size(); i++) {
            switch (first.cases.get(i)) {
                case Matching matching -> {
                    if (matches(matching, body)) {
                        body.fields.putAll(matching.set);
                        run(matching.then, body, parsers);
                        return true;
                    }
                }
                case Delegate delegate -> {
                    int tags = body.tags.size();
                    if (run(called(parsers, delegate.parser).steps(), body, parsers)) {
                        return true;
                    }
                    body.tags.subList(tags, body.tags.size()).clear(); // it is not for the called parser to give up
                }
                case Otherwise otherwise -> {
                    body.fields.putAll(otherwise.set);
                    if (otherwise.tag != null) {
                        body.tag(otherwise.tag);
                    }
                    return false;
                }
            }
        }
        return false;
    }

    private static boolean matches(Matching matching, Body body) {
        for (int i = 0; i < matching.has.size(); i++) {
            if (!body.text.contains(matching.has.get(i))) {
                return false;
            }
        }
        for (int i = 0; i < matching.templates.size(); i++) {
            if (matching.templates.get(i).match(body.text, 0, body.text.length(), body.fields)) {
                return true;
            }
        }
        return matching.templates.isEmpty();
    }

    private static Parser called(Map<String, Parser> parsers, String id) {
        Parser called = parsers.get(id);
        if (called == null) {
            throw new IllegalStateException("load let a call of '" + id + "' pass");
        }
        return called;
    }

    private static void related(Related related, Map<String, Object> fields) {
        related.kinds.forEach((kind, names) -> {
            List<Object> values = null;
            for (String name : names) {
                Object value = fields.get(name);
                if (value == null) {
                    continue;
                }
                values = values == null ? new ArrayList<>(2) : values;
                for (Object single : value instanceof List<?> list ? list : List.of(value)) {
                    if (!values.contains(single)) {
                        values.add(single);
                    }
                }
            }
            if (values != null) {
                fields.put(kind, values);
            }
        });
    }

    private static void stackTrace(StackTrace trace, Map<String, Object> fields) {
        if (!(fields.get(trace.from) instanceof String stack)) {
            return;
        }
        int end = stack.indexOf('\n');
        String line = (end < 0 ? stack : stack.substring(0, end)).strip();
        int colon = line.indexOf(": ");
        String type = colon < 0 ? line : line.substring(0, colon);
        if (type.endsWith(":")) {
            type = type.substring(0, type.length() - 1);
        }
        if (type.indexOf('.') > 0 && type.indexOf(' ') < 0 && type.length() <= 512) {
            fields.putIfAbsent("error.type", type);
            if (colon > 0 && colon + 2 < line.length()) {
                fields.putIfAbsent("error.message", line.substring(colon + 2));
            }
        }
    }
}
