package io.bongsu.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StagesTest {
    @Test
    void aShipper() {
        Metrics metrics = new Metrics();
        Stages.ship(
                metrics,
                Map.of(
                        "received.udp", 10L,
                        "received.tcp", 5L,
                        "dropped.full.udp", 2L,
                        "dropped.kernel.udp", 3L,
                        "dropped.full.tcp", 0L,
                        "acknowledged", 12L,
                        "inflight.lines", 3L,
                        "inflight.bytes", 300L));

        Scrape scrape = Scrape.of(metrics.text());

        scrape.assertLaw("ship", "lines");
        assertThat(scrape.values())
                .containsEntry("bongsu_ship_received_lines_total{listener=\"udp\"}", 15L)
                .containsEntry("bongsu_ship_dropped_lines_total{listener=\"udp\",reason=\"kernel\"}", 3L)
                .containsEntry("bongsu_ship_inflight_bytes", 300L);
    }

    @Test
    void shipWithASpool() {
        Metrics metrics = new Metrics();
        Stages.ship(
                metrics,
                Map.of(
                        "received.tcp", 10L,
                        "spool.recovered", 20L,
                        "spool.lines", 14L,
                        "spool.lost", 4L,
                        "spool.bytes", 9_000L,
                        "acknowledged", 9L,
                        "inflight.lines", 3L));

        Scrape scrape = Scrape.of(metrics.text());

        scrape.assertLaw("ship", "lines");
        assertThat(scrape.values())
                .containsEntry("bongsu_ship_received_lines_total{listener=\"spool\"}", 20L)
                .containsEntry("bongsu_ship_spooled_lines", 14L);
    }

    @Test
    void streams() {
        Metrics metrics = new Metrics();
        Stages.streams(
                metrics,
                Map.of(
                        "parse.received", 10L,
                        "parse.events", 7L,
                        "parse.duplicates", 1L,
                        "parse.undecodable", 2L,
                        "parse.dead-lettered", 4L,
                        "correlate.received", 6L,
                        "correlate.hits", 5L,
                        "correlate.hits.no-room", 1L,
                        "lag.bongsu.logs-0", 3L,
                        "lag.bongsu.hits-1", 4L),
                true,
                true);

        Scrape scrape = Scrape.of(metrics.text());

        scrape.assertLaw("parse", "lines");
        scrape.assertLaw("correlate", "hits");
        assertThat(scrape.values())
                .containsEntry("bongsu_parse_lag_records{partition=\"0\",topic=\"bongsu.logs\"}", 3L)
                .containsEntry("bongsu_correlate_lag_records{partition=\"1\",topic=\"bongsu.hits\"}", 4L);
    }

    @Test
    void oneRoleShowsItsOwnStageOnly() {
        Metrics metrics = new Metrics();
        Stages.streams(metrics, Map.of(), false, true);

        assertThat(metrics.text()).contains("bongsu_correlate_").doesNotContain("bongsu_parse_");
    }

    @Test
    void anIndexer() {
        Metrics metrics = new Metrics();
        Stages.index(
                metrics,
                Map.of(
                        "read", 20L,
                        "indexed.event", 10L,
                        "indexed.alert", 1L,
                        "present.event", 3L,
                        "dead-lettered", 2L,
                        "returned", 1L,
                        "buffered.documents", 3L));

        Scrape.of(metrics.text()).assertLaw("index", "documents");
    }
}
