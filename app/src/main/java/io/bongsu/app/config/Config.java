package io.bongsu.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What bongsu.yml and the environment say, checked: {@link ConfigReader} is the way to one. Every key, its meaning and
 * its default stand in the shipped bongsu.yml.
 *
 * @param data the folder of everything that is kept, absolute
 * @param parsers folders with parser definitions, absolute
 * @param rules folders or files with rules, absolute
 * @param mappings folders or files with names of fields, absolute
 * @param lists folders or files with the values of placeholders, absolute
 */
public record Config(
        Path data,
        Kafka kafka,
        Elasticsearch elasticsearch,
        List<Listen> listeners,
        Shipper shipper,
        Streams streams,
        List<Path> parsers,
        List<Path> rules,
        List<Path> mappings,
        List<Path> lists,
        Correlate correlate) {
    public Config {
        listeners = List.copyOf(listeners);
        parsers = List.copyOf(parsers);
        rules = List.copyOf(rules);
        mappings = List.copyOf(mappings);
        lists = List.copyOf(lists);
    }

    /**
     * @param bootstrap host:port list of a cluster; null: the embedded broker
     * @param port of the embedded broker; 0: any free one
     * @param partitions of a topic that is created
     * @param heap of the embedded broker, bytes
     */
    public record Kafka(@Nullable String bootstrap, int port, int partitions, long heap) {}

    /**
     * @param url of a cluster, perhaps with user and password; null: the embedded server
     * @param apiKey secret
     * @param port of the embedded server; 0: any free one
     * @param heap of the embedded server, bytes
     */
    public record Elasticsearch(@Nullable URI url, @Nullable String apiKey, int port, long heap) {
        @Override
        public String toString() {
            return "Elasticsearch[secrets are not shown]";
        }
    }

    public enum Type {
        SYSLOG_UDP,
        SYSLOG_TCP,
        JSON_TCP,
        GELF_UDP,
        GELF_TCP;

        public boolean datagrams() {
            return this == SYSLOG_UDP || this == GELF_UDP;
        }
    }

    public record Listen(
            String name,
            Type type,
            HostPort bind,
            @Nullable String tag,
            @Nullable String charset,
            @Nullable ZoneId zone) {}

    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** @param maxLine bytes of a line that are kept */
    public record Shipper(int maxLine) {}

    /** @param heap of the stream process, bytes */
    public record Streams(long heap) {}

    public record Correlate(Duration lateness, Duration idle, Duration hold) {}
}
