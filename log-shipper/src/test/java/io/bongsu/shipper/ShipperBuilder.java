package io.bongsu.shipper;

import io.bongsu.model.Micros;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A shipper with the defaults, which does not wait long when it closes, and with what its test is about. */
final class ShipperBuilder {
    private final ShipperConfig defaults;
    private long memory;
    private Duration linger;
    private Duration heartbeat;
    private TcpLimits tcp;
    private int udpReceiveBuffer;
    private int udpSenderRate;
    private Duration closeTimeout = Duration.ofSeconds(1);
    private long spoolBytes;
    private Duration spoolAfter;

    ShipperBuilder(Path directory, Listener... listeners) {
        defaults = ShipperConfig.of(directory, List.of(listeners), Map.of("bootstrap.servers", "fake:1"));
        memory = defaults.memoryBytes();
        linger = defaults.linger();
        heartbeat = defaults.heartbeat();
        tcp = defaults.tcp();
        udpReceiveBuffer = defaults.udpReceiveBuffer();
        udpSenderRate = defaults.udpSenderRate();
        spoolBytes = defaults.spoolBytes();
        spoolAfter = defaults.spoolAfter();
    }

    /** On a free port of this machine. */
    static Listener listener(String name, Listener.Kind kind) {
        return new Listener(name, kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, null, null);
    }

    ShipperBuilder memory(long bytes) {
        memory = bytes;
        return this;
    }

    ShipperBuilder pace(Duration linger, Duration heartbeat) {
        this.linger = linger;
        this.heartbeat = heartbeat;
        return this;
    }

    ShipperBuilder tcp(TcpLimits limits) {
        tcp = limits;
        return this;
    }

    ShipperBuilder udp(int receiveBuffer, int senderRate) {
        udpReceiveBuffer = receiveBuffer;
        udpSenderRate = senderRate;
        return this;
    }

    ShipperBuilder udpSenderRate(int rate) {
        return udp(udpReceiveBuffer, rate);
    }

    ShipperBuilder closeTimeout(Duration timeout) {
        closeTimeout = timeout;
        return this;
    }

    ShipperBuilder spool(long bytes, Duration after) {
        spoolBytes = bytes;
        spoolAfter = after;
        return this;
    }

    ShipperConfig config() {
        return new ShipperConfig(
                defaults.directory(),
                defaults.id(),
                defaults.listeners(),
                defaults.files(),
                defaults.maxLineBytes(),
                defaults.maxEventBytes(),
                memory,
                linger,
                heartbeat,
                tcp,
                udpReceiveBuffer,
                udpSenderRate,
                closeTimeout,
                spoolBytes,
                spoolAfter,
                defaults.producer());
    }

    Shipper started(FakeKafka kafka) {
        Shipper shipper = new Shipper(config(), kafka, Micros::now);
        shipper.start();
        return shipper;
    }
}
