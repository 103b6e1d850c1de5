/** Compiled matchers over a flat event: fields resolved, values prepared, equal tests shared. */
@NullMarked
package io.bongsu.rules.match;

import org.jspecify.annotations.NullMarked;
