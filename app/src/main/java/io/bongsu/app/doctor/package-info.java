/** Looks at everything that Bongsu needs and says what is wrong with it and what to change. Changes nothing. */
@NullMarked
package io.bongsu.app.doctor;

import org.jspecify.annotations.NullMarked;
