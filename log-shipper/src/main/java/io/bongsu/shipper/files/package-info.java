/**
 * Log files to lines. Knows rotation and places in files, and of acknowledgement only that it comes: a checkpoint is
 * written behind it. {@link io.bongsu.shipper.files.Follower} is the whole logic, one turn at a time.
 */
@NullMarked
package io.bongsu.shipper.files;

import org.jspecify.annotations.NullMarked;
