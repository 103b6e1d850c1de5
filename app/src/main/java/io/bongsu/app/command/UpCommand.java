package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Tries;
import io.bongsu.app.pipeline.AlertLines;
import io.bongsu.app.pipeline.Pipeline;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.model.Alert;
import io.bongsu.model.Topics;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        description = "The whole pipeline on this machine, until Ctrl-C: listens for logs, prints alerts as they fire.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        Map<String, String> over = data.environment();
        Config config = option.load(over);
        Console console = Commands.console();
        Lifetime.exitZeroOnTerm();
        try (Lifetime lifetime = new Lifetime(() -> stopping(console))) {
            Logs.toFile(config.data().resolve("logs").resolve("bongsu.log"));
            console.line("bongsu " + Commands.Version.number());
            Pipeline pipeline = new Pipeline(config, option.arguments(), over, console, lifetime);
            pipeline.start();
            console.line("ready: alerts appear here; try: " + Tries.search(config.data())
                    + " 'event.outcome:failure'; Ctrl-C ends");
            watch(pipeline, console, lifetime);
        }
        return Commands.OK;
    }

    /** Prints alerts until the end. */
    static void watch(Pipeline pipeline, Console console, Lifetime lifetime) {
        AlertLines lines = new AlertLines(console, ZoneId.systemDefault());
        lifetime.own(new Watcher(pipeline.kafka(), List.of(Topics.ALERTS), new Watcher.Listener() {
                    @Override
                    public void alert(Alert alert, long appended) {
                        console.line(lines.line(alert));
                    }
                }))
                .start();
        lifetime.await();
    }

    static void stopping(Console console) {
        console.endStatus();
        console.line("stopping …");
    }
}
