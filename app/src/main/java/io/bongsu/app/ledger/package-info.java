/** What the log says about itself afterwards: where every line went, recounted, and the dead letters with their way back. */
@NullMarked
package io.bongsu.app.ledger;

import org.jspecify.annotations.NullMarked;
