package io.bongsu.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Sigma's tags to the ECS {@code threat.*} fields: {@code attack.t1110.001}, {@code attack.credential-access} (or with
 * an underscore), groups and software, and {@code cve.2021-44228} to {@code vulnerability.id}.
 */
final class AttackTags {
    private static final Pattern TECHNIQUE = Pattern.compile("t[0-9]{4}");
    private static final Pattern SUB_TECHNIQUE = Pattern.compile("t[0-9]{4}\\.[0-9]{3}");
    private static final Pattern ID = Pattern.compile("t[0-9]{4}(\\.[0-9]{3})?|ta[0-9]{4}|[gscm][0-9]{4}|ds[0-9]{4}");
    private static final Pattern CVE = Pattern.compile("cve\\.[0-9]{4}[-.][0-9]{4,}");

    /** The tactics of ATT&CK for enterprise, and the two into which version 18 has split defence evasion. */
    private static final Map<String, String> TACTICS = Map.ofEntries(
            Map.entry("reconnaissance", "Reconnaissance"),
            Map.entry("resource-development", "Resource Development"),
            Map.entry("initial-access", "Initial Access"),
            Map.entry("execution", "Execution"),
            Map.entry("persistence", "Persistence"),
            Map.entry("privilege-escalation", "Privilege Escalation"),
            Map.entry("defense-evasion", "Defense Evasion"),
            Map.entry("stealth", "Stealth"),
            Map.entry("defense-impairment", "Defense Impairment"),
            Map.entry("credential-access", "Credential Access"),
            Map.entry("discovery", "Discovery"),
            Map.entry("lateral-movement", "Lateral Movement"),
            Map.entry("collection", "Collection"),
            Map.entry("command-and-control", "Command and Control"),
            Map.entry("exfiltration", "Exfiltration"),
            Map.entry("impact", "Impact"));

    /** Of the two new ones we know no number that is sure. */
    private static final Map<String, String> TACTIC_IDS = Map.ofEntries(
            Map.entry("reconnaissance", "TA0043"),
            Map.entry("resource-development", "TA0042"),
            Map.entry("initial-access", "TA0001"),
            Map.entry("execution", "TA0002"),
            Map.entry("persistence", "TA0003"),
            Map.entry("privilege-escalation", "TA0004"),
            Map.entry("defense-evasion", "TA0005"),
            Map.entry("credential-access", "TA0006"),
            Map.entry("discovery", "TA0007"),
            Map.entry("lateral-movement", "TA0008"),
            Map.entry("collection", "TA0009"),
            Map.entry("command-and-control", "TA0011"),
            Map.entry("exfiltration", "TA0010"),
            Map.entry("impact", "TA0040"));

    private AttackTags() {}

    /** Whether ATT&CK may have it, of a tag that begins with {@code attack.}. */
    static boolean isKnown(String tag) {
        String name = tag.toLowerCase(Locale.ROOT).substring("attack.".length());
        return TACTICS.containsKey(name.replace('_', '-')) || ID.matcher(name).matches();
    }

    static Set<String> tactics() {
        return TACTICS.keySet();
    }

    static Map<String, Object> fields(List<String> tags) {
        Map<String, Set<String>> found = new TreeMap<>();
        for (String tag : tags) {
            String lower = tag.toLowerCase(Locale.ROOT);
            if (CVE.matcher(lower).matches()) {
                put(found, "vulnerability.id", "CVE-" + lower.substring(4).replace('.', '-'));
            }
            if (!lower.startsWith("attack.")) {
                continue;
            }
            String name = lower.substring("attack.".length());
            String upper = name.toUpperCase(Locale.ROOT);
            String key = name.startsWith("ta") ? tactic(upper) : name.replace('_', '-');
            String tactic = TACTICS.get(key);
            if (tactic != null) {
                put(found, "threat.tactic.name", tactic);
                String id = TACTIC_IDS.get(key);
                if (id != null) {
                    put(found, "threat.tactic.id", id);
                }
            } else if (TECHNIQUE.matcher(name).matches()) {
                put(found, "threat.technique.id", upper);
            } else if (SUB_TECHNIQUE.matcher(name).matches()) {
                put(found, "threat.technique.id", upper.substring(0, 5));
                put(found, "threat.technique.subtechnique.id", upper);
            } else if (name.matches("g[0-9]{4}")) {
                put(found, "threat.group.id", upper);
            } else if (name.matches("s[0-9]{4}")) {
                put(found, "threat.software.id", upper);
            }
        }
        Map<String, Object> fields = new TreeMap<>();
        found.forEach((name, values) -> fields.put(name, List.copyOf(new ArrayList<>(values))));
        if (found.keySet().stream().anyMatch(name -> name.startsWith("threat."))) {
            fields.put("threat.framework", "MITRE ATT&CK");
        }
        return fields;
    }

    /** Empty for a number that is none. */
    private static String tactic(String id) {
        return TACTIC_IDS.entrySet().stream()
                .filter(tactic -> tactic.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    private static void put(Map<String, Set<String>> found, String name, String value) {
        found.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(value);
    }
}
