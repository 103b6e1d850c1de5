package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.health.Scrape;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** For tests: {@code bongsu <arguments>} in a process of its own, with a data folder and a health port of its own. */
final class RoleProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;
    private final String health;

    private RoleProcess(Process process, Path log, String health) {
        this.process = process;
        this.log = log;
        this.health = health;
    }

    static RoleProcess start(Path directory, Map<String, String> environment, String... arguments) throws IOException {
        String name = String.join("-", arguments).replaceAll("[^a-z]+", "-");
        Path data = Files.createDirectories(directory.resolve(name));
        String health = "127.0.0.1:" + Ports.free();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.bongsu.app.Main"));
        command.addAll(List.of(arguments));
        Path log = data.resolve("out.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> own = new HashMap<>(environment);
        own.put("BONGSU_DATA", data.toString());
        own.put("BONGSU_HEALTH_BIND", health);
        builder.environment().keySet().removeIf(n -> n.startsWith("BONGSU_") && !n.equals("BONGSU_CI_RUN"));
        builder.environment().putAll(own);
        return new RoleProcess(builder.start(), log, "http://" + health);
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Until it ends by itself. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** SIGTERM, and what it ends with. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    Scrape scrape() throws Exception {
        return Scrape.at(health);
    }

    /** Until /readyz answers that. */
    void awaitReadiness(int status, String text) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            assertThat(process.isAlive()).as(log()).isTrue();
            var answer = Scrape.get(health, "/readyz");
            assertThat(answer.body()).as(log()).contains(text);
            assertThat(answer.statusCode()).isEqualTo(status);
        });
    }

    boolean isAlive() {
        return process.isAlive() || process.descendants().findAny().isPresent();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
