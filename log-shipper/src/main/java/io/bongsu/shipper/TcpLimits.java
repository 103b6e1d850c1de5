package io.bongsu.shipper;

import java.time.Duration;

/**
 * What senders over TCP may take from each other, over all listeners. A connection that is closed because of one of these is
 * counted by reason: {@code limit}, {@code address_limit}, {@code idle}, {@code handshake}.
 *
 * @param connections open at a time; one more is closed at once
 * @param perAddress of these, from one IPv4 address or one IPv6 /64
 * @param idle a connection that is silent for so long is closed; zero: never
 * @param handshake how long a peer may take for the handshake of TLS
 */
public record TcpLimits(int connections, int perAddress, Duration idle, Duration handshake) {
    /** One address cannot take the connections of all others; silent hosts may stay. */
    public static final TcpLimits DEFAULT = new TcpLimits(1_000, 500, Duration.ZERO, Duration.ofSeconds(10));

    /** @throws IllegalArgumentException saying which value is wrong and what is expected */
    public TcpLimits {
        ShipperConfig.expect(connections > 0, "tcp.connections", connections, "at least 1");
        ShipperConfig.expect(perAddress > 0, "tcp.perAddress", perAddress, "at least 1");
        ShipperConfig.expect(!idle.isNegative(), "tcp.idle", idle, "zero (never) or more");
        ShipperConfig.expect(handshake.toMillis() > 0, "tcp.handshake", handshake, "at least one millisecond");
    }
}
