package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the data of a Windows event are called, for forms that hand out their values only: by provider, id and how many there
 * are, as data ({@code windows-names.yml}).
 */
final class WindowsNames {
    private static final String HEX = "/x";

    /** By provider and id, then by how many values there are. */
    private static final Map<String, Map<Integer, List<String>>> NAMES = read();

    private WindowsNames() {}

    /** The values under their names, or null when nobody knows what so many values of this event are. */
    static @Nullable Map<String, Object> of(@Nullable String provider, @Nullable String id, List<?> values) {
        List<String> names = NAMES.getOrDefault(provider + " " + id, Map.of()).get(values.size());
        if (names == null) {
            return null;
        }
        Map<String, Object> data = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Object value = values.get(i);
            if (name.endsWith(HEX)) {
                name = name.substring(0, name.length() - HEX.length());
                value = value instanceof Long number ? hex(number) : value;
            }
            data.put(name, value);
        }
        return data;
    }

    /** A status may be negative, of 32 bits. */
    private static String hex(long number) {
        return "0x" + Long.toHexString(number < 0 && number >= Integer.MIN_VALUE ? number & 0xFFFFFFFFL : number);
    }

    private static Map<String, Map<Integer, List<String>>> read() {
        Map<String, Map<Integer, List<String>>> names = new HashMap<>();
        YamlMap document = document("windows-names.yml");
        YamlMap parts = (YamlMap) Objects.requireNonNull(document.get("parts"));
        document.entries().forEach((provider, ids) -> {
            if (ids != parts) {
                ((YamlMap) ids).entries().forEach((id, forms) -> {
                    Map<Integer, List<String>> byCount =
                            names.computeIfAbsent(provider + " " + id, key -> new HashMap<>());
                    List<YamlNode> all = forms instanceof YamlList list ? list.items() : List.of(forms);
                    all.forEach(form -> form(((YamlScalar) form).text(), parts, byCount));
                });
            }
        });
        return names;
    }

    private static void form(String form, YamlMap parts, Map<Integer, List<String>> byCount) {
        List<String> names = new ArrayList<>();
        for (String word : form.split("\\s+", -1)) {
            if (word.equals("|")) {
                byCount.put(names.size(), List.copyOf(names));
            } else if (parts.get(word) instanceof YamlScalar several) {
                names.addAll(List.of(several.text().split("\\s+", -1)));
            } else {
                names.add(word);
            }
        }
        byCount.put(names.size(), List.copyOf(names));
    }

    /** The one document of a resource beside this class. */
    static YamlMap document(String resource) {
        try (InputStream in = Objects.requireNonNull(WindowsNames.class.getResourceAsStream(resource), resource)) {
            Problems problems = new Problems();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            YamlNode document = YamlReader.readAll(resource, text, problems).getFirst();
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
            return (YamlMap) document;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
