/** Bytes to frames: pure functions of the bytes, however they were split on the way. Knows no sockets and no Kafka. */
@NullMarked
package io.bongsu.shipper.frame;

import org.jspecify.annotations.NullMarked;
