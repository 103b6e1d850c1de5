/** How fast rules are found, with the events to try it on. */
@NullMarked
package io.bongsu.rules.bench;

import org.jspecify.annotations.NullMarked;
