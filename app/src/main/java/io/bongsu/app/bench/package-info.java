/** {@code bongsu bench}: what the parts reach on this machine, each beside what it is to be compared with, in the same run. */
@NullMarked
package io.bongsu.app.bench;

import org.jspecify.annotations.NullMarked;
