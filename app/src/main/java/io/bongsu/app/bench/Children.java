package io.bongsu.app.bench;

import io.bongsu.app.config.Config;
import io.bongsu.embedded.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Our own commands in processes of their own, so that what they cost can be told from what measuring them costs. */
public final class Children {
    private Children() {}

    /**
     * {@code bongsu <arguments>}, with the memory that the launcher gives it. Ready when the question says so.
     *
     * @param environment keys of the configuration
     */
    public static ChildProcess bongsu(
            String name,
            Path log,
            List<String> arguments,
            Map<String, String> environment,
            BooleanSupplier ready,
            ChildProcess.Listener listener) {
        return java(
                        name,
                        log,
                        "io.bongsu.app.Main",
                        List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m", "-Dbongsu.child=true"))
                .arguments(arguments)
                .environment(environment)
                .readyWhen(ready)
                .startTimeout(Duration.ofMinutes(2))
                .stopTimeout(Duration.ofSeconds(30))
                .build(listener);
    }

    /** Lines of a bongsu.yml: the rules, parsers, mappings and lists that we have. */
    public static String content(Config config) {
        return list("rules", config.rules())
                + list("parsers", config.parsers())
                + list("mappings", config.mappings())
                + list("lists", config.lists());
    }

    private static String list(String key, List<Path> paths) {
        return key + ": ["
                + paths.stream()
                        .map(path -> "'" + path.toString().replace("'", "''") + "'")
                        .collect(Collectors.joining(", "))
                + "]\n";
    }

    static ChildProcess.Builder java(String name, Path log, String main, List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.add("-XX:+ExitOnOutOfMemoryError");
        all.add("--enable-native-access=ALL-UNNAMED");
        for (String property : List.of("bongsu.home", "bongsu.embedded")) {
            String value = System.getProperty(property);
            if (value != null) {
                all.add("-D" + property + "=" + value);
            }
        }
        return ChildProcess.builder(name, System.getProperty("java.class.path"), main, log)
                .jvmArguments(all);
    }
}
