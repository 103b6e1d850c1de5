/** The sub-commands: options, exit codes and what is printed. */
@NullMarked
package io.bongsu.app.command;

import org.jspecify.annotations.NullMarked;
