package io.bongsu.app.demo;

/**
 * One line of the scenario.
 *
 * @param time of the event, microseconds since 1970
 * @param story name of the {@link Story} it belongs to; empty: normal traffic
 * @param data the frame, without line feed or octet count
 */
public record Line(long time, Host host, String story, byte[] data) {}
