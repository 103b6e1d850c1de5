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
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From the English text of a Windows event back to its data, for shippers that send nothing else: {@code Subject: …
 * Account Name: kim} is {@code SubjectUserName}. Which label means what, in which section, is data
 * ({@code windows-messages.yml}). Line ends may be lost; a value goes up to the next label that is known.
 */
final class WindowsMessage {
    /** Labels by their text, with what they mean in each section; one that means nothing begins a section. */
    private static final Map<String, Map<String, String>> LABELS = read();

    private static final int MAX_WORDS = 6;

    private WindowsMessage() {}

    static Map<String, Object> data(String message) {
        Map<String, Object> data = new LinkedHashMap<>();
        String section = "";
        String open = null;
        int from = 0;
        for (int colon = message.indexOf(':'); colon >= 0; colon = message.indexOf(':', colon + 1)) {
            if (colon + 1 < message.length() && message.charAt(colon + 1) > ' ') {
                continue;
            }
            int start = label(message, from, colon);
            if (start < 0) {
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
        return data;
    }

    private static void put(Map<String, Object> data, @Nullable String name, String value) {
        String text = value.strip();
        if (name != null && !text.isEmpty()) {
            data.putIfAbsent(name, text);
        }
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
