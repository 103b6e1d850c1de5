/**
 * Records on disk until Kafka has them: segments with checksums, bounded, in order. Knows files and nothing of lines,
 * sources or Kafka.
 */
@NullMarked
package io.bongsu.shipper.spool;

import org.jspecify.annotations.NullMarked;
