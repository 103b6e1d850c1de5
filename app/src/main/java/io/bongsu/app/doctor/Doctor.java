package io.bongsu.app.doctor;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.app.kibana.Kibana;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Waiting;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import io.bongsu.shipper.source.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** All checks, one after the other; one that fails does not keep the others from being made. */
public final class Doctor {
    private static final long LITTLE = 1L << 30;

    /** Time enough to renew a certificate. */
    private static final Duration SOON = Duration.ofDays(30);

    private Doctor() {}

    public static List<Finding> examine(Config config) throws InterruptedException {
        List<Finding> all = new ArrayList<>();
        all.add(Finding.ok(
                "java",
                "Java " + Runtime.version().feature() + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores"));
        all.add(disk(config.data()));
        all.addAll(spool(config.data().resolve("shipper"), config.shipper().spoolBytes()));
        all.addAll(content(Parts.rules(config), ParserSet.load(config.parsers())));
        all.addAll(certificates(config, Instant.now()));
        Reach reach = new Reach(config);
        all.addAll(kafka(config, reach));
        all.addAll(elasticsearch(config, reach));
        Kibana kibana = Parts.kibana(config);
        if (kibana != null) {
            String missing = kibana.missing();
            all.add(
                    missing == null
                            ? Finding.ok(
                                    "kibana", "Kibana at " + config.kibana().url() + " is there")
                            : Finding.bad("kibana", missing, "start it, or correct kibana.url"));
        }
        return all;
    }

    static List<Finding> certificates(Config config, Instant now) {
        List<Finding> all = new ArrayList<>();
        for (Listen listen : config.listeners()) {
            if (listen.tls() == null) {
                continue;
            }
            String renew = "renew it; the listener reads it again by itself";
            try {
                Instant end = TlsFiles.expires(listen.tls());
                String what = "the certificate of listener " + listen.name() + " expires on " + end;
                all.add(
                        end.isBefore(now)
                                ? Finding.bad("tls", what + ": it has expired", renew)
                                : end.isBefore(now.plus(SOON))
                                        ? Finding.note("tls", what, renew)
                                        : Finding.ok("tls", what));
            } catch (IOException e) {
                all.add(Finding.bad("tls", "listener " + listen.name() + ": " + e.getMessage(), "mend the file"));
            }
        }
        return all;
    }

    private static List<Finding> kafka(Config config, Reach reach) throws InterruptedException {
        try {
            Map<String, Object> kafka = reach.kafka();
            try (Admin admin = Waiting.admin(kafka)) {
                return new KafkaCheck(config, kafka).look(admin);
            }
        } catch (Fault e) {
            return List.of(Finding.bad("kafka", String.valueOf(e.getMessage()), e.fix()));
        }
    }

    private static List<Finding> elasticsearch(Config config, Reach reach) {
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, reach.elasticsearch())) {
            return new ElasticsearchCheck(elasticsearch).look();
        } catch (Fault e) {
            return List.of(Finding.bad("elasticsearch", String.valueOf(e.getMessage()), e.fix()));
        }
    }

    private static List<Finding> content(RuleSet.Loaded rules, ParserSet.Loaded parsers) {
        List<Finding> all = new ArrayList<>();
        rules.problems().forEach(p -> all.add(Finding.bad("rules", p.toString(), "bongsu rules check")));
        parsers.problems().forEach(p -> all.add(Finding.bad("parsers", p.toString(), "correct the definition")));
        if (rules.ruleCount() == 0) {
            all.add(Finding.bad("rules", "there are no rules", "name a folder with rules in rules"));
        } else {
            all.add(Finding.ok("rules", rules.ruleCount() + " rules"));
        }
        return all;
    }

    /** Nothing where no shipper has run, or has all the room that it may need. */
    static List<Finding> spool(Path shipper, long most) {
        Path spool = shipper.resolve("spool");
        if (!Files.isDirectory(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool)) {
            long used = files.mapToLong(file -> file.toFile().length()).sum();
            long free = Files.getFileStore(spool).getUsableSpace();
            return most - used <= free
                    ? List.of()
                    : List.of(Finding.bad(
                            "spool",
                            "the spool " + spool + " takes " + used + " bytes and may grow to " + most
                                    + ", but its disk has only " + free + " free",
                            "make room, or lower shipper.spool.max_bytes"));
        } catch (IOException e) {
            return List.of(Finding.bad("spool", "the spool " + spool + " cannot be read: " + e, "check the folder"));
        }
    }

    private static Finding disk(Path data) {
        Path there = data;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            String what = (free >> 20) + " MiB are free in " + data;
            return free < LITTLE
                    ? Finding.bad("disk", what, "make room, or choose another folder with --data DIR")
                    : Finding.ok("disk", what);
        } catch (IOException e) {
            return Finding.bad("disk", "the free space of " + data + " cannot be read: " + e, "check the folder");
        }
    }
}
