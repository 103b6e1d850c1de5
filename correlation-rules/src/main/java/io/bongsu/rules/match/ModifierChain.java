package io.bongsu.rules.match;

import io.bongsu.rules.syntax.Modifier;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.yaml.Problems;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The modifiers on one line of a search: which go together, and in which order (Sigma modifiers specification 2.1). */
final class ModifierChain {
    private static final Set<Modifier> SHAPES = EnumSet.of(Modifier.CONTAINS, Modifier.STARTSWITH, Modifier.ENDSWITH);
    static final Set<Modifier> COMPARISONS = EnumSet.of(Modifier.LT, Modifier.LTE, Modifier.GT, Modifier.GTE);
    static final Set<Modifier> TIME_PARTS = EnumSet.range(Modifier.MINUTE, Modifier.YEAR);
    private static final Set<Modifier> FLAGS = EnumSet.of(Modifier.I, Modifier.M, Modifier.S);
    private static final Set<Modifier> ENCODINGS = EnumSet.of(
            Modifier.BASE64, Modifier.BASE64OFFSET, Modifier.UTF16LE, Modifier.UTF16BE, Modifier.UTF16, Modifier.WIDE);

    /** Modifiers that make something else than a text of the value, and what may stand beside them. */
    private static final Map<Modifier, Set<Modifier>> COMPANIONS = companions();

    private static final Set<Modifier> NEED_A_FIELD =
            together(COMPARISONS, TIME_PARTS, EnumSet.of(Modifier.EXISTS, Modifier.CIDR, Modifier.FIELDREF));

    private final Search.Item item;
    private final String shown;
    private final Problems problems;
    private final Set<Modifier> modifiers = EnumSet.noneOf(Modifier.class);
    private boolean makesSense = true;

    private ModifierChain(Search.Item item, String shown, Problems problems) {
        this.item = item;
        this.shown = shown;
        this.problems = problems;
        this.modifiers.addAll(item.modifiers());
    }

    private static Map<Modifier, Set<Modifier>> companions() {
        Set<Modifier> linking = EnumSet.of(Modifier.ALL, Modifier.NEQ);
        Map<Modifier, Set<Modifier>> companions = new EnumMap<>(Modifier.class);
        companions.put(Modifier.EXISTS, EnumSet.noneOf(Modifier.class));
        companions.put(Modifier.FIELDREF, together(linking, SHAPES, EnumSet.of(Modifier.CASED)));
        companions.put(Modifier.RE, together(linking, SHAPES, FLAGS, EnumSet.of(Modifier.EXPAND)));
        companions.put(Modifier.CIDR, together(linking, EnumSet.of(Modifier.EXPAND)));
        COMPARISONS.forEach(comparison -> companions.put(comparison, together(linking, TIME_PARTS)));
        TIME_PARTS.forEach(part -> companions.put(part, together(linking, COMPARISONS)));
        return companions;
    }

    @SafeVarargs
    static Set<Modifier> together(Set<Modifier>... sets) {
        Set<Modifier> all = EnumSet.noneOf(Modifier.class);
        for (Set<Modifier> set : sets) {
            all.addAll(set);
        }
        return all;
    }

    /** False, and problems, where the modifiers do not go together. */
    static boolean makesSense(Search.Item item, String shown, Problems problems) {
        ModifierChain chain = new ModifierChain(item, shown, problems);
        chain.check();
        return chain.makesSense;
    }

    private void check() {
        Set<Modifier> seen = EnumSet.noneOf(Modifier.class);
        for (Modifier modifier : item.modifiers()) {
            // What is encoded can be encoded once more.
            if (!seen.add(modifier) && !ENCODINGS.contains(modifier)) {
                fail("the modifier '" + modifier.word() + "' is on " + shown + " twice", "remove one of them");
            }
        }
        atMostOneOf(SHAPES);
        atMostOneOf(COMPARISONS);
        atMostOneOf(TIME_PARTS);
        Set<Set<Modifier>> quarrels = new HashSet<>();
        for (Map.Entry<Modifier, Set<Modifier>> alone : COMPANIONS.entrySet()) {
            for (Modifier other : modifiers.contains(alone.getKey()) ? modifiers : Set.<Modifier>of()) {
                if (other != alone.getKey()
                        && !alone.getValue().contains(other)
                        && quarrels.add(EnumSet.of(alone.getKey(), other))) {
                    fail(
                            "the modifiers '" + alone.getKey().word() + "' and '" + other.word() + "' on " + shown
                                    + " do not go together",
                            "keep one of them");
                }
            }
        }
        for (Modifier flag : FLAGS) {
            if (modifiers.contains(flag) && !modifiers.contains(Modifier.RE)) {
                fail("the modifier '" + flag.word() + "' on " + shown + " needs 're'", "write re|" + flag.word());
            }
        }
        boolean shaped = false;
        for (Modifier modifier : item.modifiers()) {
            boolean late = ENCODINGS.contains(modifier) || modifier == Modifier.RE || FLAGS.contains(modifier);
            if (late && shaped) {
                fail(
                        "the modifier '" + modifier.word() + "' on " + shown + " comes too late",
                        "write contains, startswith or endswith after it");
            }
            shaped |= SHAPES.contains(modifier);
        }
        if (item.field().isEmpty() && modifiers.stream().anyMatch(NEED_A_FIELD::contains)) {
            fail("this modifier needs a field", "write a field name before it");
        }
    }

    private void atMostOneOf(Set<Modifier> exclusive) {
        List<String> found = modifiers.stream()
                .filter(exclusive::contains)
                .map(Modifier::word)
                .toList();
        if (found.size() > 1) {
            fail(
                    "the modifiers '" + String.join("' and '", found) + "' on " + shown + " do not go together",
                    "keep one of them");
        }
    }

    private void fail(String message, String fix) {
        problems.add(item.at(), message, fix);
        makesSense = false;
    }
}
