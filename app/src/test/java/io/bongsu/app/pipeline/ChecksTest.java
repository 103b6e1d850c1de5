package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
    @TempDir
    Path directory;

    @Test
    void tooLittleDisk() {
        Fault fault = catchThrowableOfType(Fault.class, () -> Checks.enough(Path.of("/data"), 100L << 20));

        assertThat(fault).hasMessage("too little disk: 100 MiB are free in /data, 1024 MiB are needed");
        assertThat(fault.fix()).isEqualTo("make room, or choose a folder on another disk with --data DIR");
    }

    @Test
    void aTcpPortInUseIsNamedWithItsVariable() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Config config = config("BONGSU_KAFKA_PORT", Integer.toString(taken.getLocalPort()));

            Fault fault = catchThrowableOfType(Fault.class, () -> Checks.ports(config));

            assertThat(fault)
                    .hasMessageStartingWith("TCP 127.0.0.1:" + taken.getLocalPort() + " (kafka.port) cannot be used: ");
            assertThat(fault.fix()).contains("BONGSU_KAFKA_PORT=" + (taken.getLocalPort() + 10));
        }
    }

    @Test
    void aUdpPortInUseIsNamedWithItsVariable() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            Config config = config("BONGSU_LISTENERS_SYSLOG_UDP_BIND", "127.0.0.1:" + taken.getLocalPort());

            Fault fault = catchThrowableOfType(Fault.class, () -> Checks.ports(config));

            assertThat(fault).hasMessageContaining("(listeners.syslog-udp.bind)");
            assertThat(fault.fix()).contains("BONGSU_LISTENERS_SYSLOG_UDP_BIND=127.0.0.1:");
        }
    }

    /** Elasticsearch ended before it was ready, and forty lines of its stack trace were all that was said. */
    @Test
    void onePortForTwoOfOursIsNamedWithBoth() {
        Config config = config(Map.of("BONGSU_KAFKA_PORT", "39200", "BONGSU_ELASTICSEARCH_PORT", "39200"));

        Fault fault = catchThrowableOfType(Fault.class, () -> Checks.ports(config));

        assertThat(fault).hasMessage("TCP port 39200 is asked for twice: by kafka.port and by elasticsearch.port");
        assertThat(fault.fix()).isEqualTo("choose another one: BONGSU_ELASTICSEARCH_PORT=39210");
    }

    @Test
    void freePortsAreFine() {
        Config config = config("BONGSU_KAFKA_PORT", "0");

        assertThatCode(() -> Checks.ports(config)).doesNotThrowAnyException();
    }

    private Config config(String variable, String value) {
        return config(Map.of(variable, value));
    }

    private Config config(Map<String, String> changes) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "BONGSU_KAFKA_PORT", "0",
                "BONGSU_ELASTICSEARCH_PORT", "0",
                "BONGSU_RULES", directory.toString(),
                "BONGSU_LISTENERS_SYSLOG_UDP_BIND", "127.0.0.1:0",
                "BONGSU_LISTENERS_SYSLOG_TCP_BIND", "127.0.0.1:0",
                "BONGSU_LISTENERS_JSON_TCP_BIND", "127.0.0.1:0"));
        environment.putAll(changes);
        return Objects.requireNonNull(
                ConfigReader.load(directory, null, environment, null).config());
    }
}
