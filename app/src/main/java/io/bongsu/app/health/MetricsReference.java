package io.bongsu.app.health;

import java.util.HashMap;
import java.util.Map;

/** METRICS.md: every metric, made by the code that makes them, from a ledger in which everything has happened once. */
public final class MetricsReference {
    private static final String HEADER = """
            # Metrics

            What `/metrics` of each role says (Prometheus text format; `health.bind`), made from the code by
            `./bongsu config metrics > app/METRICS.md`. Names are API. `bongsu up` has all of them.

            The law, for each stage since its process began: `received = forwarded + dead_lettered + dropped (over all reasons) + inflight`.
            What grows for ever ends in `_total`; the word before it, or the last one, is the unit.

            | metric | type | labels | role | meaning |
            |---|---|---|---|---|
            """;

    private MetricsReference() {}

    public static String text() {
        StringBuilder out = new StringBuilder(HEADER);
        Metrics ship = new Metrics();
        Stages.ship(
                ship,
                ledger(
                        "received.syslog-tcp",
                        "dropped.full.syslog-tcp",
                        "cut.syslog-tcp",
                        "closed.reason.relp",
                        "tls.expires.relp",
                        "tls.failed.relp",
                        "spool.bytes",
                        "files"));
        rows(out, ship, "ship");
        Metrics stream = new Metrics();
        Stages.streams(stream, ledger("parse.dropped.reason", "lag.bongsu.logs-0", "lag.bongsu.hits-0"), true, true);
        Stages.rules(stream, 1);
        rows(out, stream, "stream");
        Metrics index = new Metrics();
        Stages.index(index, ledger("indexed.events", "lag.bongsu.events-0"));
        rows(out, index, "index");
        return out.toString();
    }

    private static Map<String, Long> ledger(String... names) {
        Map<String, Long> ledger = new HashMap<>();
        for (String name : names) {
            ledger.put(name, 1L);
        }
        return ledger;
    }

    private static void rows(StringBuilder out, Metrics metrics, String role) {
        metrics.describe((name, type, labels, help) -> out.append("| `")
                .append(name)
                .append("` | ")
                .append(type)
                .append(" | ")
                .append(String.join(", ", labels))
                .append(" | ")
                .append(role)
                .append(" | ")
                .append(help.replace("|", "\\|"))
                .append(" |\n"));
    }
}
