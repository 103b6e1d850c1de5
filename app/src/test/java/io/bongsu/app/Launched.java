package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** For tests: the real command, as the launcher script runs it, in a folder of the test and on free ports. */
final class Launched {
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> ports = new HashMap<>();
    private final Set<ProcessHandle> started = new HashSet<>();

    Launched(Path directory) throws IOException {
        this.directory = directory;
        Path launcher = Path.of("..", "bongsu").toRealPath();
        Path command = Files.writeString(directory.resolve("bongsu"), "#!/bin/sh\nexec '" + launcher + "' \"$@\"\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
        int syslog = freeForBoth();
        int json = Ports.free();
        ports.put("5514", Integer.toString(syslog));
        int health = Ports.free();
        ports.put("5515", Integer.toString(json));
        ports.put("5516", Integer.toString(health));
        environment.putAll(Map.of(
                "BONGSU_BUILD",
                "never",
                "BONGSU_JAVA_HOME",
                System.getProperty("java.home"),
                "BONGSU_KAFKA_PORT",
                "0",
                "BONGSU_ELASTICSEARCH_PORT",
                "0",
                "BONGSU_HEALTH_BIND",
                "127.0.0.1:" + health,
                "BONGSU_LISTENERS_SYSLOG_UDP_BIND",
                "127.0.0.1:" + syslog,
                "BONGSU_LISTENERS_SYSLOG_TCP_BIND",
                "127.0.0.1:" + syslog,
                "BONGSU_LISTENERS_JSON_TCP_BIND",
                "127.0.0.1:" + json));
    }

    private static int freeForBoth() {
        while (true) {
            int port = Ports.free();
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.bind(new InetSocketAddress("127.0.0.1", port));
                return port;
            } catch (IOException e) {
                // taken for UDP: another one
            }
        }
    }

    /** The ports of the shipped configuration in a command, replaced by ours. */
    String withOurPorts(String command) {
        String out = command;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            out = out.replaceAll("\\b" + port.getKey() + "\\b", port.getValue());
        }
        return out;
    }

    /** Output of both streams goes to the file. */
    Process start(String command, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", withOurPorts(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BONGSU_") && !name.equals("BONGSU_CI_RUN"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process.toHandle());
        return process;
    }

    /** Waits, and remembers all processes that the command has below it. */
    int finish(Process process, long minutes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
            look(process);
            if (System.nanoTime() > end) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                throw new AssertionError("still runs after " + minutes + " minutes");
            }
        }
        return process.exitValue();
    }

    void look(Process process) {
        process.descendants().forEach(started::add);
    }

    List<ProcessHandle> alive() {
        return started.stream().filter(ProcessHandle::isAlive).toList();
    }
}
