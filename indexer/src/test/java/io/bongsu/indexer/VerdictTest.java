package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            201 |                                   |                                                 | Indexed
            200 |                                   |                                                 | Present
            409 | version_conflict_engine_exception | [a]: version conflict, current version [3]      | Present
            429 | es_rejected_execution_exception   | rejected execution of coordinating operation    | Later
            429 | circuit_breaking_exception        | Data too large                                  | Later
            429 | cluster_block_exception           | disk usage exceeded flood-stage watermark       | Blocked
            403 | cluster_block_exception           | index read-only / allow delete (api)            | Blocked
            403 | security_exception                | action is unauthorized for user                 | Blocked
            401 | security_exception                | missing authentication credentials              | Blocked
            404 | index_not_found_exception         | no such index and auto-create is off            | Blocked
            502 |                                   |                                                 | Later
            503 | unavailable_shards_exception      | primary shard is not active                     | Later
            503 | process_cluster_event_timeout_exception | failed to process cluster event           | Later
            504 |                                   |                                                 | Later
            500 | illegal_state_exception           | ?                                               | Suspect
            400 | document_parsing_exception        | failed to parse field [a] of type [long]        | Poison
            400 | mapper_parsing_exception          | failed to parse                                 | Poison
            400 | strict_dynamic_mapping_exception  | dynamic introduction of [a] is not allowed      | Poison
            400 | illegal_argument_exception        | Document contains at least one immense term     | Poison
            400 | illegal_argument_exception        | Limit of total fields [1000] has been exceeded  | Poison
            400 | illegal_argument_exception        | only write ops with an op_type of create are allowed in data streams | Blocked
            400 | illegal_argument_exception        | no write index is defined for alias [a]         | Blocked
            400 | validation_exception              | this cluster currently has [1000]/[1000] maximum normal shards open | Blocked
            400 | index_closed_exception            | closed                                          | Blocked
            413 |                                   |                                                 | Poison
            418 |                                   |                                                 | Blocked
            """)
    void ofAnItem(int status, String type, String message, String verdict) {
        assertThat(Verdict.ofItem(status, type == null ? "" : type, message == null ? "" : message)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "400, Smaller", "413, Smaller", "401, Blocked", "403, Blocked", "404, Blocked", "405, Blocked", "302, Blocked",
        "408, Later", "429, Later", "502, Later", "503, Later", "504, Later", "500, Suspect", "501, Suspect"
    })
    void ofARequest(int status, String verdict) {
        assertThat(Verdict.ofRequest(status, "", "").getClass().getSimpleName()).isEqualTo(verdict);
    }

    @Test
    void ofNoAnswer() {
        assertThat(Verdict.ofFailure(new ConnectException("Connection refused")))
                .isInstanceOf(Verdict.Later.class);
    }
}
