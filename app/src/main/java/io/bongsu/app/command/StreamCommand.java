package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.embedded.ParentWatch;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.streams.StreamApps;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problem;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "stream", description = "One role: parses, detects and correlates.", mixinStandardHelpOptions = true)
final class StreamCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCommand.class);
    private static final Duration GRACE = Duration.ofSeconds(15);

    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(names = "--child", hidden = true, description = "Ends when standard input closes.")
    private boolean child;

    @Override
    public Integer call() throws InterruptedException {
        if (child) {
            ParentWatch.start(GRACE);
        }
        Config config = option.load(data.environment());
        Logs.ofService();
        ParserSet.Loaded parsers = ParserSet.load(config.parsers());
        RuleSet.Loaded rules = Parts.rules(config);
        parsers.problems().forEach(StreamCommand::warn);
        rules.problems().forEach(StreamCommand::warn);
        try (Lifetime lifetime = new Lifetime(() -> {})) {
            StreamApps apps = lifetime.own(Parts.streams(
                    config, new Reach(config).kafka(), parsers.parsers(), rules.rules(), StreamCommand::giveUp));
            apps.start();
            if (child) {
                awaitRunning(apps);
                ParentWatch.ready();
            }
            lifetime.await();
        }
        return Commands.OK;
    }

    private static void awaitRunning(StreamApps apps) throws InterruptedException {
        while (!apps.running()) {
            Thread.sleep(50);
        }
    }

    /** Whoever supervises this process starts it again, and sees that it ended. */
    private static void giveUp(Throwable cause) {
        LOG.error("the applications fail again and again; this process ends", cause);
        System.exit(Commands.FAILED);
    }

    private static void warn(Problem problem) {
        LOG.warn("left out: {}", problem);
    }
}
