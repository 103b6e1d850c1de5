package io.bongsu.app.config;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.TcpLimits;
import io.bongsu.shipper.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
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
        List<Follow> files,
        Shipper shipper,
        Streams streams,
        Indexer indexer,
        List<Path> parsers,
        List<Path> rules,
        List<Path> mappings,
        List<Path> lists,
        Correlate correlate,
        Health health,
        Kibana kibana) {
    public Config {
        listeners = List.copyOf(listeners);
        files = List.copyOf(files);
        parsers = List.copyOf(parsers);
        rules = List.copyOf(rules);
        mappings = List.copyOf(mappings);
        lists = List.copyOf(lists);
    }

    /**
     * @param bootstrap host:port list of a cluster; null: the embedded broker
     * @param port of the embedded broker; 0: any free one
     * @param partitions of a topic that is created
     * @param replication of a topic that is created; 0: what the cluster says
     * @param retention of logs, events and hits
     * @param heap of the embedded broker, bytes
     * @param client properties of the Kafka clients, from a list of what is allowed
     */
    public record Kafka(
            @Nullable String bootstrap,
            int port,
            int partitions,
            int replication,
            Duration retention,
            long heap,
            Access access,
            Map<String, String> client) {
        public Kafka {
            client = Map.copyOf(client);
        }
    }

    /**
     * How a server is reached and told who we are. Certificates are always checked, and so is the server's name.
     *
     * @param tls for Elasticsearch and Kibana the URL says it
     * @param ca PEM; null: those of Java
     * @param certificate PEM, of ours; null: none
     * @param key PEM, unencrypted PKCS#8
     * @param password secret
     */
    public record Access(
            boolean tls,
            @Nullable Path ca,
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable String user,
            @Nullable String password,
            String mechanism) {
        @Override
        public String toString() {
            return "Access[secrets are not shown]";
        }
    }

    /**
     * @param url of a cluster, perhaps with user and password; null: the embedded server
     * @param apiKey secret
     * @param user goes before the one in the url
     * @param password secret
     * @param ca PEM; null: those of Java
     * @param port of the embedded server; 0: any free one
     * @param heap of the embedded server, bytes
     */
    public record Elasticsearch(
            @Nullable URI url,
            @Nullable String apiKey,
            @Nullable String user,
            @Nullable String password,
            @Nullable Path ca,
            int port,
            long heap) {
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
        GELF_TCP,
        RELP,
        BEATS;

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
            @Nullable ZoneId zone,
            @Nullable Tls tls) {
        /** Without TLS. */
        public Listen(
                String name,
                Type type,
                HostPort bind,
                @Nullable String tag,
                @Nullable String charset,
                @Nullable ZoneId zone) {
            this(name, type, bind, tag, charset, zone, null);
        }
    }

    /** Files that are followed. @param paths patterns, absolute; exclude: the same */
    public record Follow(
            String name,
            List<String> paths,
            List<String> exclude,
            FileInput.Start start,
            FileInput.Format format,
            @Nullable String tag,
            @Nullable String charset,
            @Nullable ZoneId zone) {
        public Follow {
            paths = List.copyOf(paths);
            exclude = List.copyOf(exclude);
        }
    }

    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * @param maxLine bytes of a line that are kept
     * @param maxEvent the same of an event of Beats
     * @param tcp limits of connections
     * @param linger how long a line waits for others while Kafka is busy
     * @param udpSenderRate datagrams a second of each sender while room is scarce; 0: any
     * @param spoolBytes on disk at most, while Kafka is slow or away; 0: none
     */
    public record Shipper(
            int maxLine, int maxEvent, TcpLimits tcp, Duration linger, int udpSenderRate, long spoolBytes) {}

    /**
     * @param heap of the stream process that `up` starts, bytes
     * @param threads of each application
     * @param standbys warm copies of each state on other instances
     * @param commitInterval between transactions
     */
    public record Streams(long heap, int threads, int standbys, Duration commitInterval) {}

    /**
     * @param requests bulk requests at a time
     * @param batchDocuments of one of them
     * @param batchBytes of one of them
     * @param linger from one to the next that is not full
     */
    public record Indexer(int requests, int batchDocuments, int batchBytes, Duration linger) {}

    /**
     * @param url where setup installs its objects; null: nowhere
     * @param ca PEM; null: that of Elasticsearch
     */
    public record Kibana(@Nullable URI url, @Nullable Path ca) {}

    /**
     * @param groups that one rule may have in one partition
     * @param sight how often it is looked which rules cannot see; zero: never
     */
    public record Correlate(Duration lateness, Duration idle, Duration hold, int groups, Duration sight) {}

    /** @param bind where /livez, /readyz and /metrics are; port 0: any free one */
    public record Health(HostPort bind) {}
}
