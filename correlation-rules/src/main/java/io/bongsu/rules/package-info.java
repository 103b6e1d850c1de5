/** The door of the rule library: load rules, get a detector and the correlations. */
@NullMarked
package io.bongsu.rules;

import org.jspecify.annotations.NullMarked;
