/** The log once more: what rules would have made of it, and whether they make of it what they made. */
@NullMarked
package io.bongsu.app.replay;

import org.jspecify.annotations.NullMarked;
