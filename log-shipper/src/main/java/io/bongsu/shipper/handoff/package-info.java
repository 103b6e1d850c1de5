/**
 * Frames to acknowledged records: identity, packing, bounded memory, Kafka or the spool, heartbeats. Knows acknowledgement
 * and no sockets.
 */
@NullMarked
package io.bongsu.shipper.handoff;

import org.jspecify.annotations.NullMarked;
