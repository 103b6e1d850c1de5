package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bongsu.model.Micros;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real rsyslog with its omrelp, where one is on the PATH; skipped, with that word, where none is. */
@Timeout(120)
class RsyslogTest {
    private static final int LINES = 20_000;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();
    private Path rsyslogd = Path.of("rsyslogd");
    private Path modules = Path.of("modules");

    @BeforeEach
    void find() throws IOException {
        Optional<Path> program = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "rsyslogd"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "no rsyslogd on the PATH: RELP is tested with our own sender only");
        rsyslogd = program.get().toRealPath();
        Path lib = rsyslogd.getParent().resolveSibling("lib");
        PathMatcher omrelp = FileSystems.getDefault().getPathMatcher("glob:**/rsyslog/omrelp.so");
        try (Stream<Path> files = Files.walk(lib, 3)) {
            Optional<Path> module = files.filter(omrelp::matches).findFirst();
            assumeTrue(module.isPresent(), "rsyslogd has no omrelp (Debian: rsyslog-relp)");
            modules = module.get().getParent();
        }
    }

    @Test
    void everyLineOfRsyslogArrivesThoughTheShipperIsRestarted() throws Exception {
        Path log = directory.resolve("app.log");
        Files.write(log, numbered(0));
        int port;
        Process sender;
        try (Shipper shipper = started(0)) {
            port = shipper.address("relp").getPort();
            sender = rsyslog(log, port);
            patiently().until(() -> shipper.counters().get("received") >= LINES / 10);
        }
        try (Shipper shipper = started(port)) {
            patiently().until(() -> distinct().size() == LINES);
            stop(sender);
            patiently().until(() -> shipper.counters().get("connections") == 0);
            assertThat(shipper.counters()).doesNotContainKeys("closed.malformed.relp", "closed.half.relp");
        } finally {
            stop(sender);
        }
        List<String> texts = texts();
        assertThat(texts).anyMatch(t -> t.matches("<133>1 \\S+ \\S+ app - - -\\s+event 0 .*"));
        assertThat(distinct())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, LINES).mapToObj(i -> "event " + i).toList());
        assertThat(texts.size()).as("a window at most comes again").isLessThanOrEqualTo(LINES + 128);
    }

    /** Without what rsyslog says of itself. */
    private List<String> texts() {
        return kafka.texts("relp").stream().filter(t -> t.contains(" app ")).toList();
    }

    /** In no order: the workers of an action's queue overtake each other. */
    private Set<String> distinct() {
        Set<String> events = new HashSet<>();
        texts().forEach(text -> events.add(text.replaceAll(".*(event \\d+).*", "$1")));
        return events;
    }

    private static List<String> numbered(int from) {
        return IntStream.range(from, LINES).mapToObj(i -> "event " + i + " 봉수").toList();
    }

    private Process rsyslog(Path log, int port) throws IOException {
        Path configuration = directory.resolve("rsyslog.conf");
        Files.writeString(configuration, """
                global(workDirectory="%s")
                module(load="imfile" mode="polling" pollingInterval="1")
                input(type="imfile" file="%s" tag="app" freshStartTail="off")
                %s
                """.formatted(directory, log, documented(port)));
        List<String> command = new ArrayList<>(List.of(
                rsyslogd.toString(),
                "-n",
                "-M",
                modules.toString(),
                "-f",
                configuration.toString(),
                "-i",
                directory.resolve("rsyslog.pid").toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("rsyslog.out").toFile())
                .start();
    }

    /** What the README tells users to write, with our address. */
    private static String documented(int port) throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int from = readme.indexOf("module(load=\"omrelp\")");
        return readme.substring(from, readme.indexOf("```", from))
                .replace("bongsu.example.org", "127.0.0.1")
                .replace("port=\"2514\"", "port=\"" + port + "\"")
                .replace("resumeInterval=\"5\"", "resumeInterval=\"1\"");
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private Shipper started(int port) {
        Listener listener = new Listener(
                "relp",
                Listener.Kind.RELP,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                null,
                null,
                null);
        Shipper shipper = new Shipper(
                ShipperConfig.of(
                        directory.resolve("shipper"), List.of(listener), Map.of("bootstrap.servers", "fake:1")),
                kafka,
                Micros::now);
        shipper.start();
        return shipper;
    }
}
