package io.bongsu.app.bench;

import io.bongsu.app.config.Config;
import io.bongsu.embedded.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
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
        List<String> options = new ArrayList<>(memory(arguments.getFirst()));
        options.add("-Dbongsu.child=true");
        return java(name, log, "io.bongsu.app.Main", options)
                .arguments(arguments)
                .environment(environment)
                .readyWhen(ready)
                .startTimeout(Duration.ofMinutes(2))
                .stopTimeout(Duration.ofSeconds(30))
                .build(listener);
    }

    /** As the launcher has it for a command. A role that runs alone needs little. */
    public static List<String> memory(String command) {
        return switch (command) {
            case "ship" ->
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xms32m",
                        "-Xmx72m",
                        "-Xmn20m",
                        "-XX:SurvivorRatio=2",
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:TrimNativeHeapInterval=2000");
            case "index" -> List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx320m");
            default -> List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m");
        };
    }

    /** Runs `setup`, until it has ended. */
    public static void setUp(Path folder, Path file, Map<String, String> environment) throws IOException {
        Path log = folder.resolve("setup.log");
        ProcessBuilder setup = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.bongsu.app.Main",
                        "setup",
                        "--config",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        setup.environment().putAll(environment);
        try {
            int code = setup.start().waitFor();
            if (code != 0) {
                throw new IOException("setup ended with " + code + ": " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
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
