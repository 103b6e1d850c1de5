package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.ArrayList;
import java.util.HashMap;
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

    /** {@code drop} */
    record Drop(List<String> names) implements Step {
        public Drop {
            names = List.copyOf(names);
        }
    }

    /** {@code kv}, {@code csv}, {@code json}, {@code date}, {@code ip} and the like: fields out of a text; may fail. */
    record Extracting(Extract how) implements Step {}

    /** {@code tmpl} or {@code regex} as a step of its own: may fail. */
    record Try(@Nullable String from, List<Matching> patterns) implements Step {
        public Try {
            patterns = List.copyOf(patterns);
        }
    }

    /** {@code if} */
    record If(List<Condition> when, List<Step> then, List<Step> otherwise) implements Step {
        public If {
            when = List.copyOf(when);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** {@code switch}: one look-up, whatever the number of cases. */
    record Switch(
            String field,
            Map<String, Fitting> cases,
            @Nullable Otherwise otherwise) implements Step {
        public Switch {
            cases = new HashMap<>(cases);
        }
    }

    /** {@code sigma}: log sources that the event serves besides those of the parser. */
    record Serves(java.util.Set<LogSource> logSources) implements Step {
        public Serves {
            logSources = Ordered.copy(logSources);
        }
    }

    /** {@code tag} */
    record Tag(String tag) implements Step {}

    /** {@code related}: the distinct values of some fields as {@code related.ip}, {@code .user}, {@code .hosts}. */
    record Related(Map<String, List<String>> kinds) implements Step {
        public Related {
            kinds = Ordered.copy(kinds);
        }
    }

    /** {@code exception}: type and message from the first line of a Java stack trace. */
    record StackTrace(String from) implements Step {}

    /** {@code line}: what this field holds is a line of its own, for the parser that knows it. */
    record Held(String from) implements Step {}

    /** {@code call}: the steps of another parser. */
    record Call(String parser) implements Step {}

    /** A case of {@code first}. */
    sealed interface Case {}

    /** Applies when all of {@code has} occur, {@code when} holds and one of the patterns, if any, fits the whole text. */
    record Fitting(
            @Nullable String from,
            List<String> has,
            List<Condition> when,
            List<Matching> patterns,
            Map<String, Object> set,
            List<Step> then)
            implements Case {
        public Fitting {
            has = List.copyOf(has);
            when = List.copyOf(when);
            patterns = List.copyOf(patterns);
            set = Ordered.copy(set);
            then = List.copyOf(then);
        }
    }

    /** Applies when the other parser recognises the text. */
    record Delegate(String parser) implements Case {}

    /** Applies always. With a tag: nothing was recognised, and {@code id} names the place for those who count. */
    record Otherwise(@Nullable String id, @Nullable String tag, Map<String, Object> set, List<Step> then)
            implements Case {
        public Otherwise {
            set = Ordered.copy(set);
            then = List.copyOf(then);
        }
    }

    /** The log sources that these steps may give an event. */
    static void serves(List<Step> steps, java.util.Set<LogSource> into) {
        for (Step step : steps) {
            if (step instanceof Serves serves) {
                into.addAll(serves.logSources);
            } else if (step instanceof If condition) {
                serves(condition.then, into);
                serves(condition.otherwise, into);
            } else if (step instanceof First first) {
                first.cases.forEach(each -> serves(each, into));
            } else if (step instanceof Switch choice) {
                choice.cases.values().forEach(each -> serves(each, into));
                if (choice.otherwise != null) {
                    serves(choice.otherwise, into);
                }
            }
        }
    }

    private static void serves(Case one, java.util.Set<LogSource> into) {
        switch (one) {
            case Fitting fitting -> serves(fitting.then, into);
            case Otherwise otherwise -> serves(otherwise.then, into);
            case Delegate other -> {} // a parser like the others
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
        switch (step) {
            case UnwrapRepeat unwrap -> body.unwrapRepeat();
            case Trim trim -> trim(trim, body);
            case First first -> {
                return first(first, body, parsers);
            }
            case Set set -> body.putAll(set.values);
            case Lookup lookup -> {
                Object value = body.get(lookup.from);
                Map<String, Object> found = value == null ? null : lookup.table.get(value.toString());
                if (found != null) {
                    body.putAll(found);
                }
            }
            case Drop drop -> {
                for (String name : drop.names) {
                    body.remove(name);
                }
            }
            case Related related -> related(related, body);
            case StackTrace trace -> stackTrace(trace, body.fields);
            case Call call -> {
                return run(called(parsers, call.parser).steps(), body, parsers);
            }
            case Held held -> body.held = body.text(held.from);
            case Extracting extracting -> extracting.how.apply(body);
            case Try attempt -> {
                String text = attempt.from == null ? body.text : body.text(attempt.from);
                if (text != null) {
                    matches(attempt.patterns, text, body);
                }
            }
            case If condition -> {
                return run(Condition.all(condition.when, body) ? condition.then : condition.otherwise, body, parsers);
            }
            case Switch choice -> {
                return choose(choice, body, parsers);
            }
            case Serves serves -> body.serves(serves.logSources);
            case Tag tag -> body.tag(tag.tag);
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
                body.putAll(suffix.getValue());
            }
        }
    }

    private static boolean first(First first, Body body, Map<String, Parser> parsers) {
        for (int i = 0; i < first.cases.size(); i++) {
            switch (first.cases.get(i)) {
                case Fitting fitting -> {
                    if (fits(fitting, body)) {
                        body.putAll(fitting.set);
                        return run(fitting.then, body, parsers);
                    }
                }
                case Delegate delegate -> {
                    int tags = body.tags.size();
                    boolean before = body.tried;
                    body.tried = true;
                    boolean recognised = run(called(parsers, delegate.parser).steps(), body, parsers);
                    body.tried = before;
                    if (recognised) {
                        return true;
                    }
                    body.tags.subList(tags, body.tags.size()).clear();
                }
                case Otherwise otherwise -> {
                    return otherwise(otherwise, body, parsers);
                }
            }
        }
        return false;
    }

    private static boolean choose(Switch choice, Body body, Map<String, Parser> parsers) {
        Object value = body.get(choice.field);
        Fitting found = value == null ? null : choice.cases.get(value.toString());
        if (found != null && fits(found, body)) {
            body.putAll(found.set);
            return run(found.then, body, parsers);
        }
        return choice.otherwise == null || otherwise(choice.otherwise, body, parsers);
    }

    private static boolean otherwise(Otherwise otherwise, Body body, Map<String, Parser> parsers) {
        if (otherwise.tag != null && body.tried) {
            return false; // it is for the calling parser to give up
        }
        body.putAll(otherwise.set);
        boolean recognised = run(otherwise.then, body, parsers);
        if (otherwise.tag == null) {
            return recognised;
        }
        body.tag(otherwise.tag);
        body.gaveUp = otherwise.id == null ? otherwise.tag : otherwise.id;
        return false;
    }

    private static boolean fits(Fitting fitting, Body body) {
        String text = fitting.from == null ? body.text : body.text(fitting.from);
        if (text == null) {
            return false;
        }
        for (int i = 0; i < fitting.has.size(); i++) {
            if (!text.contains(fitting.has.get(i))) {
                return false;
            }
        }
        return Condition.all(fitting.when, body)
                && (fitting.patterns.isEmpty() || matches(fitting.patterns, text, body));
    }

    private static boolean matches(List<Matching> patterns, String text, Body body) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).match(text, body)) {
                return true;
            }
        }
        return false;
    }

    private static Parser called(Map<String, Parser> parsers, String id) {
        Parser called = parsers.get(id);
        if (called == null) {
            throw new IllegalStateException("load let a call of '" + id + "' pass");
        }
        return called;
    }

    private static void related(Related related, Body body) {
        for (Map.Entry<String, List<String>> kind : related.kinds.entrySet()) {
            List<Object> values = null;
            for (String name : kind.getValue()) {
                Object value = body.get(name);
                if (value == null) {
                    continue;
                }
                if (values == null) {
                    values = new ArrayList<>(2);
                    if (body.get(kind.getKey()) instanceof List<?> before) {
                        values.addAll(before);
                    }
                }
                if (value instanceof List<?> list) {
                    for (Object single : list) {
                        add(values, single);
                    }
                } else {
                    add(values, value);
                }
            }
            if (values != null) {
                body.put(kind.getKey(), values);
            }
        }
    }

    private static void add(List<Object> values, Object value) {
        if (!values.contains(value)) {
            values.add(value);
        }
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
