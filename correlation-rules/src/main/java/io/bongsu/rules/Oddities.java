package io.bongsu.rules;

import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.CorrelationRule;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.Meta;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.RuleParser;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is odd in a rule that runs all the same: most likely it was meant otherwise. */
final class Oddities {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final List<String> RELATED =
            List.of("derived", "obsolete", "merged", "renamed", "similar", "correlation");

    /** Namespaces of tags that Sigma knows; others are the rule's own. */
    private static final Set<String> SPACES = Set.of("attack", "car", "cve", "d3fend", "detection", "stp", "tlp");

    private Oddities() {}

    static void of(Rule rule, Problems warnings) {
        about(rule.meta(), warnings);
        if (!(rule.meta().at() instanceof YamlMap document)) {
            return;
        }
        keys(document, warnings);
        related(document, rule.meta().id(), warnings);
        switch (rule) {
            case DetectionRule detection ->
                unused(detection.searches().keySet(), detection.condition(), document.get("detection"), warnings);
            case FilterRule filter ->
                unused(filter.searches().keySet(), filter.condition(), document.get("filter"), warnings);
            case CorrelationRule correlation -> {}
        }
    }

    private static void about(Meta meta, Problems warnings) {
        if (!(meta.at() instanceof YamlMap document)) {
            return;
        }
        if (document.get("id") instanceof YamlScalar id
                && !id.text().isBlank()
                && !UUID.matcher(meta.id()).matches()) {
            warnings.add(
                    id,
                    "the id '" + meta.id() + "' is no UUID",
                    "Sigma asks for one, so that no two rules of the world have the same; uuidgen makes one");
        }
        if ("unsupported".equals(meta.status())) {
            warnings.add(
                    document.valueAt("status"),
                    "the status says that the rule cannot be used",
                    "mend it, or remove it");
        }
        if (meta.date() != null
                && meta.modified() != null
                && meta.modified().replace('/', '-').compareTo(meta.date().replace('/', '-')) < 0) {
            warnings.add(document.valueAt("modified"), "'modified' is before 'date'", "write when it was changed last");
        }
        Set<String> seen = new HashSet<>();
        for (String tag : meta.tags()) {
            String lower = tag.toLowerCase(Locale.ROOT);
            String space = lower.substring(0, Math.max(0, lower.indexOf('.')));
            if (!seen.add(lower)) {
                warnings.add(tag(document, tag), "the tag '" + tag + "' is here twice", "leave it out");
            } else if (space.isEmpty()) {
                boolean attack = AttackTags.isKnown("attack." + lower);
                warnings.add(
                        tag(document, tag),
                        "the tag '" + tag + "' has no namespace",
                        attack ? "write attack." + lower : "write one before it, and a dot");
            } else if (!SPACES.contains(space) && SPACES.stream().anyMatch(known -> Similar.nearly(space, known))) {
                warnings.add(
                        tag(document, tag),
                        "the tag '" + tag + "' is in no known namespace",
                        Similar.didYouMean(space, SPACES, ""));
            } else if (!tag.equals(lower) && (!space.equals("attack") || AttackTags.isKnown(tag))) {
                warnings.add(tag(document, tag), "tags are in lower case", "write " + lower);
            }
            if (space.equals("attack") && !AttackTags.isKnown(tag)) {
                warnings.add(
                        tag(document, tag),
                        "'" + tag + "' is no tactic, technique, group or software of ATT&CK",
                        Similar.didYouMean(
                                tag.substring("attack.".length()),
                                AttackTags.tactics(),
                                "write such as attack.t1110.001 or attack.credential-access"));
            }
        }
    }

    /** A rule may have keys of its own; one that looks like one of Sigma's is none. */
    private static void keys(YamlMap document, Problems warnings) {
        document.keys().forEach((key, at) -> {
            String meant = RuleParser.meant(document, key);
            if (meant != null) {
                warnings.add(at, "'" + key + "' is a key of the rule's own", "did you mean '" + meant + "'?");
            }
        });
    }

    private static void related(YamlMap document, String id, Problems warnings) {
        YamlNode node = document.get("related");
        if (node == null || node instanceof YamlScalar scalar && scalar.value() == null) {
            return;
        }
        if (!(node instanceof YamlList list)) {
            warnings.add(node, "'related' must be a list", "write - id: … and type: … below it");
            return;
        }
        for (YamlNode item : list.items()) {
            if (!(item instanceof YamlMap related
                    && related.get("id") instanceof YamlScalar other
                    && related.get("type") instanceof YamlScalar type)) {
                warnings.add(
                        item, "a related rule has an 'id' and a 'type'", "write - id: … and type: " + RELATED.get(0));
            } else if (!RELATED.contains(type.text())) {
                warnings.add(
                        type,
                        "unknown type '" + type.text() + "' of a related rule",
                        Similar.didYouMean(type.text(), RELATED, "write one of " + String.join(", ", RELATED)));
            } else if (!UUID.matcher(other.text()).matches()) {
                warnings.add(other, "'" + other.text() + "' of a related rule is no UUID", "write the id of that rule");
            } else if (other.text().equalsIgnoreCase(id)) {
                warnings.add(other, "the rule is related to itself", "leave it out");
            }
        }
    }

    private static YamlNode tag(YamlMap document, String tag) {
        YamlNode tags = document.valueAt("tags");
        if (tags instanceof YamlList list) {
            for (YamlNode item : list.items()) {
                if (item instanceof YamlScalar scalar && scalar.text().strip().equals(tag.strip())) {
                    return item;
                }
            }
        }
        return tags;
    }

    private static void unused(Set<String> searches, Condition condition, @Nullable YamlNode node, Problems warnings) {
        Set<String> unused = new TreeSet<>(searches);
        names(condition).forEach(unused::remove);
        for (String name : unused) {
            warnings.add(
                    node instanceof YamlMap detection ? detection.at(name) : Objects.requireNonNull(node),
                    "the condition does not ask for '" + name + "'",
                    "add it to the condition, or remove it");
        }
    }

    private static Stream<String> names(Condition condition) {
        return switch (condition) {
            case Condition.And and -> and.parts().stream().flatMap(Oddities::names);
            case Condition.Or or -> or.parts().stream().flatMap(Oddities::names);
            case Condition.Not not -> names(not.part());
            case Condition.Name name -> Stream.of(name.name());
            case Condition.Of of -> of.names().stream();
        };
    }
}
