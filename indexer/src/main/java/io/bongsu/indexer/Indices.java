package io.bongsu.indexer;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.Time;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.mget.MultiGetOperation;
import co.elastic.clients.elasticsearch.core.mget.MultiGetResponseItem;
import co.elastic.clients.elasticsearch.core.search.Hit;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.model.Micros;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Whole indices: what they hold, and retention where there are no lifecycle policies. Patterns are those of {@link Target}. */
public final class Indices {
    /** How long events and dead letters are kept where nobody says otherwise: as the lifecycle policies have it. */
    public static final int DAYS_KEPT = 90;

    private static final String INGESTED = "event.ingested";
    private static final int PAGE = 1_000;
    private static final int ID_PAGE = 10_000;
    private static final Query MATCH_ALL = Query.of(query -> query.matchAll(all -> all));
    private static final Time KEEP_ALIVE = Time.of(time -> time.time("1m"));

    private final Rest rest;

    public Indices(Elasticsearch elasticsearch) {
        this.rest = new Rest(elasticsearch);
    }

    /** Documents that a search sees; {@link #refresh} first to count those of the last second as well. */
    public long count(String pattern) {
        return rest.call(
                        "POST /" + pattern + "/_count",
                        client -> client.count(count ->
                                count.index(pattern).ignoreUnavailable(true).allowNoIndices(true)))
                .count();
    }

    public void refresh(String pattern) {
        rest.call("POST /" + pattern + "/_refresh", client -> client.indices()
                .refresh(refresh ->
                        refresh.index(pattern).ignoreUnavailable(true).allowNoIndices(true)));
    }

    /** Every document once, as of the last refresh, in no particular order; memory stays bounded. */
    public void scan(String pattern, Consumer<Search.Hit> each) {
        scan(pattern, PAGE, true, MATCH_ALL, hit -> each.accept(Search.Hit.of(hit)));
    }

    /** The id of every document, likewise. */
    public void scanIds(String pattern, Consumer<String> each) {
        scan(pattern, ID_PAGE, false, MATCH_ALL, hit -> each.accept(Objects.requireNonNull(hit.id())));
    }

    /**
     * The id of every event whose line was appended to the log within that time, likewise; one that lies in several indices
     * comes as often. What does not say when, as none of ours, comes too.
     *
     * @param from of event.ingested, inclusive, microseconds since 1970; {@link Micros#UNKNOWN}: no bound
     * @param to exclusive
     */
    public void scanIds(String pattern, long from, long to, Consumer<String> each) {
        Query appended = Query.of(query -> query.range(range -> range.date(date -> {
            date.field(INGESTED).lt(Micros.iso(to));
            return from == Micros.UNKNOWN ? date : date.gte(Micros.iso(from));
        })));
        Query unsaid = Query.of(
                query -> query.bool(bool -> bool.mustNot(not -> not.exists(exists -> exists.field(INGESTED)))));
        Query either = Query.of(query -> query.bool(bool -> bool.should(appended, unsaid)));
        scan(pattern, ID_PAGE, false, either, hit -> each.accept(Objects.requireNonNull(hit.id())));
    }

    /**
     * What events' documents say, of those that are there.
     *
     * @param appended event id to the append time of its line, which says in which index it lies
     */
    public Map<String, ObjectNode> events(Map<String, Long> appended) {
        List<MultiGetOperation> asked = new ArrayList<>();
        appended.forEach((id, at) -> asked.add(
                MultiGetOperation.of(one -> one.index(Target.events(at)).id(id))));
        Map<String, ObjectNode> found = new HashMap<>();
        for (MultiGetResponseItem<ObjectNode> item : rest.call(
                        "POST /_mget", client -> client.mget(get -> get.docs(asked), ObjectNode.class))
                .docs()) {
            if (item.isResult() && item.result().source() != null) {
                found.put(item.result().id(), item.result().source());
            }
        }
        return found;
    }

    private void scan(String pattern, int size, boolean source, Query query, Consumer<Hit<ObjectNode>> each) {
        String pit = rest.call(
                        "POST /" + pattern + "/_pit",
                        client -> client.openPointInTime(open ->
                                open.index(pattern).keepAlive(KEEP_ALIVE).ignoreUnavailable(true)))
                .id();
        try {
            List<FieldValue> after = List.of();
            while (true) {
                SearchResponse<ObjectNode> page = page(pit, size, source, query, after);
                pit = Objects.requireNonNullElse(page.pitId(), pit);
                List<Hit<ObjectNode>> hits = page.hits().hits();
                hits.forEach(each);
                if (hits.size() < size) {
                    return;
                }
                after = hits.getLast().sort();
            }
        } finally {
            close(pit);
        }
    }

    private SearchResponse<ObjectNode> page(String pit, int size, boolean source, Query query, List<FieldValue> after) {
        SearchRequest.Builder page = new SearchRequest.Builder()
                .pit(p -> p.id(pit).keepAlive(KEEP_ALIVE))
                .size(size)
                .query(query)
                .trackTotalHits(total -> total.enabled(false))
                .source(s -> s.fetch(source))
                .sort(sort -> sort.field(f -> f.field("_shard_doc").order(SortOrder.Asc)));
        if (!after.isEmpty()) {
            page.searchAfter(after);
        }
        SearchRequest request = page.build();
        return rest.call("POST /_search", client -> client.search(request, ObjectNode.class));
    }

    private void close(String pit) {
        rest.call("DELETE /_pit", client -> client.closePointInTime(close -> close.id(pit)));
    }

    /** The names that there are. */
    public List<String> names(String pattern) {
        return rest
                .call("GET /" + pattern + "/_alias", client -> client.indices()
                        .getAlias(get ->
                                get.index(pattern).ignoreUnavailable(true).allowNoIndices(true)))
                .aliases()
                .keySet()
                .stream()
                .sorted()
                .toList();
    }

    /**
     * Deletes the daily indices of events and dead letters whose append day is before this one; alerts stay. For the
     * embedded Elasticsearch, which has no lifecycle policies: `up` calls it as it starts. Returns the deleted names.
     */
    public List<String> deleteBefore(LocalDate day) {
        List<String> deleted = new ArrayList<>();
        for (String prefix : List.of(Target.EVENTS, Target.DEAD_LETTERS)) {
            for (String name : names(prefix + "*")) {
                if (isBefore(name, prefix, day)) {
                    rest.call("DELETE /" + name, client -> client.indices().delete(delete -> delete.index(name)));
                    deleted.add(name);
                }
            }
        }
        return deleted;
    }

    private static boolean isBefore(String name, String prefix, LocalDate day) {
        try {
            return LocalDate.parse(name.substring(prefix.length()).replace('.', '-'))
                    .isBefore(day);
        } catch (DateTimeException e) {
            // Not one of ours, so not ours to delete.
            return false;
        }
    }
}
