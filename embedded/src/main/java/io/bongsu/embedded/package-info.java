/**
 * Processes of their own for what one machine needs besides Bongsu: a real Kafka, a real Elasticsearch, and any other main
 * of ours. Nothing of Kafka or Elasticsearch is needed to load the classes of this package.
 */
@NullMarked
package io.bongsu.embedded;

import org.jspecify.annotations.NullMarked;
