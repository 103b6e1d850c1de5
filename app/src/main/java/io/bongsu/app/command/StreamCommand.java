package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.health.Stages;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Readiness;
import io.bongsu.app.replay.SightWatch;
import io.bongsu.embedded.ParentWatch;
import io.bongsu.ingest.generation.LiveGenerations;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.streams.StreamApps;
import java.time.Duration;
import java.util.Map;
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

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "all",
            description = "parse (with detection), correlate, or all (default).")
    private StreamRole which;

    @Option(names = "--child", hidden = true, description = "Ends when standard input closes.")
    private boolean child;

    /** In the words of the command line. */
    enum StreamRole {
        parse(StreamApps.Role.PARSE),
        correlate(StreamApps.Role.CORRELATE),
        all(StreamApps.Role.ALL);

        final StreamApps.Role role;

        StreamRole(StreamApps.Role role) {
            this.role = role;
        }
    }

    @Override
    public Integer call() throws Exception {
        if (child) {
            ParentWatch.start(GRACE);
        }
        Config config = option.load(data.environment());
        return Role.run("stream", config, child, role -> start(config, role));
    }

    private void start(Config config, Role role) throws InterruptedException {
        Map<String, Object> kafka = new Reach(config).kafka();
        role.waiting().forKafka(kafka, StreamApps.topics(which.role));
        RulesTopic topic = role.own(new RulesTopic(kafka));
        role.waiting().forRules(topic);
        // With a copy of their files beside the local state.
        LiveGenerations generations = Parts.generations(
                config, topic, config.data().resolve("streams").resolve("rules"));
        generations.prepare(which.role != StreamApps.Role.CORRELATE);
        StreamApps apps = role.own(Parts.streams(config, which.role, kafka, generations, StreamCommand::giveUp));
        role.health().readyWhen(() -> Readiness.streams(apps.counters(), apps.running()));
        role.health().metrics(out -> {
            Stages.streams(out, apps.counters(), which != StreamRole.correlate, which != StreamRole.parse);
            Stages.rules(out, generations.newest());
        });
        apps.start();
        if (which != StreamRole.correlate) {
            role.own(new SightWatch(config, kafka)).start();
        }
        if (child) {
            Parts.tellHealth(config, role.health().address());
            awaitRunning(apps);
            ParentWatch.ready();
        }
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
}
