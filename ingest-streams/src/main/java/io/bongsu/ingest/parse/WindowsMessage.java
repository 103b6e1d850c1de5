package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From the English text of a Windows event back to its data, for shippers that send nothing else: {@code Subject: …
 * Account Name: kim} is {@code SubjectUserName}. Which label means what, in which section, is data
 * ({@code windows-messages.yml}). Line ends may be lost; a value goes up to the next label that is known, or to where a new
 * line or three blanks begin another label or a sentence. Texts without labels are templates ({@code windows-texts.yml}).
 */
final class WindowsMessage {
    /** Labels by their text, with what they mean in each section; one that means nothing begins a section. */
    private static final Map<String, Map<String, String>> LABELS = read();

    private static final int MAX_WORDS = 6;

    /** What follows the command line of 4688. */
    private static final String EXPLAINED = "Token Elevation Type indicates the type of token";

    /** Several values, each on a line of its own. */
    private static final Set<String> LISTS = Set.of(
            "AccessList",
            "AuditPolicyChanges",
            "PrivilegeList",
            "Properties",
            "ServicePrincipalNames",
            "UserAccountControl");

    /** What anybody may have written: it ends at a known label only. */
    private static final Set<String> FREE = Set.of(
            "AttributeValue",
            "CommandLine",
            "Contents",
            "Details",
            "ImagePath",
            "ParentCommandLine",
            "Query",
            "TaskContent");

    /** Of texts without labels, by provider and id. */
    private static final Map<String, Template> TEXTS = texts();

    private WindowsMessage() {}

    /** @param id as the event says it */
    static Map<String, Object> data(@Nullable String provider, @Nullable String id, String message) {
        Template template = TEXTS.get(provider + " " + id);
        Body found = new Body(message, Micros.UNKNOWN, ZoneOffset.UTC);
        if (template == null || !template.match(message.strip(), found)) {
            return labelled(message);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        found.fields.forEach((name, value) -> {
            String text = value.toString().strip();
            if (!text.isEmpty()) {
                data.put(name, text);
            }
        });
        return data;
    }

    private static Map<String, Object> labelled(String message) {
        Map<String, Object> data = new LinkedHashMap<>();
        String section = "";
        String open = null;
        int from = 0;
        for (int colon = message.indexOf(':'); colon >= 0; colon = message.indexOf(':', colon + 1)) {
            boolean blank = colon + 1 >= message.length() || message.charAt(colon + 1) <= ' ';
            int end = colon > 0 && message.charAt(colon - 1) == ' ' ? colon - 1 : colon;
            int start = label(message, from, end);
            if (start < 0 || !blank && message.lastIndexOf(' ', colon) <= start) { // a shipper may lose the blank
                continue;
            }
            put(data, open, message.substring(from, start));
            Map<String, String> meaning = LABELS.get(message.substring(start, end));
            String found = meaning == null ? null : meaning.getOrDefault(section, meaning.get("*"));
            if (found == null || isSection(message, start, end, colon + 1)) {
                found = null;
                section = message.substring(start, end);
            }
            open = found;
            from = colon + 1;
        }
        put(data, open, message.substring(Math.min(from, message.length())));
        if (data.containsKey("DestAddress")) { // of the filtering platform, which names both ends
            rename(data, "IpAddress", "SourceAddress");
            rename(data, "IpPort", "SourcePort");
        }
        if (message.startsWith("An account was logged off") || message.startsWith("User initiated logoff")) {
            for (String part : List.of("UserSid", "UserName", "DomainName", "LogonId")) {
                rename(data, "Subject" + part, "Target" + part);
            }
        }
        return data;
    }

    /** Whether what looks like a label begins a section: one of its labels comes next. */
    private static boolean isSection(String message, int start, int end, int behind) {
        int next = behind;
        while (next < message.length() && message.charAt(next) <= ' ') {
            next++;
        }
        int colon = message.indexOf(':', next);
        Map<String, String> meaning =
                colon < 0 ? null : LABELS.get(message.substring(next, colon).strip());
        return meaning != null && meaning.containsKey(message.substring(start, end));
    }

    private static void rename(Map<String, Object> data, String from, String to) {
        Object value = data.remove(from);
        if (value != null) {
            data.putIfAbsent(to, value);
        }
    }

    private static void put(Map<String, Object> data, @Nullable String name, String value) {
        String text = value.strip();
        if (name == null || text.isEmpty()) {
            return;
        }
        int explained = name.equals("CommandLine") ? text.lastIndexOf(EXPLAINED) : -1;
        int end = explained >= 0 ? explained : FREE.contains(name) ? text.length() : end(text, !LISTS.contains(name));
        data.putIfAbsent(name, text.substring(0, end).stripTrailing());
    }

    /** Where a new line or at least three blanks are followed by a label that nobody knows or by a sentence. */
    private static int end(String text, boolean sentences) {
        for (int p = 0; p < text.length(); p++) {
            int from = p;
            boolean line = false;
            for (; p < text.length() && text.charAt(p) <= ' '; p++) {
                line |= text.charAt(p) == '\n';
            }
            if ((line || p - from >= 3) && begins(text, p, sentences)) {
                return from;
            }
        }
        return text.length();
    }

    /** Whether up to six words with single blanks between them end with a colon, or a lower-case word is the second. */
    private static boolean begins(String text, int from, boolean sentences) {
        if (!Character.isUpperCase(text.charAt(from))) {
            return false;
        }
        int p = from;
        for (int words = 0; words < MAX_WORDS; words++) {
            int end = p;
            while (end < text.length() && text.charAt(end) > ' ') {
                end++;
            }
            if (text.charAt(end - 1) == ':') {
                return true;
            }
            if (end + 1 >= text.length() || text.charAt(end) != ' ' || text.charAt(end + 1) <= ' ') {
                return false;
            }
            p = end + 1;
            if (sentences && words == 0 && Character.isLowerCase(text.charAt(p))) {
                return true;
            }
        }
        return false;
    }

    /** Where the longest label begins that ends at the colon, or -1. */
    private static int label(String message, int from, int colon) {
        int best = -1;
        int p = colon;
        for (int words = 0; words < MAX_WORDS && p > from; words++) {
            int start = p;
            while (start > from && message.charAt(start - 1) > ' ') {
                start--;
            }
            if (LABELS.containsKey(message.substring(start, colon))) {
                best = start;
            }
            if (start <= from || message.charAt(start - 1) != ' ') {
                break;
            }
            p = start - 1;
        }
        return best;
    }

    private static Map<String, Map<String, String>> read() {
        Map<String, Map<String, String>> labels = new HashMap<>();
        WindowsNames.document("windows-messages.yml").entries().forEach((section, meanings) -> {
            if (!section.equals("*")) {
                labels.computeIfAbsent(section, key -> new HashMap<>());
            }
            ((YamlMap) meanings).entries().forEach((label, name) -> labels.computeIfAbsent(
                            label, key -> new HashMap<>())
                    .put(section, ((YamlScalar) name).text()));
        });
        return labels;
    }

    private static Map<String, Template> texts() {
        Map<String, Template> texts = new HashMap<>();
        WindowsNames.document("windows-texts.yml")
                .entries()
                .forEach((provider, ids) -> ((YamlMap) ids).entries().forEach((id, text) -> {
                    try {
                        texts.put(provider + " " + id, Template.compile(((YamlScalar) text).text()));
                    } catch (Template.Invalid e) {
                        throw new IllegalStateException(
                                "windows-texts.yml, " + provider + " " + id + ": " + e.getMessage(), e);
                    }
                }));
        return texts;
    }
}
