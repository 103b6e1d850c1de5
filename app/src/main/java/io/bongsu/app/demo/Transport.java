package io.bongsu.app.demo;

/** How a host of the scenario sends: socket, framing and header. */
public enum Transport {
    /** RFC 3164 over UDP: one datagram per line. */
    UDP("syslog-udp"),
    /** RFC 3164 over TCP, a line feed behind each line. */
    TCP_LINES("syslog-tcp"),
    /** RFC 5424 over TCP, the length in front of each line (RFC 6587, octet counting). */
    TCP_OCTETS("syslog-tcp"),
    /** JSON over TCP as logstash-logback-encoder writes it, a line feed behind each object. */
    JSON("json-tcp");

    private final String listener;

    Transport(String listener) {
        this.listener = listener;
    }

    /** The type of listener, as in bongsu.yml. */
    public String listener() {
        return listener;
    }

    public boolean isJson() {
        return this == JSON;
    }
}
