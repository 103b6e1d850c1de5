package io.bongsu.rules.correlate;

/** A fact that was told: the firing instant, the alert (by the part of its id that differs), whether it was its first. */
record Told(long time, long slot, boolean first, boolean degraded) {}
