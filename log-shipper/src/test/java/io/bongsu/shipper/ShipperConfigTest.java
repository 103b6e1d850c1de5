package io.bongsu.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShipperConfigTest {
    private static final Map<String, Object> KAFKA = Map.of("bootstrap.servers", "localhost:9092");

    record Bad(String message, Supplier<Object> config) {
        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad(
                        "shipper.id: found a b, expected 1 to 64 letters, digits, '-', '_' or '.'",
                        () -> config("a b", 1024, 1 << 20, KAFKA)),
                new Bad("shipper.maxLineBytes: found 8, expected 32 to 1048576", () -> config(null, 8, 1 << 20, KAFKA)),
                new Bad("shipper.memoryBytes: found 7, expected at least 1048576", () -> config(null, 1024, 7, KAFKA)),
                new Bad(
                        "shipper.tcp.connections: found 0, expected at least 1",
                        () -> new TcpLimits(0, 1, Duration.ZERO, Duration.ofSeconds(1))),
                new Bad(
                        "shipper.tcp.perAddress: found 0, expected at least 1",
                        () -> new TcpLimits(1, 0, Duration.ZERO, Duration.ofSeconds(1))),
                new Bad(
                        "shipper.tcp.idle: found PT-1S, expected zero (never) or more",
                        () -> new TcpLimits(1, 1, Duration.ofSeconds(-1), Duration.ofSeconds(1))),
                new Bad(
                        "shipper.tcp.handshake: found PT0S, expected at least one millisecond",
                        () -> new TcpLimits(1, 1, Duration.ZERO, Duration.ZERO)),
                new Bad(
                        "shipper.producer: found [acks], expected other settings: the shipper's guarantees fix these",
                        () -> config(null, 1024, 1 << 20, Map.of("acks", "1", "bootstrap.servers", "x:1"))),
                new Bad(
                        "shipper.producer: found [linger.ms], expected at least bootstrap.servers",
                        () -> config(null, 1024, 1 << 20, Map.of("linger.ms", 5))),
                new Bad(
                        "shipper.listeners: found a, expected each name once",
                        () -> ShipperConfig.of(
                                Path.of("d"), List.of(listener("a", null, null), listener("a", null, null)), KAFKA)),
                new Bad(
                        "listener name 'a/b': expected 1 to 64 letters, digits, '-', '_' or '.'",
                        () -> listener("a/b", null, null)),
                new Bad(
                        "listener 'a': unknown host 'no.such.host.invalid'; bind to an address of this machine, or to 0.0.0.0 for all",
                        () -> new Listener(
                                "a",
                                Listener.Kind.SYSLOG_UDP,
                                InetSocketAddress.createUnresolved("no.such.host.invalid", 514),
                                null,
                                null,
                                null)),
                new Bad(
                        "listener 'a': unknown charset 'klingon'; use a name such as UTF-8, MS949 or windows-1252",
                        () -> listener("a", "klingon", null)),
                new Bad(
                        "listener 'a': unknown time zone 'Mars/Base'; use a name such as Asia/Seoul or +09:00",
                        () -> listener("a", null, "Mars/Base")));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badValuesSayWhatIsExpected(Bad bad) {
        assertThatThrownBy(bad.config()::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(bad.message());
    }

    @Test
    void theDefaultsAreGood() {
        ShipperConfig config = ShipperConfig.of(Path.of("d"), List.of(listener("a", "MS949", "Asia/Seoul")), KAFKA);
        assertThat(config.maxLineBytes()).isEqualTo(131_072);
        assertThat(config.maxEventBytes()).isEqualTo(1_048_576);
        assertThat(config.tcp()).isEqualTo(new TcpLimits(1_000, 500, Duration.ZERO, Duration.ofSeconds(10)));
    }

    private static ShipperConfig config(String id, int maxLine, long memory, Map<String, Object> producer) {
        return new ShipperConfig(
                Path.of("d"),
                id,
                List.of(),
                List.of(),
                maxLine,
                65_536,
                memory,
                Duration.ZERO,
                Duration.ofSeconds(1),
                TcpLimits.DEFAULT,
                1,
                0,
                Duration.ZERO,
                0,
                Duration.ofSeconds(1),
                producer);
    }

    private static Listener listener(String name, String charset, String zone) {
        return new Listener(name, Listener.Kind.SYSLOG_TCP, new InetSocketAddress(0), null, charset, zone);
    }
}
