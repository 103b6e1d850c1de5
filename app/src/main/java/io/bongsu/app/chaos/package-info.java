/** Faults under load, and an auditor that believes only the file of what was sent, Kafka and Elasticsearch. */
@NullMarked
package io.bongsu.app.chaos;

import org.jspecify.annotations.NullMarked;
