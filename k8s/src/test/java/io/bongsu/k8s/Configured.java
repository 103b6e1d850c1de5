package io.bongsu.k8s;

import io.bongsu.app.config.ConfigReader;
import io.bongsu.rules.yaml.Problem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Variables of a container, as our own configuration reads them. */
final class Configured {
    private Configured() {}

    static Map<String, String> strings(Map<String, Object> values) {
        Map<String, String> strings = new HashMap<>();
        values.forEach((key, value) -> strings.put(key, String.valueOf(value)));
        return strings;
    }

    /** What is wrong with them, but for files, which are in the container only. */
    static List<String> problems(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        // A secret that cannot be read here: what it is worth does not matter.
        environment.forEach((key, value) -> {
            if (key.endsWith("_FILE")) {
                all.put(key, Path.of("pom.xml").toAbsolutePath().toString());
            }
        });
        return ConfigReader.load(Path.of(""), null, all, Path.of("..")).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
