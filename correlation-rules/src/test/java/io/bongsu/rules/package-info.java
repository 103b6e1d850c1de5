@NullMarked
package io.bongsu.rules;

import org.jspecify.annotations.NullMarked;
