package io.bongsu.k8s;

import io.bongsu.app.config.ConfigReader;
import io.bongsu.rules.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        return problems(null, all);
    }

    /** The same of a file that a container is given. */
    static List<String> problems(Path file) throws IOException {
        return problems(Files.readString(file));
    }

    static List<String> problems(String text) throws IOException {
        Path copy = Files.createTempFile("bongsu", ".yml");
        try {
            String here = Path.of("pom.xml").toAbsolutePath().toString();
            Files.writeString(copy, text.replaceAll("(certificate|key|client_ca): /[a-z/.]+", "$1: " + here));
            return problems(copy, Map.of());
        } finally {
            Files.delete(copy);
        }
    }

    private static List<String> problems(@Nullable Path file, Map<String, String> environment) {
        return ConfigReader.load(Path.of(""), file, environment, Path.of("..")).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
