/** What the modules say to each other: the records of each topic, their encoding, their identity and their documents. */
@NullMarked
package io.bongsu.model;

import org.jspecify.annotations.NullMarked;
