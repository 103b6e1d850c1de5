package io.bongsu.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.bongsu.model.Micros;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.logstash.logback.appender.LogstashTcpSocketAppender;
import net.logstash.logback.encoder.LogstashEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The appender that Java applications use, from logstash-logback-encoder, in a real logback. */
@Timeout(60)
class LogstashAppenderTest {
    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void eventsArriveOneJsonTextPerLineAlsoAfterARestartOfTheShipper() {
        Shipper shipper = started(0);
        int port = shipper.address("json-tcp").getPort();
        LoggerContext logback = new LoggerContext();
        logback.setMDCAdapter(new LogbackMDCAdapter());
        try {
            Logger logger = logger(logback, port);
            logger.atInfo().addKeyValue("user", "한글").log("first\nwith a line feed");
            logger.error("second", new IllegalStateException("trace"));
            await().until(() -> kafka.lines().size() == 2);
            assertThat(kafka.lines()).allSatisfy(l -> {
                assertThat(l.input()).isEqualTo("json");
                assertThat(l.text())
                        .startsWith("{\"@timestamp\":")
                        .endsWith("}")
                        .doesNotContain("\n", "\r");
            });
            assertThat(kafka.lines().get(0).text()).contains("\"message\":\"first\\nwith a line feed\"");
            assertThat(kafka.lines().get(1).text())
                    .contains("\"stack_trace\":\"java.lang.IllegalStateException: trace\\n");

            shipper.close();
            shipper = started(port);
            int[] sent = {0};
            await().until(() -> {
                logger.info("after the restart {}", sent[0]++);
                return kafka.lines().stream().anyMatch(l -> l.epoch() == 2);
            });
            long last = sent[0] - 1;
            await().until(() -> kafka.texts("json-tcp").getLast().contains("after the restart " + last + "\""));
            assertThat(kafka.lines())
                    .allSatisfy(l -> assertThat(l.text()).startsWith("{").endsWith("}"));
        } finally {
            logback.stop();
            shipper.close();
        }
    }

    private static Logger logger(LoggerContext logback, int port) {
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(logback);
        encoder.start();
        LogstashTcpSocketAppender appender = new LogstashTcpSocketAppender();
        appender.setContext(logback);
        appender.setName("json");
        appender.addDestinations(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        appender.setReconnectionDelay(ch.qos.logback.core.util.Duration.buildByMilliseconds(50));
        appender.setKeepAliveDuration(ch.qos.logback.core.util.Duration.buildByMilliseconds(100));
        appender.setEncoder(encoder);
        appender.start();
        Logger logger = logback.getLogger("app");
        logger.addAppender(appender);
        return logger;
    }

    private Shipper started(int port) {
        Listener listener = new Listener(
                "json-tcp",
                Listener.Kind.JSON_TCP,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                null,
                null,
                null);
        ShipperConfig config = ShipperConfig.of(directory, List.of(listener), Map.of("bootstrap.servers", "fake:1"));
        Shipper shipper = new Shipper(config, kafka, Micros::now);
        shipper.start();
        return shipper;
    }
}
