@NullMarked
package io.bongsu.rules.yaml;

import org.jspecify.annotations.NullMarked;
