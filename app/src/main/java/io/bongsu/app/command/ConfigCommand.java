package io.bongsu.app.command;

import io.bongsu.app.config.ConfigPrint;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.config.ConfigReference;
import io.bongsu.app.console.Printable;
import io.bongsu.app.health.MetricsReference;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "config",
        description = "Checks or prints the configuration.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {
    @Command(
            description = "Says what is wrong with the configuration; exit code 2 if anything is.",
            mixinStandardHelpOptions = true)
    int check(@Mixin ConfigOption option) {
        option.load();
        System.out.println("the configuration is good");
        return Commands.OK;
    }

    @Command(
            description = "Prints the reference of all keys, in Markdown: app/CONFIGURATION.md.",
            mixinStandardHelpOptions = true)
    int reference() {
        System.out.print(ConfigReference.text());
        return Commands.OK;
    }

    @Command(
            description = "Prints the reference of all metrics, in Markdown: app/METRICS.md.",
            mixinStandardHelpOptions = true)
    int metrics() {
        System.out.print(MetricsReference.text());
        return Commands.OK;
    }

    @Command(
            description =
                    "Prints every key in force, where it comes from and the variable that sets it; secrets are masked.",
            mixinStandardHelpOptions = true)
    int print(@Mixin ConfigOption option) {
        ConfigReader.Loaded loaded = option.read(Map.of());
        if (loaded.config() == null) {
            throw new ConfigOption.BadConfig(loaded.problems());
        }
        System.out.print(Printable.lines(ConfigPrint.of(loaded.settings())));
        return Commands.OK;
    }
}
