/** What a person sees: terminal or not, lines and a status line, tables, and nothing that could steer the terminal. */
@NullMarked
package io.bongsu.app.console;

import org.jspecify.annotations.NullMarked;
