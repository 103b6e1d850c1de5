/** The whole pipeline on one machine: its parts in order, what is supervised, and what can be watched. */
@NullMarked
package io.bongsu.app.pipeline;

import org.jspecify.annotations.NullMarked;
