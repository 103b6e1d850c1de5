package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.Config.HostPort;
import io.bongsu.app.config.Config.Listen;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What can be known to go wrong before anything is started: too little disk, ports in use. Each says what to do. */
final class Checks {
    /** Empty, Kafka and Elasticsearch take some 100 MiB; below this they soon stop to write. */
    static final long NEEDED_BYTES = 1L << 30;

    private Checks() {}

    static void disk(Path data) {
        try {
            enough(data, Files.getFileStore(data).getUsableSpace());
        } catch (IOException e) {
            throw new Fault(
                    "the free space of " + data + " cannot be read: " + e.getMessage(),
                    "choose another folder with --data DIR",
                    e);
        }
    }

    static void enough(Path data, long free) {
        if (free < NEEDED_BYTES) {
            throw new Fault(
                    String.format(
                            Locale.ROOT,
                            "too little disk: %d MiB are free in %s, %d MiB are needed",
                            free >> 20,
                            data,
                            NEEDED_BYTES >> 20),
                    "make room, or choose a folder on another disk with --data DIR");
        }
    }

    static void ports(Config config) {
        Map<String, String> ours = new HashMap<>();
        if (config.kafka().bootstrap() == null) {
            tcp(new HostPort("127.0.0.1", config.kafka().port()), "kafka.port", "BONGSU_KAFKA_PORT", ours);
        }
        if (config.elasticsearch().url() == null) {
            tcp(
                    new HostPort("127.0.0.1", config.elasticsearch().port()),
                    "elasticsearch.port",
                    "BONGSU_ELASTICSEARCH_PORT",
                    ours);
        }
        for (Listen listener : config.listeners()) {
            String key = "listeners." + listener.name() + ".bind";
            String variable =
                    "BONGSU_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
            if (listener.type().datagrams()) {
                udp(listener.bind(), key, variable, ours);
            } else {
                tcp(listener.bind(), key, variable, ours);
            }
        }
    }

    private static void tcp(HostPort at, String key, String variable, Map<String, String> ours) {
        once("TCP", at, key, variable, ours);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // a port that only waits for old connections to time out is free
            socket.bind(address(at));
        } catch (IOException e) {
            throw taken("TCP", at, key, variable, e);
        }
    }

    private static void udp(HostPort at, String key, String variable, Map<String, String> ours) {
        once("UDP", at, key, variable, ours);
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.bind(address(at));
        } catch (IOException e) {
            throw taken("UDP", at, key, variable, e);
        }
    }

    /** Two of our own on one port: nothing else uses it, so binding it once would not show it. */
    private static void once(String protocol, HostPort at, String key, String variable, Map<String, String> ours) {
        String other = at.port() == 0 ? null : ours.put(protocol + at.port(), key);
        if (other != null) {
            throw new Fault(
                    protocol + " port " + at.port() + " is asked for twice: by " + other + " and by " + key,
                    "choose another one: " + variable + "=" + another(at, key));
        }
    }

    private static InetSocketAddress address(HostPort at) throws IOException {
        InetSocketAddress address = new InetSocketAddress(at.host(), at.port());
        if (address.isUnresolved()) {
            throw new IOException("unknown host");
        }
        return address;
    }

    private static Fault taken(String protocol, HostPort at, String key, String variable, IOException e) {
        return new Fault(
                protocol + " " + at + " (" + key + ") cannot be used: " + e.getMessage(),
                "stop what uses it ('ss -lnp' shows it), or choose another one: " + variable + "=" + another(at, key),
                e);
    }

    private static String another(HostPort at, String key) {
        return key.endsWith("port") ? Integer.toString(at.port() + 10) : at.host() + ":" + (at.port() + 10);
    }
}
