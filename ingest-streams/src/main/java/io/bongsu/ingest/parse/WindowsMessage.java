package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From the English text of a Windows event back to its data, for shippers that send nothing else: {@code Subject: …
 * Account Name: kim} is {@code SubjectUserName}. Which label means what, in which section, is data
 * ({@code windows-messages.yml}). Line ends may be lost; a value goes up to the next label that is known, or to where a new
 * line or three blanks begin another label or a sentence.
 */
final class WindowsMessage {
    /** Labels by their text, with what they mean in each section; one that means nothing begins a section. */
    private static final Map<String, Map<String, String>> LABELS = read();

    private static final int MAX_WORDS = 6;

    /** Several values, each on a line of its own. */
    private static final Set<String> LISTS = Set.of("AccessList", "AuditPolicyChanges", "PrivilegeList");

    /** What anybody may have written: it ends at a known label only. */
    private static final Set<String> FREE =
            Set.of("CommandLine", "Contents", "Details", "ImagePath", "ParentCommandLine", "Query", "TaskContent");

    private WindowsMessage() {}

    static Map<String, Object> data(String message) {
        Map<String, Object> data = new LinkedHashMap<>();
        String section = "";
        String open = null;
        int from = 0;
        for (int colon = message.indexOf(':'); colon >= 0; colon = message.indexOf(':', colon + 1)) {
            boolean blank = colon + 1 >= message.length() || message.charAt(colon + 1) <= ' ';
            int start = label(message, from, colon);
            if (start < 0 || !blank && message.lastIndexOf(' ', colon) <= start) { // a shipper may lose the blank
                continue;
            }
            put(data, open, message.substring(from, start));
            Map<String, String> meaning = LABELS.get(message.substring(start, colon));
            String found = meaning == null ? null : meaning.getOrDefault(section, meaning.get("*"));
            if (found == null) {
                section = message.substring(start, colon);
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
        int end = FREE.contains(name) ? text.length() : end(text, !LISTS.contains(name));
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
        try (InputStream in = Objects.requireNonNull(
                WindowsMessage.class.getResourceAsStream("windows-messages.yml"), "windows-messages.yml")) {
            Problems problems = new Problems();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (YamlNode document : YamlReader.readAll("windows-messages.yml", text, problems)) {
                ((YamlMap) document).entries().forEach((section, meanings) -> {
                    if (!section.equals("*")) {
                        labels.computeIfAbsent(section, key -> new HashMap<>());
                    }
                    ((YamlMap) meanings).entries().forEach((label, name) -> labels.computeIfAbsent(
                                    label, key -> new HashMap<>())
                            .put(section, ((YamlScalar) name).text()));
                });
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return labels;
    }
}
