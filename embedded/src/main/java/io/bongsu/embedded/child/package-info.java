/** What runs inside the child processes; needs the jars of the server that it starts. */
@NullMarked
package io.bongsu.embedded.child;

import org.jspecify.annotations.NullMarked;
