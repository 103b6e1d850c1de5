/** The two Kafka Streams applications: parse and detect, correlate. */
@NullMarked
package io.bongsu.ingest.streams;

import org.jspecify.annotations.NullMarked;
