package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.demo.Demo;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Pipeline;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "The whole pipeline on this machine, and an attack on it: alerts as they fire, and where every line went.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(
            names = "--once",
            description = "Ends by itself: exit code 0, or 1 when lines or alerts are not what the scenario says.")
    private boolean once;

    @Option(
            names = "--send-to",
            paramLabel = "MACHINE",
            description = "Starts nothing: only plays the attack against the listeners of a Bongsu on another machine.")
    private @Nullable String machine;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, String> over = data.environment(Demo.ENVIRONMENT);
        Config config = option.load(over);
        Console console = Commands.console();
        if (machine != null) {
            Demo.play(config, machine, console);
            return Commands.OK;
        }
        try (Lifetime lifetime = new Lifetime(() -> UpCommand.stopping(console))) {
            Logs.toFile(config.data().resolve("logs").resolve("bongsu.log"));
            console.line("bongsu " + Commands.Version.number() + " demo");
            Pipeline pipeline = new Pipeline(config, option.arguments(), over, console, lifetime, Duration.ofDays(1));
            pipeline.start();
            RuleSet rules = Parts.rules(config).rules();
            boolean good = new Demo(config, pipeline, rules, console, !once).run();
            if (once) {
                return good ? Commands.OK : Commands.FAILED;
            }
            console.line("");
            console.line("Everything stays up, in " + config.data() + "; Ctrl-C ends.");
            UpCommand.watch(pipeline, console, lifetime);
            return good ? Commands.OK : Commands.FAILED;
        }
    }
}
