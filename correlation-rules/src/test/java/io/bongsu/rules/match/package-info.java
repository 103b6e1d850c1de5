@NullMarked
package io.bongsu.rules.match;

import org.jspecify.annotations.NullMarked;
