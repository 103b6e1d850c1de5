package io.bongsu.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sigma's tags to the ECS {@code threat.*} fields: {@code attack.t1110.001}, {@code attack.credential-access} (or with
 * an underscore), groups and software, and {@code cve.2021-44228} to {@code vulnerability.id}.
 */
final class AttackTags {
    private static final Pattern TECHNIQUE = Pattern.compile("t[0-9]{4}");
    private static final Pattern SUB_TECHNIQUE = Pattern.compile("t[0-9]{4}\\.[0-9]{3}");
    private static final Pattern ID = Pattern.compile("t[0-9]{4}(\\.[0-9]{3})?|ta[0-9]{4}|[gscm][0-9]{4}|ds[0-9]{4}");
    private static final Pattern CVE = Pattern.compile("cve\\.[0-9]{4}[-.][0-9]{4,}");

    /** @param id empty where we know no number that is sure */
    private record Tactic(String id, String name) {}

    /** The tactics of ATT&CK for enterprise, and the two into which version 18 has split defence evasion. */
    private static final Map<String, Tactic> TACTICS = Map.ofEntries(
            Map.entry("reconnaissance", new Tactic("TA0043", "Reconnaissance")),
            Map.entry("resource-development", new Tactic("TA0042", "Resource Development")),
            Map.entry("initial-access", new Tactic("TA0001", "Initial Access")),
            Map.entry("execution", new Tactic("TA0002", "Execution")),
            Map.entry("persistence", new Tactic("TA0003", "Persistence")),
            Map.entry("privilege-escalation", new Tactic("TA0004", "Privilege Escalation")),
            Map.entry("defense-evasion", new Tactic("TA0005", "Defense Evasion")),
            Map.entry("stealth", new Tactic("", "Stealth")),
            Map.entry("defense-impairment", new Tactic("", "Defense Impairment")),
            Map.entry("credential-access", new Tactic("TA0006", "Credential Access")),
            Map.entry("discovery", new Tactic("TA0007", "Discovery")),
            Map.entry("lateral-movement", new Tactic("TA0008", "Lateral Movement")),
            Map.entry("collection", new Tactic("TA0009", "Collection")),
            Map.entry("command-and-control", new Tactic("TA0011", "Command and Control")),
            Map.entry("exfiltration", new Tactic("TA0010", "Exfiltration")),
            Map.entry("impact", new Tactic("TA0040", "Impact")));

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
            Tactic tactic = name.startsWith("ta") ? numbered(upper) : TACTICS.get(name.replace('_', '-'));
            if (tactic != null) {
                put(found, "threat.tactic.name", tactic.name());
                if (!tactic.id().isEmpty()) {
                    put(found, "threat.tactic.id", tactic.id());
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

    private static @Nullable Tactic numbered(String id) {
        return TACTICS.values().stream()
                .filter(tactic -> tactic.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    private static void put(Map<String, Set<String>> found, String name, String value) {
        found.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(value);
    }
}
