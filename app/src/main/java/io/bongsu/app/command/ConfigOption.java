package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.rules.yaml.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, and the configuration that it leads to. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration (default: bongsu.yml in this folder, if it is there).")
    @Nullable
    Path file;

    /** The configuration has problems. */
    static final class BadConfig extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<Problem> problems;

        BadConfig(List<Problem> problems) {
            super(problems.size() + " problems in the configuration");
            this.problems = problems;
        }

        List<Problem> problems() {
            return problems;
        }
    }

    Config load() {
        return load(Map.of());
    }

    /** @param over variables that go before those of the environment */
    Config load(Map<String, String> over) {
        ConfigReader.Loaded loaded = read(over);
        if (loaded.config() == null) {
            throw new BadConfig(loaded.problems());
        }
        return loaded.config();
    }

    ConfigReader.Loaded read(Map<String, String> over) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(over);
        String home = System.getProperty("bongsu.home");
        return ConfigReader.load(Path.of(""), file, environment, home == null ? null : Path.of(home));
    }

    /** For a child that is to find the same file. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (file != null) {
            arguments.add("--config");
            arguments.add(file.toAbsolutePath().toString());
        }
        return arguments;
    }
}
