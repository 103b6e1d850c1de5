package io.bongsu.rules;

import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.Meta;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is odd in a rule that runs all the same: most likely it was meant otherwise. */
final class Oddities {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Oddities() {}

    static void of(Rule rule, Problems warnings) {
        about(rule.meta(), warnings);
        if (rule instanceof DetectionRule detection && detection.meta().at() instanceof YamlMap document) {
            unused(detection, document, warnings);
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
        for (String tag : meta.tags()) {
            if (tag.toLowerCase(Locale.ROOT).startsWith("attack.") && !AttackTags.isKnown(tag)) {
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

    private static void unused(DetectionRule rule, YamlMap document, Problems warnings) {
        Set<String> unused = new TreeSet<>(rule.searches().keySet());
        names(rule.condition()).forEach(unused::remove);
        for (String name : unused) {
            warnings.add(
                    document.get("detection") instanceof YamlMap detection ? detection.at(name) : document,
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
