/** The scenario of {@code bongsu demo}: its lines, what they must raise, how they are sent and how the run is judged. */
@NullMarked
package io.bongsu.app.demo;

import org.jspecify.annotations.NullMarked;
