/** The shipper's door: listeners in, records of {@code bongsu.logs} out. */
@NullMarked
package io.bongsu.shipper;

import org.jspecify.annotations.NullMarked;
