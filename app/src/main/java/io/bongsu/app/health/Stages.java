package io.bongsu.app.health;

import java.util.Map;
import java.util.TreeMap;

/**
 * From the ledgers of the parts to metrics. The law, for each stage {@code s} and its unit {@code u} (lines, hits,
 * documents), since the process began:
 *
 * <pre>
 * bongsu_s_received_u_total = bongsu_s_forwarded_u_total + bongsu_s_dead_lettered_u_total
 *                           + the sum over reasons of bongsu_s_dropped_u_total
 *                           + bongsu_s_inflight_u (where a stage holds any)
 * </pre>
 *
 * A record that cannot be read at all counts as one line, hit or document. The law holds at rest; while work is done, one
 * scrape may see a record received that is not yet anything else. Work that a transaction took back and did again counts
 * twice on both sides: what counts lines once is the ledger in the log.
 */
public final class Stages {
    private static final String LAG = "records of the partition that this stage has not processed yet";

    private static final String DROPPED_BY_SHIPPER =
            "lines that were lost; kernel: before we could read them, full: while memory was full, rate: beyond their"
                    + " sender's while it was scarce, damaged: on disk";

    private Stages() {}

    /** @param n of {@code Shipper.counters()} */
    public static void ship(Metrics out, Map<String, Long> n) {
        // Of a listener: what it read, and what the kernel or we dropped before it could be.
        Map<String, Long> frames = new TreeMap<>();
        n.forEach((name, value) -> {
            if (name.startsWith("received.")) {
                frames.merge(name.substring("received.".length()), value, Long::sum);
            } else if (name.startsWith("dropped.")) {
                String[] part = name.split("\\.", 3);
                frames.merge(part[2], value, Long::sum);
            }
        });
        String received = "lines that reached a listener; spool: that an earlier run had left there";
        if (n.containsKey("spool.bytes")) {
            frames.put("spool", of(n, "spool.recovered"));
            out.total(
                    "bongsu_ship_dropped_lines_total",
                    DROPPED_BY_SHIPPER,
                    Map.of("reason", "damaged", "listener", "spool"),
                    of(n, "spool.lost"));
            out.gauge("bongsu_ship_spooled_lines", "lines in flight that are on disk", of(n, "spool.lines"));
            out.gauge("bongsu_ship_spooled_bytes", "what the spool takes on disk", of(n, "spool.bytes"));
            out.gauge("bongsu_ship_spool_trouble", "0: none, 1: it is full, 2: its disk fails", of(n, "spool.trouble"));
        }
        frames.forEach((listener, value) ->
                out.total("bongsu_ship_received_lines_total", received, Map.of("listener", listener), value));
        out.total("bongsu_ship_forwarded_lines_total", "lines that Kafka has acknowledged", of(n, "acknowledged"));
        out.total("bongsu_ship_dead_lettered_lines_total", "none: a shipper understands nothing", 0);
        n.forEach((name, value) -> {
            if (name.startsWith("dropped.")) {
                String[] part = name.split("\\.", 3);
                out.total(
                        "bongsu_ship_dropped_lines_total",
                        DROPPED_BY_SHIPPER,
                        Map.of("reason", part[1], "listener", part[2]),
                        value);
            }
        });
        out.gauge(
                "bongsu_ship_inflight_lines",
                "lines that Kafka has not acknowledged yet",
                of(n, "inflight.lines") + of(n, "spool.lines"));
        out.gauge("bongsu_ship_inflight_bytes", "memory that they take", of(n, "inflight.bytes"));
        out.total("bongsu_ship_received_bytes_total", "bytes of the lines that were read", of(n, "bytes"));
        out.total("bongsu_ship_resent_lines_total", "lines sent again after Kafka refused a record", of(n, "resent"));
        out.total("bongsu_ship_sent_heartbeats_total", "heartbeats to every partition", of(n, "heartbeats"));
        out.gauge("bongsu_ship_open_connections", "TCP connections", of(n, "connections"));
        out.gauge(
                "bongsu_ship_large_event_bytes",
                "memory of Beats events above 64 KiB that have not ended",
                of(n, "large.bytes"));
        n.forEach((name, value) -> {
            if (name.startsWith("tls.expires.")) {
                Map<String, String> listener = Map.of("listener", name.substring("tls.expires.".length()));
                out.gauge(
                        "bongsu_ship_tls_certificate_expiry_seconds",
                        "when the listener's certificate expires, in seconds since 1970",
                        listener,
                        value);
            } else if (name.startsWith("tls.failed.")) {
                out.total(
                        "bongsu_ship_failed_handshakes_total",
                        "TLS handshakes that came to nothing",
                        Map.of("listener", name.substring("tls.failed.".length())),
                        value);
            } else if (name.startsWith("cut.")) {
                out.total(
                        "bongsu_ship_cut_lines_total",
                        "lines that were longer than may be; the event says how many bytes are missing",
                        Map.of("listener", name.substring("cut.".length())),
                        value);
            } else if (name.startsWith("closed.")) {
                String[] part = name.split("\\.", 3);
                out.total(
                        "bongsu_ship_closed_connections_total",
                        "TCP connections that ended by a limit: of all (limit) or of one sender (address_limit), silence (idle),"
                                + " a TLS handshake that took too long (handshake); and RELP and Beats connections whose peer"
                                + " broke the protocol, or off in the middle (half), or for whose large event there was no"
                                + " memory (crowded): it was not answered, so it sends again what it sent last",
                        Map.of("reason", part[1], "listener", part[2]),
                        value);
            }
        });
        if (n.containsKey("files")) {
            files(out, n);
        }
        out.gauge("bongsu_ship_known_sources", "senders since the start", of(n, "sources"));
    }

    private static void files(Metrics out, Map<String, Long> n) {
        out.gauge("bongsu_ship_followed_files", "files that are followed", of(n, "files"));
        out.gauge("bongsu_ship_open_files", "of these, those that are held open", of(n, "files.open"));
        out.gauge("bongsu_ship_unreadable_files", "files and folders that may not be read", of(n, "files.unreadable"));
        out.gauge(
                "bongsu_ship_unread_file_bytes",
                "bytes of followed files that are still to be read",
                of(n, "files.unread.bytes"));
        out.total(
                "bongsu_ship_replaced_files_total",
                "times that a file was truncated or written anew under our eyes",
                of(n, "files.replaced"));
        out.total(
                "bongsu_ship_lost_files_total",
                "files that went away before they were read to their end",
                of(n, "files.lost"));
        out.gauge(
                "bongsu_ship_unsaved_checkpoint",
                "1 while the places in files cannot be written",
                of(n, "files.checkpoint.fails"));
    }

    /** @param n of {@code StreamApps.counters()} */
    public static void streams(Metrics out, Map<String, Long> n, boolean parse, boolean correlate) {
        if (parse) {
            parse(out, n);
        }
        if (correlate) {
            correlate(out, n);
        }
        out.total(
                "bongsu_stream_restarted_threads_total",
                "threads replaced after a failure",
                of(n, "restarted.threads"));
        out.gauge("bongsu_stream_kafka_connections", "connections to brokers", of(n, "kafka.connections"));
    }

    /** @param generation the newest one that the log has told this process of; 0: none yet */
    public static void rules(Metrics out, long generation) {
        out.gauge(
                "bongsu_stream_rules_generation",
                "number of the newest generation of rules whose marker this process has met; all should come to the same",
                generation);
    }

    private static void parse(Metrics out, Map<String, Long> n) {
        long undecodable = of(n, "parse.undecodable");
        out.total(
                "bongsu_parse_received_lines_total",
                "lines read from Kafka; a record that cannot be read is one",
                of(n, "parse.received") + undecodable);
        out.total("bongsu_parse_forwarded_lines_total", "lines that became events", of(n, "parse.events"));
        out.total(
                "bongsu_parse_dead_lettered_lines_total", "lines in bongsu.dead-letters", of(n, "parse.dead-lettered"));
        String dropped = "lines left out; duplicate: a repeat of one that was there, merged: part of another's event";
        dropped(out, "bongsu_parse_dropped_lines_total", dropped, "duplicate", of(n, "parse.duplicates"));
        dropped(out, "bongsu_parse_dropped_lines_total", dropped, "merged", of(n, "parse.merged"));
        n.forEach((name, value) -> {
            if (name.startsWith("parse.dropped.")) {
                dropped(
                        out,
                        "bongsu_parse_dropped_lines_total",
                        dropped,
                        name.substring("parse.dropped.".length()),
                        value);
            }
        });
        out.total(
                "bongsu_parse_missing_lines_total",
                "sequence numbers that never came: lost between a shipper and Kafka",
                of(n, "parse.missing"));
        out.total("bongsu_parse_late_events_total", "events that came too late to be correlated", of(n, "parse.late"));
        out.total("bongsu_parse_sent_hits_total", "matches of rules that a correlation needs", of(n, "parse.hits"));
        out.total("bongsu_parse_sent_alerts_total", "alerts of rules without correlation", of(n, "parse.alerts"));
        lag(out, "bongsu_parse_lag_records", "bongsu.logs", n);
    }

    private static void correlate(Metrics out, Map<String, Long> n) {
        long undecodable = of(n, "correlate.dead-lettered");
        out.total(
                "bongsu_correlate_received_hits_total",
                "hits read from Kafka; a record that cannot be read is one",
                of(n, "correlate.received") + undecodable);
        out.total("bongsu_correlate_forwarded_hits_total", "hits taken into a group", of(n, "correlate.hits"));
        out.total("bongsu_correlate_dead_lettered_hits_total", "records in bongsu.dead-letters", undecodable);
        String dropped = "hits left out; late: beyond the lateness, unknown-rule: its rule is no longer there;"
                + " no-room: of a new group, when the rule has too many";
        for (String reason : new String[] {"late", "after-horizon", "unknown-rule", "no-room"}) {
            dropped(out, "bongsu_correlate_dropped_hits_total", dropped, reason, of(n, "correlate.hits." + reason));
        }
        out.total(
                "bongsu_correlate_crossed_bounds_total",
                "times that a group came to hold more than can be kept exactly; its alerts are degraded",
                of(n, "correlate.bounds.crossed"));
        out.gauge(
                "bongsu_correlate_open_groups",
                "groups of correlations that this process holds, to about a thousandth",
                of(n, "correlate.groups.open"));
        out.total("bongsu_correlate_sent_alerts_total", "alerts and their revisions", of(n, "correlate.alerts"));
        lag(out, "bongsu_correlate_lag_records", "bongsu.hits", n);
    }

    /** @param n of {@code Indexer.counters()} */
    public static void index(Metrics out, Map<String, Long> n) {
        out.total("bongsu_index_received_documents_total", "documents read from Kafka", of(n, "read"));
        n.forEach((name, value) -> {
            if (name.startsWith("indexed.")) {
                out.total(
                        "bongsu_index_forwarded_documents_total",
                        "documents that Elasticsearch has taken",
                        Map.of("kind", name.substring("indexed.".length())),
                        value);
            }
        });
        out.total(
                "bongsu_index_dead_lettered_documents_total",
                "documents that Elasticsearch refuses, in bongsu.dead-letters",
                of(n, "dead-lettered"));
        String dropped =
                "documents left out; duplicate: it was there already, refused: a dead letter that Elasticsearch"
                        + " refuses, returned: the partition went to another indexer, which reads it again";
        long present = n.entrySet().stream()
                .filter(e -> e.getKey().startsWith("present."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        dropped(out, "bongsu_index_dropped_documents_total", dropped, "duplicate", present);
        dropped(out, "bongsu_index_dropped_documents_total", dropped, "refused", of(n, "refused.dead-letters"));
        dropped(out, "bongsu_index_dropped_documents_total", dropped, "returned", of(n, "returned"));
        out.gauge("bongsu_index_inflight_documents", "documents in memory", of(n, "buffered.documents"));
        out.gauge("bongsu_index_inflight_bytes", "memory that they take", of(n, "buffered.bytes"));
        out.gauge(
                "bongsu_index_retrying_documents",
                "documents that wait to be tried again",
                of(n, "retrying.documents"));
        out.total("bongsu_index_retried_documents_total", "documents sent again", of(n, "retries"));
        out.total("bongsu_index_sent_requests_total", "bulk requests", of(n, "requests"));
        out.total(
                "bongsu_index_failed_requests_total", "bulk requests that failed as a whole", of(n, "requests.failed"));
        out.total("bongsu_index_failed_sessions_total", "times the indexer began again", of(n, "restarts"));
        out.total(
                "bongsu_index_lost_records_total",
                "records that Kafka had deleted before they were indexed",
                of(n, "lost.records"));
        out.gauge("bongsu_index_assigned_partitions", "partitions that this indexer reads", of(n, "partitions"));
        out.gauge(
                "bongsu_index_paused_partitions",
                "partitions that are not read until their documents are indexed",
                of(n, "partitions.paused"));
        out.gauge("bongsu_index_kafka_connections", "connections to brokers", of(n, "kafka.connections"));
        lag(out, "bongsu_index_lag_records", "bongsu.", n);
    }

    private static void dropped(Metrics out, String name, String help, String reason, long value) {
        out.total(name, help, Map.of("reason", reason), value);
    }

    private static void lag(Metrics out, String name, String topics, Map<String, Long> n) {
        new TreeMap<>(n).forEach((key, value) -> {
            if (key.startsWith("lag." + topics)) {
                int dash = key.lastIndexOf('-');
                out.gauge(
                        name,
                        LAG,
                        Map.of("topic", key.substring("lag.".length(), dash), "partition", key.substring(dash + 1)),
                        value);
            }
        });
    }

    private static long of(Map<String, Long> n, String name) {
        return n.getOrDefault(name, 0L);
    }
}
