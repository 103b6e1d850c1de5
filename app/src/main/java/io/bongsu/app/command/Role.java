package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.health.Health;
import io.bongsu.app.health.Metrics;
import io.bongsu.app.pipeline.Waiting;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What roles have in common: they can be asked how they are from the first moment, wait for servers that are not there,
 * work until they are told to end, and then leave nothing half done.
 */
final class Role {
    private static final Logger LOG = LoggerFactory.getLogger(Role.class);

    private final String name;
    private final Lifetime lifetime;
    private final Health health;
    private final Waiting waiting = Waiting.forEver();
    private volatile boolean started;
    private volatile boolean stopping;

    /** Starts the role's parts; returns when they work. */
    interface Start {
        void run(Role role) throws Exception;
    }

    private Role(String name, Lifetime lifetime, Health health) {
        this.name = name;
        this.lifetime = lifetime;
        this.health = health;
        health.readyWhen(this::missing);
    }

    private List<String> missing() {
        if (stopping) {
            return List.of("stopping");
        }
        if (started) {
            return List.of();
        }
        return waiting.missing().isEmpty() ? List.of("starting") : waiting.missing();
    }

    /** @param name as in its metrics */
    static int run(String name, Config config, boolean child, Start start) throws Exception {
        Logs.ofService();
        if (!child) {
            Lifetime.exitZeroOnTerm();
        }
        AtomicReference<Role> running = new AtomicReference<>();
        try (Lifetime lifetime = new Lifetime(() -> stopping(running.get()))) {
            Health health = lifetime.own(Health.start(config.health().bind()));
            Role role = new Role(name, lifetime, health);
            running.set(role);
            process(health, name, config.data());
            LOG.atInfo()
                    .addKeyValue("role", name)
                    .addKeyValue("health", health.address())
                    .log("Starting");
            start.run(role);
            role.started = true;
            LOG.atInfo().addKeyValue("role", name).log("Ready");
            lifetime.await();
        }
        return Commands.OK;
    }

    private static void stopping(@Nullable Role role) {
        if (role != null) {
            role.stopping = true;
            LOG.atInfo().addKeyValue("role", role.name).log("Stopping");
        }
    }

    <T extends AutoCloseable> T own(T part) {
        return lifetime.own(part);
    }

    Health health() {
        return health;
    }

    Waiting waiting() {
        return waiting;
    }

    /** Of the process itself. */
    static void process(Health health, String name, Path data) {
        health.metrics(out -> {
            var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            String prefix = "bongsu_" + name;
            out.gauge(prefix + "_heap_used_bytes", "memory in use by Java", heap.getUsed());
            out.gauge(prefix + "_heap_limit_bytes", "memory that Java may use", heap.getMax());
            out.gauge(
                    prefix + "_uptime_seconds",
                    "since the process began",
                    ManagementFactory.getRuntimeMXBean().getUptime() / 1_000);
            free(out, prefix, data);
        });
    }

    private static void free(Metrics out, String prefix, Path data) {
        try {
            if (Files.exists(data)) {
                out.gauge(
                        prefix + "_disk_free_bytes",
                        "free space where data lies",
                        Files.getFileStore(data).getUsableSpace());
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.toString()).log("The free space cannot be read");
        }
    }
}
