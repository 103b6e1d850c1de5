package io.bongsu.rules.match;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import inet.ipaddr.IPAddress;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.Modifier;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One line of a search, {@code field|modifiers: values}, to a match. Modifiers apply from left to right. */
final class ItemCompiler {
    /** May stand beside a list of indicators. */
    private static final Set<Modifier> INDICATORS = EnumSet.of(Modifier.EXPAND, Modifier.NEQ, Modifier.ALL);

    /** So many values may one line of a rule have when its placeholders and dashes are written out. */
    private static final int MAX_VALUES = 100_000;

    /** Comparing costs up to this times the length of what an event has. */
    private static final int MAX_LENGTH = 32_768;

    /** In a value with {@code expand}; a backslash before a percent sign makes it one. */
    static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)%(\\w+)%");

    /** A field with what was to be a modifier. */
    private static final Pattern UNPARTED = Pattern.compile(
            "(.+)[.:,\uFF5C](contains|startswith|endswith|exists|cased|windash|base64offset|fieldref|cidr)");

    /** In an expression that an empty text fits: what may still keep it from fitting every text. */
    private static final Pattern LOOKS_ROUND = Pattern.compile("[\\^$]|\\\\[bBAz]");

    private final MatchCompiler compiler;
    private final Search.Item item;
    private final MatchCompiler.Context context;
    private final Set<Modifier> modifiers = EnumSet.noneOf(Modifier.class);
    private final Problems problems;
    private final @Nullable Field field;
    private final String shown;
    private boolean failed;

    ItemCompiler(MatchCompiler compiler, Search.Item item, MatchCompiler.Context context) {
        this.compiler = compiler;
        this.item = item;
        this.context = context;
        this.problems = context.problems();
        this.modifiers.addAll(item.modifiers());
        this.field = item.field().isEmpty() ? null : known(item.at(), item.field());
        this.shown = item.field().isEmpty() ? "the keywords" : "'" + item.field() + "'";
    }

    /**
     * The field. One that no mapping and no parser knows is found under its own name alone, which is worth saying; where the
     * log source has a field that is written nearly so, it is a mistake.
     */
    private Field known(YamlNode at, String name) {
        LogSource logSource = context.logSource();
        Matcher unparted = UNPARTED.matcher(name);
        if (unparted.matches()) {
            warn(
                    at,
                    "'" + name + "' is taken for a field",
                    "did you mean '" + unparted.group(1) + "|" + unparted.group(2) + "'?");
        } else if (name.equals("keywords") || name.equals("keyword")) {
            context.warnings()
                    .add(
                            at,
                            "'" + name + "' is taken for a field",
                            "for words anywhere in an event, write the list right below the name of the search");
        } else if (!compiler.knows(logSource, name, at, problems, context.warnings())) {
            failed = true;
        }
        return compiler.field(logSource, name);
    }

    @Nullable
    Match compile() {
        boolean chained = ModifierChain.makesSense(item, shown, problems);
        failed |= !chained;
        if (chained) {
            Oddities.tell(item, shown, context.warnings());
        }
        List<Match> parts = new ArrayList<>();
        Map<List<Long>, List<Match>> ending = new LinkedHashMap<>();
        if (chained) {
            for (YamlScalar written : item.values()) {
                Listing indicators = indicators(written);
                if (indicators != null) {
                    parts.add(listed(indicators));
                    continue;
                }
                if (written.text().length() > MAX_LENGTH) {
                    fail(
                            written,
                            "a value of " + shown + " has more than " + MAX_LENGTH + " characters",
                            "a part of it will do");
                    continue;
                }
                for (Listing.Entry entry : expanded(written)) {
                    List<Match> alternatives = alternatives(entry.value());
                    if (entry.always()) {
                        parts.add(MatchCompiler.any(alternatives));
                    } else if (modifiers.contains(Modifier.ALL)) {
                        parts.add(MatchCompiler.all(List.of(
                                MatchCompiler.any(alternatives), new Match.During(entry.from(), entry.until()))));
                    } else {
                        ending.computeIfAbsent(List.of(entry.from(), entry.until()), span -> new ArrayList<>())
                                .addAll(alternatives);
                    }
                }
            }
        }
        if (failed) {
            return null;
        }
        ending.forEach((span, alternatives) -> parts.add(MatchCompiler.all(
                List.of(MatchCompiler.any(alternatives), new Match.During(span.get(0), span.get(1))))));
        Match match = modifiers.contains(Modifier.ALL) ? MatchCompiler.all(parts) : MatchCompiler.any(parts);
        return modifiers.contains(Modifier.NEQ) ? new Match.Not(match) : match;
    }

    /** Of a part that says nothing: every value has it. */
    private void saysNothing(YamlScalar value) {
        warn(
                value,
                "every " + (field == null ? "event" : "value of " + shown) + " has '" + value.text() + "'",
                field == null ? "write a text, or remove it" : "write a text, or " + item.field() + "|exists: true");
    }

    private void warn(YamlNode at, String message, String fix) {
        context.warnings().add(at, message, fix);
    }

    private List<Match> alternatives(YamlScalar value) {
        if (modifiers.contains(Modifier.FIELDREF)) {
            return reference(value);
        }
        List<Match> alternatives = new ArrayList<>();
        for (Predicate predicate : predicates(value)) {
            alternatives.add(compiler.atom(field, predicate));
        }
        return alternatives;
    }

    /** The value, or with {@code expand} one for each combination of what its placeholders stand for. */
    private List<Listing.Entry> expanded(YamlScalar value) {
        if (!modifiers.contains(Modifier.EXPAND) || value.value() == null) {
            return List.of(new Listing.Entry(value, Listing.EVER_SINCE, Listing.FOR_EVER));
        }
        List<Listing.Entry> texts = List.of(entry(value, "", Listing.EVER_SINCE, Listing.FOR_EVER));
        boolean given = true;
        int from = 0;
        Matcher placeholder = PLACEHOLDER.matcher(value.text());
        while (placeholder.find()) {
            String before = value.text().substring(from, placeholder.start()).replace("\\%", "%");
            String name = placeholder.group(1);
            Listing list = list(value, name);
            if (list == null) {
                given = false;
                continue;
            }
            if (list.kind() != Listing.Kind.TEXT) {
                fail(
                        value,
                        "the list '%" + name + "%' holds " + (list.kind() == Listing.Kind.ADDRESS ? "an " : "a ")
                                + list.kind().word() + " in each entry and stands alone",
                        "write " + item.field() + "|expand: '%" + name + "%'");
                return List.of();
            }
            if ((long) texts.size() * list.entries().size() > MAX_VALUES) {
                fail(
                        value,
                        "the placeholders on " + shown + " give more than " + MAX_VALUES + " values",
                        "use fewer placeholders in a value, or shorter lists");
                return List.of();
            }
            texts = texts.stream()
                    .flatMap(text -> list.entries().stream()
                            .map(item -> entry(
                                    value,
                                    text.value().text() + before + item.value().text(),
                                    Math.max(text.from(), item.from()),
                                    Math.min(text.until(), item.until()))))
                    .filter(entry -> entry.from() < entry.until())
                    .toList();
            from = placeholder.end();
        }
        if (!given) {
            return List.of();
        }
        String rest = value.text().substring(from).replace("\\%", "%");
        return texts.stream()
                .map(text -> entry(value, text.value().text() + rest, text.from(), text.until()))
                .toList();
    }

    private static Listing.Entry entry(YamlScalar at, String text, long from, long until) {
        return new Listing.Entry(new YamlScalar(at.file(), at.line(), at.column(), text, text), from, until);
    }

    private @Nullable Listing list(YamlScalar value, String name) {
        Listing list = compiler.list(context, name);
        if (list == null) {
            fail(
                    value,
                    "no list is given for the placeholder '%" + name + "%' on " + shown,
                    "put its values into a file " + name + ".txt in a folder of 'lists'");
        }
        return list;
    }

    /** The list that a value is nothing but the name of, when it is one of indicators. */
    private @Nullable Listing indicators(YamlScalar value) {
        Matcher placeholder = PLACEHOLDER.matcher(value.text());
        boolean alone = field != null
                && INDICATORS.containsAll(modifiers)
                && modifiers.contains(Modifier.EXPAND)
                && placeholder.matches();
        Listing list = alone ? compiler.list(context, placeholder.group(1)) : null;
        return list == null || list.kind() == Listing.Kind.TEXT ? null : list;
    }

    private Match listed(Listing listing) {
        try {
            return new Match.Listed(Objects.requireNonNull(field), Indicators.of(listing));
        } catch (Indicators.Wrong e) {
            fail(e.entry.value(), e.what + " in the list on " + shown, e.fix);
            return MatchCompiler.any(List.of());
        }
    }

    private List<Match> reference(YamlScalar value) {
        if (field == null || !(value.value() instanceof String name) || name.isBlank()) {
            fail(
                    value,
                    "'fieldref' on " + shown + " needs the name of a field",
                    "write the field to compare with as the value");
            return List.of();
        }
        if (SigmaText.parse(name).hasWildcard()) {
            fail(
                    value,
                    "'fieldref' on " + shown + " cannot have wildcards in the name of a field",
                    "write the whole name");
            return List.of();
        }
        Match.Reference.Shape shape = modifiers.contains(Modifier.CONTAINS)
                ? Match.Reference.Shape.CONTAINS
                : modifiers.contains(Modifier.STARTSWITH)
                        ? Match.Reference.Shape.PREFIX
                        : modifiers.contains(Modifier.ENDSWITH)
                                ? Match.Reference.Shape.SUFFIX
                                : Match.Reference.Shape.EQUAL;
        Field other = known(value, name.strip());
        if (other.equals(field)) {
            warn(value, shown + " is compared with itself", "write the name of another field");
        }
        return List.of(new Match.Reference(field, other, shape, modifiers.contains(Modifier.CASED)));
    }

    private List<Predicate> fail(YamlNode value, String message, String fix) {
        problems.add(value, message, fix);
        failed = true;
        return List.of();
    }

    /** The tests of which one has to hold for this value. */
    private List<Predicate> predicates(YamlScalar value) {
        Object raw = value.value();
        if (modifiers.contains(Modifier.EXISTS)) {
            if (item.values().size() > 1) {
                return fail(item.at(), "'exists' on " + shown + " has several values", "write true or false");
            }
            if (raw instanceof Boolean wanted) {
                return List.of(new Predicate.Present(wanted));
            }
            return fail(value, "'exists' on " + shown + " must be true or false", "write one of them, without quotes");
        }
        if (raw == null) {
            if (modifiers.stream().anyMatch(m -> m != Modifier.NEQ && m != Modifier.ALL)) {
                return fail(
                        value,
                        "null on " + shown + " cannot have modifiers",
                        "remove them, or write '' for an empty value");
            }
            return field == null
                    ? fail(value, "a keyword cannot be null", "write a text")
                    : List.of(new Predicate.Missing());
        }
        if (modifiers.contains(Modifier.RE)) {
            return regex(value);
        }
        if (modifiers.contains(Modifier.CIDR)) {
            return cidr(value);
        }
        for (Modifier part : ModifierChain.TIME_PARTS) {
            if (modifiers.contains(part)) {
                return timePart(value, part);
            }
        }
        for (Modifier comparison : ModifierChain.COMPARISONS) {
            if (modifiers.contains(comparison)) {
                return raw instanceof Long || raw instanceof Double && !raw.equals(Double.NaN)
                        ? List.of(new Predicate.Compare(Predicate.Comparison.valueOf(comparison.name()), (Number) raw))
                        : fail(
                                value,
                                "'" + comparison.word() + "' on " + shown + " needs a number, not '" + value.text()
                                        + "'",
                                "write it in digits and without quotes");
            }
        }
        return texts(value, raw);
    }

    private List<Predicate> timePart(YamlScalar value, Modifier part) {
        if (!(value.value() instanceof Long number) || number < 0) {
            return fail(
                    value,
                    "'" + part.word() + "' on " + shown + " needs a whole number, not '" + value.text() + "'",
                    "write it in digits and without quotes");
        }
        Predicate.Comparison comparison = Predicate.Comparison.EQ;
        for (Modifier modifier : ModifierChain.COMPARISONS) {
            comparison = modifiers.contains(modifier) ? Predicate.Comparison.valueOf(modifier.name()) : comparison;
        }
        DatePart unit = DatePart.valueOf(part.name());
        if (number < unit.least() || number > unit.most()) {
            return fail(
                    value,
                    "'" + part.word() + "' on " + shown + " is never " + number,
                    "write " + unit.least() + " to " + unit.most());
        }
        return List.of(new Predicate.TimePart(unit, comparison, number));
    }

    private List<Predicate> regex(YamlScalar value) {
        String source = value.text();
        if (modifiers.contains(Modifier.STARTSWITH)) {
            source = "\\A(?:" + source + ")";
        } else if (modifiers.contains(Modifier.ENDSWITH)) {
            source = "(?:" + source + ")\\z";
        }
        try {
            LinearRegex regex = LinearRegex.compile(
                    source,
                    modifiers.contains(Modifier.I),
                    modifiers.contains(Modifier.M),
                    modifiers.contains(Modifier.S));
            if (regex.find("") && !LOOKS_ROUND.matcher(value.text()).find()) {
                saysNothing(value);
            }
            return List.of(new Predicate.Regex(regex));
        } catch (LinearRegex.Refused e) {
            return fail(value, e.getMessage() + " on " + shown, e.fix);
        }
    }

    private List<Predicate> cidr(YamlScalar value) {
        IPAddress block = Addresses.block(value.text());
        if (block == null) {
            return fail(
                    value,
                    "'" + value.text() + "' on " + shown + " is not an address block",
                    "write one such as 10.0.0.0/8 or 2001:db8::/32");
        }
        IPAddress whole = block.isPrefixed() ? block.toPrefixBlock() : block;
        if (!Addresses.isWhole(block)) {
            return fail(
                    value,
                    "'" + value.text() + "' on " + shown + " has bits after the prefix",
                    "write " + whole.toCanonicalString());
        }
        return List.of(new Predicate.Cidr(whole));
    }

    private List<Predicate> texts(YamlScalar value, Object raw) {
        boolean cased = modifiers.contains(Modifier.CASED);
        List<SigmaText> texts =
                List.of(raw instanceof String string ? SigmaText.parse(string) : SigmaText.literal(Texts.of(raw)));
        byte[] pending = null;
        for (Modifier modifier : item.modifiers()) {
            switch (modifier) {
                case CONTAINS ->
                    texts = texts.stream().map(t -> t.openStart().openEnd()).toList();
                case STARTSWITH ->
                    texts = texts.stream().map(SigmaText::openEnd).toList();
                case ENDSWITH ->
                    texts = texts.stream().map(SigmaText::openStart).toList();
                case WINDASH -> {
                    texts = texts.stream().flatMap(t -> t.dashes().stream()).toList();
                    if (texts.isEmpty() || texts.size() > SigmaText.MAX_VARIANTS) {
                        return fail(
                                value,
                                "'windash' on " + shown + " gives more than " + SigmaText.MAX_VARIANTS + " variants",
                                "write fewer dashes in one value");
                    }
                }
                case WIDE, UTF16LE, UTF16BE, UTF16, BASE64, BASE64OFFSET -> {
                    if (texts.size() != 1 || texts.get(0).hasWildcard()) {
                        return fail(
                                value,
                                "'" + modifier.word() + "' on " + shown + " cannot encode wildcards",
                                "write them as \\* and \\?, or use contains");
                    }
                    byte[] bytes = pending == null ? texts.get(0).text().getBytes(UTF_8) : pending;
                    String text = texts.get(0).text();
                    pending = switch (modifier) {
                        case WIDE, UTF16LE -> text.getBytes(UTF_16LE);
                        case UTF16BE -> text.getBytes(UTF_16BE);
                        case UTF16 -> ("\uFEFF" + text).getBytes(UTF_16LE);
                        default -> null;
                    };
                    texts = pending != null
                            ? List.of(SigmaText.literal(new String(pending, ISO_8859_1)))
                            : modifier == Modifier.BASE64
                                    ? List.of(SigmaText.literal(
                                            Base64.getEncoder().encodeToString(bytes)))
                                    : offsets(bytes);
                }
                default -> {}
            }
        }
        List<Predicate> predicates = new ArrayList<>();
        for (SigmaText text : texts) {
            SigmaText shaped = field == null ? text.openStart().openEnd() : text;
            Predicate predicate = shaped.toPredicate(cased);
            if (predicate instanceof Predicate.Exists
                    && (field == null || value.text().isEmpty())) {
                saysNothing(value);
            }
            predicates.add(predicate);
        }
        return predicates;
    }

    /** The parts of the Base64 text that do not depend on what stands before and after, for the three positions. */
    private static List<SigmaText> offsets(byte[] bytes) {
        List<SigmaText> found = new ArrayList<>();
        for (int shift = 0; shift < 3; shift++) {
            byte[] padded = new byte[bytes.length + shift];
            System.arraycopy(bytes, 0, padded, shift, bytes.length);
            String text = Base64.getEncoder().encodeToString(padded);
            int start = shift == 0 ? 0 : shift + 1;
            int end = text.length() - (padded.length % 3 == 0 ? 0 : 4 - padded.length % 3);
            if (end > start) {
                found.add(SigmaText.literal(text.substring(start, end)));
            }
        }
        return found;
    }
}
