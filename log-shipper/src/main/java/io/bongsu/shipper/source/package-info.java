/**
 * Sockets to frames. Knows Netty and nothing of Kafka: a source asks whether there is room, hands over lines, and is told
 * when they are durable. What is spoken on a connection is a {@link io.bongsu.shipper.source.Dialogue}.
 */
@NullMarked
package io.bongsu.shipper.source;

import org.jspecify.annotations.NullMarked;
