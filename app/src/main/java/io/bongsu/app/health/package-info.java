/** What a role tells about itself: alive, ready, and numbers. */
@NullMarked
package io.bongsu.app.health;

import org.jspecify.annotations.NullMarked;
