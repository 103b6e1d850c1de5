/** The syntax tree of rule files: what a rule says, with places for error messages and before any meaning. */
@NullMarked
package io.bongsu.rules.syntax;

import org.jspecify.annotations.NullMarked;
