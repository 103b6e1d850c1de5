package io.bongsu.rules.match;

import io.bongsu.rules.syntax.Modifier;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Warns of what a line of a search says and most likely does not mean. It runs all the same. */
final class Oddities {
    /** Written as it is read. */
    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]*");

    private static final Set<Modifier> NUMERIC =
            ModifierChain.together(ModifierChain.COMPARISONS, ModifierChain.TIME_PARTS);

    /** The placeholders that Sigma names. */
    private static final Pattern STANDARD =
            Pattern.compile("%(Administrators|JumpServers|Workstations|Servers|DomainControllers)%");

    private static final Pattern TYPOGRAPHIC = Pattern.compile("(?s)[\u2018\u201C\u201E].*[\u2018\u2019\u201C\u201D]");

    private final Search.Item item;
    private final String shown;
    private final Problems warnings;
    private final Set<Modifier> modifiers = EnumSet.noneOf(Modifier.class);

    private Oddities(Search.Item item, String shown, Problems warnings) {
        this.item = item;
        this.shown = shown;
        this.warnings = warnings;
        this.modifiers.addAll(item.modifiers());
    }

    static void tell(Search.Item item, String shown, Problems warnings) {
        new Oddities(item, shown, warnings).tell();
    }

    private void tell() {
        boolean expands = modifiers.contains(Modifier.EXPAND);
        if (modifiers.contains(Modifier.ALL) && item.values().size() == 1 && !expands) {
            warn(item.at(), "'all' on " + shown + " has one value", "write a list of several, or remove 'all'");
        } else if (modifiers.contains(Modifier.ALL) && item.values().stream().allMatch(this::whole)) {
            warn(
                    item.at(),
                    "no single value of " + shown + " is all of these",
                    "write " + item.field() + "|contains|all, or remove 'all'");
        }
        if (expands
                && item.values().stream()
                        .noneMatch(value ->
                                ItemCompiler.PLACEHOLDER.matcher(value.text()).find())) {
            warn(
                    item.at(),
                    "'expand' on " + shown + " has no placeholder",
                    "write such as '%Servers%', or remove 'expand'");
        }
        if (!item.field().isEmpty()
                && modifiers.contains(Modifier.BASE64OFFSET)
                && !modifiers.contains(Modifier.CONTAINS)) {
            warn(
                    item.at(),
                    "'base64offset' on " + shown + " stands for a part of the encoded text",
                    "write base64offset|contains");
        }
        for (YamlScalar value : item.values()) {
            if (!expands && STANDARD.matcher(value.text()).matches()) {
                warn(
                        value,
                        "'" + value.text() + "' on " + shown + " is taken as it stands",
                        "write " + item.field() + "|expand for what the list holds");
            }
            if (!item.field().isEmpty()
                    && value.value() == null
                    && value.source().isEmpty()) {
                warn(
                        value,
                        shown + " without a value stands for a field that is absent",
                        "write null if that is meant, or '' for an empty value");
            }
            if (value.value() instanceof Number number
                    && !WHOLE.matcher(value.text()).matches()) {
                String read = Texts.of(number);
                if (!read.equals(value.text()) && modifiers.stream().noneMatch(NUMERIC::contains)) {
                    warn(
                            value,
                            "'" + value.text() + "' on " + shown + " is the number " + read,
                            "put it in quotes if it is a text");
                }
            }
            if (value.source().codePoints().anyMatch(Oddities::invisible)
                    && !value.text().codePoints().allMatch(Oddities::invisible)) {
                warn(
                        value,
                        "the value on " + shown + " holds an invisible character",
                        "remove it, or write it as \\u and its number in double quotes");
            }
            if (value.text().chars().anyMatch(c -> c < ' ')) {
                warn(
                        value,
                        "the value on " + shown + " holds a tab, a line end or the like",
                        "write a backslash in double quotes as \\\\, and a text in one line");
            }
            if (TYPOGRAPHIC.matcher(value.text()).matches()) {
                warn(value, "the quotes around " + value.text() + " belong to the value", "write straight ones");
            }
        }
    }

    /** Whether it is compared with all of a value. */
    private boolean whole(YamlScalar value) {
        return EnumSet.of(Modifier.ALL, Modifier.CASED).containsAll(modifiers)
                && !item.field().isEmpty()
                && value.value() != null
                && !SigmaText.parse(value.text()).hasWildcard();
    }

    private void warn(YamlNode at, String message, String fix) {
        warnings.add(at, message, fix);
    }

    /** What nobody sees in an editor, but for what joins and tells apart letters and emoji. */
    private static boolean invisible(int c) {
        return Character.getType(c) == Character.FORMAT && c != 0x200C && c != 0x200D && c < 0xE0000;
    }
}
