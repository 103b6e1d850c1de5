package io.bongsu.app.demo;

import java.nio.charset.Charset;

/**
 * A machine of the scenario.
 *
 * @param number from 1; also the last part of the loopback address from which its lines are sent
 * @param charset of its text: UTF-8 or CP949
 */
public record Host(int number, String name, Transport transport, Charset charset) {
    /** The address it has inside the scenario's network. */
    public String address() {
        return "10.20.0." + number;
    }

    /** The address of the workstation from which user number {@code user} works on this host. */
    public String workstation(int user) {
        return "10.30." + number + "." + (10 + user);
    }
}
