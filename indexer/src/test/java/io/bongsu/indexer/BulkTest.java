package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BulkTest {
    private static Document document(String id, long version) {
        byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        return new Document(Document.Kind.EVENT, "logs-x", id, version, json, -1, null, null, 0);
    }

    @Test
    void aBodyIsAnActionAndADocumentPerLine() {
        byte[] body = Bulk.body(List.of(document("1", 0), document("2", 3)));

        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("""
                        {"index":{"_index":"logs-x","_id":"1"}}
                        {"a":1}
                        {"index":{"_index":"logs-x","_id":"2","version":3,"version_type":"external"}}
                        {"a":1}
                        """);
    }

    @Test
    void anIdCannotBreakOut() {
        byte[] body = Bulk.body(List.of(document("\"}}\n{\"delete\":{}}", 0)));

        assertThat(new String(body, StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("\\\"}}\\n");
    }

    @Test
    void anAnswerHasAVerdictForEachDocument() {
        Bulk.Answer answer = Bulk.answer(3, ok("""
                        {"took":3,"items":[{"index":{"status":201}},
                        {"index":{"_id":"x","error":{"type":"document_parsing_exception","reason":"failed to parse",
                          "caused_by":{"type":"a","reason":"not a date","caused_by":{"type":"b","reason":"not a date"}}},"status":400}},
                        {"index":{"status":200}}]}
                        """));

        assertThat(answer)
                .isEqualTo(new Bulk.Answer.Items(List.of(
                        new Verdict.Indexed(),
                        new Verdict.Poison("document_parsing_exception", "failed to parse; caused by: not a date"),
                        new Verdict.Present())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "<html></html>",
                "{\"items\":[]}",
                "{\"items\":[{\"index\":{\"status\":201}}",
                "{\"items\":[{\"index\":{\"status\":201}},{\"index\":{\"status\":201}}]}",
                "{\"items\":[{\"index\":201}]}",
                "{\"items\":[{\"index\":{\"status\":\"201\"}}]}"
            })
    void whatIsNoAnswerIsAskedAgain(String body) {
        assertThat(Bulk.answer(1, ok(body)))
                .isInstanceOfSatisfying(Bulk.Answer.Whole.class, whole -> assertThat(whole.verdict())
                        .isInstanceOf(Verdict.Later.class));
    }

    private static Elasticsearch.Reply ok(String body) {
        return new Elasticsearch.Reply(200, body.getBytes(StandardCharsets.UTF_8));
    }
}
