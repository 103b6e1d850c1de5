package io.bongsu.rules.correlate;

/**
 * That a correlation fired, for those built on it: of each alert, the first and the last firing instant of each cell. A
 * later event may take it back.
 *
 * @param alert the id of the alert
 * @param time the firing instant, microseconds since 1970
 * @param first it is the alert's first one
 * @param degraded a bound was crossed that makes the alert approximate
 * @param received receive time of the newest line behind it; for latency
 */
public record Fact(String alert, long time, boolean first, boolean degraded, long received, boolean retracted) {}
