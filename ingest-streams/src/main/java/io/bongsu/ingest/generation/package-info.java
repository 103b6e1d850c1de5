/**
 * Generations of rules and parsers: what one holds, where it lies in bongsu.rules, which is in force when, and how one becomes the next.
 */
@NullMarked
package io.bongsu.ingest.generation;

import org.jspecify.annotations.NullMarked;
