/** One line judged: parsed, given its identity, and held against every rule. Pure; the topologies and the offline commands share it. */
@NullMarked
package io.bongsu.ingest.judge;

import org.jspecify.annotations.NullMarked;
