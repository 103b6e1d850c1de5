/** The same parsers, rules and fold on files: no Kafka, no clock; the input is the log. */
@NullMarked
package io.bongsu.ingest.offline;

import org.jspecify.annotations.NullMarked;
