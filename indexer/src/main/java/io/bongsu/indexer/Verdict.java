package io.bongsu.indexer;

import java.util.Locale;
import java.util.Set;

/**
 * What an answer of Elasticsearch means for a document: the one place where errors are told apart. Only the first two and
 * a dead letter that Kafka has acknowledged let an offset move; nothing here gives up because of time.
 *
 * <p>Statuses and error types as of Elasticsearch 9.5 (ElasticsearchException, ClusterBlocks, DiskThresholdMonitor).
 */
sealed interface Verdict {
    /** It is in the index now. */
    record Indexed() implements Verdict {}

    /** It was there before, in this form or a newer one: a replay, or a revision out of order. */
    record Present() implements Verdict {}

    /** Not the document's fault, and it passes by itself: no connection, overload. Tried for ever. */
    record Later(String reason, String message) implements Verdict {}

    /** Not the document's fault, but someone has to act: missing rights, a read-only or missing index. Tried for ever. */
    record Blocked(String reason, String message) implements Verdict {}

    /** An error within Elasticsearch (500): its own, or that of the document. Tried often before it is {@link Poison}. */
    record Suspect(String reason, String message) implements Verdict {}

    /** Too much at once, or one of them spoils the request: send less; a document alone is {@link Poison}. */
    record Smaller(String reason, String message) implements Verdict {}

    /** This document will never be taken. */
    record Poison(String reason, String message) implements Verdict {}

    /** 400, and yet the cluster's or the index's doing, not the document's. */
    Set<String> ENVIRONMENT_400 = Set.of("validation_exception", "index_closed_exception");

    /** Of one item of an answered bulk request. */
    static Verdict ofItem(int status, String type, String message) {
        return switch (status) {
            case 201 -> new Indexed();
            case 200, 409 -> new Present();
            case 400 ->
                ENVIRONMENT_400.contains(type) || onTarget(message)
                        ? new Blocked(type, message)
                        : new Poison(type.isEmpty() ? "refused" : type, message);
            case 413 -> new Poison("too_large", message);
            default -> environment(status, type, message);
        };
    }

    /** Of a bulk request that was refused as a whole. */
    static Verdict ofRequest(int status, String type, String message) {
        return switch (status) {
            case 400, 413 -> new Smaller(status == 413 ? "too_large" : reason(status, type), message);
            default -> environment(status, type, message);
        };
    }

    /** What neither blames the document nor the size of the request. */
    private static Verdict environment(int status, String type, String message) {
        String reason = reason(status, type);
        return switch (status) {
            case 408, 502, 503, 504 -> new Later(reason, message);
            // The flood-stage block of a full disk answers 429, too.
            case 429 ->
                type.equals("cluster_block_exception") ? new Blocked(reason, message) : new Later(reason, message);
            default -> status >= 500 ? new Suspect(reason, message) : new Blocked(reason, message);
        };
    }

    /** Of a request without an answer. */
    static Verdict ofFailure(Exception e) {
        return new Later("no_answer", String.valueOf(e));
    }

    private static boolean onTarget(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.contains("data stream") || lower.contains("no write index");
    }

    private static String reason(int status, String type) {
        return type.isEmpty() ? "status_" + status : type;
    }
}
