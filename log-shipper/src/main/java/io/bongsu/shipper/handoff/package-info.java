/**
 * Frames to acknowledged records: identity, packing, bounded memory, Kafka, heartbeats. Knows acknowledgement and no
 * sockets; a disk spool goes between {@link io.bongsu.shipper.handoff.Source} and the producer.
 */
@NullMarked
package io.bongsu.shipper.handoff;

import org.jspecify.annotations.NullMarked;
