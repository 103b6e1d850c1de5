package io.bongsu.indexer;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.SortOptions;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.mapping.FieldType;
import co.elastic.clients.elasticsearch._types.query_dsl.BoolQuery;
import co.elastic.clients.elasticsearch._types.query_dsl.Operator;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.search.TotalHits;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.model.Micros;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Searches events and alerts with the query syntax of Lucene, newest first: {@code user.name:root AND
 * event.outcome:failure}, {@code message:"failed password"}, {@code source.ip:10.0.0.0\/8}, {@code NOT tags:unparsed}.
 * Words beside each other must all match; a bare word is looked for in the message and the most telling fields (the
 * default_field of the templates). Whatever the query holds, it stays a parameter within JSON.
 */
public final class Search {
    /** What is searched. */
    public enum In {
        EVENTS(Target.ALL_EVENTS),
        ALERTS(Target.ALL_ALERTS),
        NOTES(Target.ALL_ALERT_NOTES),
        BOTH(Target.ALL_EVENTS + "," + Target.ALL_ALERTS);

        private final String pattern;

        In(String pattern) {
            this.pattern = pattern;
        }
    }

    /**
     * @param text empty or {@code *}: everything
     * @param from of @timestamp, inclusive, microseconds since 1970; {@link Micros#UNKNOWN}: no bound
     * @param to exclusive, likewise
     * @param size documents to return, up to 10,000
     * @param without ids of documents that are not wanted, up to 10,000
     */
    public record Query(String text, In in, long from, long to, int size, List<String> without) {
        public Query {
            without = List.copyOf(without);
            if (size < 0 || size > 10_000) {
                throw new IllegalArgumentException("size is from 0 to 10000; found " + size);
            }
        }

        public Query(String text, In in, long from, long to, int size) {
            this(text, in, from, to, size, List.of());
        }

        public static Query of(String text, In in, int size) {
            return new Query(text, in, Micros.UNKNOWN, Micros.UNKNOWN, size);
        }

        public Query without(List<String> ids) {
            return new Query(text, in, from, to, size, ids);
        }
    }

    /** @param json the document as it was indexed */
    public record Hit(String index, String id, byte[] json) {
        static Hit of(co.elastic.clients.elasticsearch.core.search.Hit<ObjectNode> hit) {
            return new Hit(hit.index(), Objects.requireNonNull(hit.id()), Rest.bytes(hit.source()));
        }

        /** Dotted name to String, Long, Double, Boolean or List; a list of objects stays a list of maps. */
        public Map<String, Object> flat() {
            return Search.flat(json);
        }
    }

    /** @param total all that match, not only those returned */
    public record Found(long total, List<Hit> hits) {
        public Found {
            hits = List.copyOf(hits);
        }
    }

    private final Elasticsearch elasticsearch;
    private final Rest rest;

    public Search(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
        this.rest = new Rest(elasticsearch);
    }

    /**
     * @throws ElasticsearchException for a query that cannot be understood, or when Elasticsearch does not answer; the
     *     message is for the user
     */
    public Found find(Query query) {
        SearchRequest request = SearchRequest.of(search -> search.index(query.in().pattern)
                .ignoreUnavailable(true)
                .allowNoIndices(true)
                .size(query.size())
                .trackTotalHits(total -> total.enabled(true))
                .query(bool(query)._toQuery())
                .sort(newest("@timestamp", FieldType.Date), newest("event.id", FieldType.Keyword)));
        SearchResponse<ObjectNode> answer =
                rest.call("POST /" + query.in().pattern + "/_search", client -> find(client, request));
        TotalHits total = answer.hits().total();
        return new Found(
                total == null ? 0 : total.value(),
                answer.hits().hits().stream().map(Hit::of).toList());
    }

    private static SearchResponse<ObjectNode> find(ElasticsearchClient client, SearchRequest request)
            throws IOException {
        try {
            return client.search(request, ObjectNode.class);
        } catch (co.elastic.clients.elasticsearch._types.ElasticsearchException e) {
            Elasticsearch.Reply reply = Rest.reply(e);
            if (reply == null || reply.status() != 400) {
                throw e;
            }
            throw new ElasticsearchException("the query cannot be understood: " + explain(reply.body()), 400);
        }
    }

    private static SortOptions newest(String field, FieldType unmapped) {
        return SortOptions.of(
                sort -> sort.field(f -> f.field(field).order(SortOrder.Desc).unmappedType(unmapped)));
    }

    private static BoolQuery bool(Query query) {
        BoolQuery.Builder bool = new BoolQuery.Builder();
        if (query.text().isBlank() || query.text().strip().equals("*")) {
            bool.must(must -> must.matchAll(all -> all));
        } else {
            bool.must(must -> must.queryString(words -> words.query(query.text())
                    .defaultOperator(Operator.And)
                    .analyzeWildcard(true)
                    .lenient(true)));
        }
        if (query.from() != Micros.UNKNOWN || query.to() != Micros.UNKNOWN) {
            bool.filter(filter -> filter.range(range -> range.date(
                    date -> date.field("@timestamp").gte(bound(query.from())).lt(bound(query.to())))));
        }
        if (!query.without().isEmpty()) {
            bool.mustNot(not -> not.ids(ids -> ids.values(query.without())));
        }
        return bool.build();
    }

    private static @Nullable String bound(long micros) {
        return micros == Micros.UNKNOWN ? null : Micros.iso(micros);
    }

    /** The innermost cause on the first shard says what is wrong; what is around it, only that something is. */
    private static String explain(byte[] body) {
        String message = Bulk.error(body, "/error/failed_shards/0/reason").message();
        if (message.isEmpty()) {
            message = Bulk.error(body).message();
        }
        int cause = message.lastIndexOf("caused by: ");
        String innermost = cause < 0 ? message : message.substring(cause + "caused by: ".length());
        return Rest.shorten(innermost.replaceFirst("^parse_exception: ", ""));
    }

    static Map<String, Object> flat(byte[] json) {
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", Rest.parse(json), flat);
        return flat;
    }

    private static void flatten(String prefix, JsonNode object, Map<String, Object> flat) {
        object.properties().forEach(e -> {
            String name = prefix + e.getKey();
            if (e.getValue().isObject()) {
                flatten(name + ".", e.getValue(), flat);
            } else {
                Object value = value(e.getValue());
                if (value != null) {
                    flat.put(name, value);
                }
            }
        });
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.isIntegralNumber() ? (Object) node.longValue() : (Object) node.doubleValue();
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                node.forEach(item -> {
                    Object value = value(item);
                    if (value != null) {
                        list.add(value);
                    }
                });
                yield list;
            }
            case OBJECT, POJO -> {
                Map<String, Object> map = new LinkedHashMap<>();
                flatten("", node, map);
                yield map;
            }
            case NULL, MISSING, BINARY -> null;
        };
    }

    @Override
    public String toString() {
        return "Search in " + elasticsearch;
    }
}
