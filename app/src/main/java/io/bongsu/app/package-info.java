/** The {@code bongsu} command: one door to everything, and the wiring of the pipeline on one machine. */
@NullMarked
package io.bongsu.app;

import org.jspecify.annotations.NullMarked;
