@NullMarked
package io.bongsu.rules.correlate;

import org.jspecify.annotations.NullMarked;
