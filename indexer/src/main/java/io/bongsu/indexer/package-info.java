/**
 * Kafka to Elasticsearch: every record becomes documents, every document is indexed once, or dead-lettered, or tried
 * again; and what people need around it: templates, search, retention.
 */
@NullMarked
package io.bongsu.indexer;

import org.jspecify.annotations.NullMarked;
