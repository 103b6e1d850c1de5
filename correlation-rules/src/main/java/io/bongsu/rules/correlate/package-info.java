/**
 * Correlation as a pure fold: (state of a group, hits or progress of the log) → (state, revisions of alerts). No clock, no
 * randomness, and nothing that outlives the lateness depends on the order of arrival. Why it is built like this:
 * RATIONALE-correlation.md.
 */
@NullMarked
package io.bongsu.rules.correlate;

import org.jspecify.annotations.NullMarked;
