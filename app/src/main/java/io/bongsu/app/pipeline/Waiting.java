package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.kibana.Kibana;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.ElasticsearchException;
import io.bongsu.indexer.Templates;
import io.bongsu.ingest.generation.RulesTopic;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for servers that are not there yet: for ever, or as long as it is told. What it waits for is said at once, every
 * half a minute, and whenever it changes; {@link #missing} is the answer of /readyz meanwhile. What cannot get better by
 * waiting, such as a broken certificate file, is a {@link Fault}.
 */
public final class Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);
    private static final long SAY_EVERY = TimeUnit.SECONDS.toNanos(30);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String UNRESOLVED = "correct kafka.bootstrap, or wait until the name is known";
    private static final int ANSWER_MS = 5_000;

    private final long end;
    private volatile List<String> missing = List.of();

    /** One look: null when it is there, otherwise what is missing. */
    private interface Look {
        @Nullable
        String at() throws InterruptedException;
    }

    private Waiting(long end) {
        this.end = end;
    }

    public static Waiting forEver() {
        return new Waiting(Long.MAX_VALUE);
    }

    public static Waiting atMost(Duration time) {
        return new Waiting(System.nanoTime() + time.toNanos());
    }

    /** What is waited for now; empty when nothing is. */
    public List<String> missing() {
        return missing;
    }

    /** Until a broker's name can be resolved, without which no client of Kafka can be made. Asks no broker. */
    public void forName(Map<String, Object> kafka) {
        until("kafka", () -> {
            try (Admin admin = admin(kafka)) {
                return null;
            } catch (Fault e) {
                return unlessHopeless(e);
            }
        });
    }

    /** Until Kafka answers and has these topics; none: until it answers. */
    public void forKafka(Map<String, Object> kafka, Collection<String> topics) {
        until("kafka", () -> kafka(kafka, topics));
    }

    /** Until there is a generation of rules, which is read. */
    public void forRules(RulesTopic topic) {
        until("kafka", () -> {
            try {
                topic.read();
                return topic.newest() == null
                        ? "Kafka holds no rules yet: run bongsu setup, or bongsu rules push"
                        : null;
            } catch (KafkaException e) {
                return e.getMessage();
            }
        });
    }

    /** Until Elasticsearch answers and, if asked for, has our index templates. */
    public void forElasticsearch(Elasticsearch elasticsearch, boolean templates) {
        until("elasticsearch", () -> {
            try {
                Elasticsearch.Reply reply = elasticsearch.call(
                        "GET",
                        templates ? Templates.EVENTS_PATH : "/_cluster/health",
                        Map.of("filter_path", "-"),
                        null);
                return switch (reply.status()) {
                    case 200 -> null;
                    // A key with few rights may not look at templates or health; that it is answered is enough.
                    case 403 -> null;
                    case 404 -> "Elasticsearch at " + elasticsearch.url() + " has no index templates: run bongsu setup";
                    case 401 ->
                        "Elasticsearch at " + elasticsearch.url()
                                + " does not know us: check api_key, or user and password";
                    default -> "Elasticsearch at " + elasticsearch.url() + " answers " + reply.status();
                };
            } catch (IOException | ElasticsearchException e) {
                return "no answer from Elasticsearch at " + elasticsearch.url() + " (" + e.getMessage() + ")";
            }
        });
    }

    /** Until Kibana says that it is available. */
    public void forKibana(Kibana kibana) {
        until("kibana", kibana::missing);
    }

    private static @Nullable String kafka(Map<String, Object> kafka, Collection<String> topics)
            throws InterruptedException {
        String at = "Kafka at " + kafka.get("bootstrap.servers");
        try (Admin admin = admin(kafka)) {
            if (topics.isEmpty()) {
                admin.describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS);
            } else {
                admin.describeTopics(topics).allTopicNames().get(ANSWER_MS, TimeUnit.MILLISECONDS);
            }
            return null;
        } catch (Fault e) {
            return unlessHopeless(e);
        } catch (TimeoutException e) {
            return "no answer from " + at;
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownTopicOrPartitionException none -> at + " lacks topics of " + topics + ": run bongsu setup";
                case org.apache.kafka.common.errors.TimeoutException none -> "no answer from " + at;
                case null -> at + " refuses us: check kafka.tls, kafka.user and its rights";
                case Throwable other ->
                    at + " refuses us: " + other.getMessage() + ": check kafka.tls, kafka.user and its rights";
            };
        }
    }

    /** None of the brokers' names has an address. May get better by waiting. */
    private static Fault unresolved(@Nullable Object bootstrap, Throwable cause) {
        return new Fault("none of the names in kafka.bootstrap (" + bootstrap + ") has an address", UNRESOLVED, cause);
    }

    private static @Nullable String unlessHopeless(Fault e) {
        if (e.fix().equals(UNRESOLVED)) {
            return e.getMessage();
        }
        throw e;
    }

    /** A client that gives up after seconds. */
    public static Admin admin(Map<String, Object> kafka) {
        return admin(kafka, ANSWER_MS);
    }

    /** For what has to be done, and not only asked, also by a machine that is busy. */
    static Admin patientAdmin(Map<String, Object> kafka) {
        return admin(kafka, 6 * ANSWER_MS);
    }

    private static Admin admin(Map<String, Object> kafka, int answerMs) {
        Map<String, Object> quick = new HashMap<>(kafka);
        quick.put("default.api.timeout.ms", answerMs);
        quick.put("request.timeout.ms", answerMs);
        quick.keySet().retainAll(AdminClientConfig.configNames());
        try {
            return Admin.create(quick);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof ConfigException
                    && String.valueOf(cause.getMessage()).contains("No resolvable bootstrap")) {
                throw unresolved(kafka.get("bootstrap.servers"), e);
            }
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new Fault("the Kafka client cannot be made: " + cause.getMessage(), "check the keys of kafka", e);
        }
    }

    private void until(String server, Look look) {
        String said = null;
        long sayAgain = System.nanoTime();
        long began = sayAgain;
        try {
            for (String what = look.at(); what != null; what = look.at()) {
                missing = List.of(what);
                if (System.nanoTime() > end) {
                    throw new Fault(what, "start it, or correct the configuration");
                }
                if (!what.equals(said) || System.nanoTime() - sayAgain >= 0) {
                    said = what;
                    sayAgain = System.nanoTime() + SAY_EVERY;
                    LOG.atWarn()
                            .addKeyValue("server", server)
                            .addKeyValue("reason", what)
                            .log("Waiting for a server: {}", what);
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault("interrupted while waiting for " + server, "start again", e);
        }
        if (said != null) {
            LOG.atInfo()
                    .addKeyValue("server", server)
                    .addKeyValue("after.ms", (System.nanoTime() - began) / 1_000_000)
                    .log("The server is there");
        }
        missing = List.of();
    }
}
