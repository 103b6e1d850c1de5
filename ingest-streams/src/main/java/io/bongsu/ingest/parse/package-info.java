/**
 * From a line to an ECS event: text decoding, syslog headers, JSON, and parser definitions in YAML that are compiled
 * once. Pure: the result depends on the line, its receive time and the definitions, on nothing else.
 */
@NullMarked
package io.bongsu.ingest.parse;

import org.jspecify.annotations.NullMarked;
