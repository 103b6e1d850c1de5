@NullMarked
package io.bongsu.jmh;

import org.jspecify.annotations.NullMarked;
