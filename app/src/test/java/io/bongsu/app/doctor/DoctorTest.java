package io.bongsu.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.doctor.Finding.Level;
import io.bongsu.app.doctor.KafkaCheck.Group;
import io.bongsu.app.doctor.KafkaCheck.Shipper;
import io.bongsu.model.RulesManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each thing that was seen is judged to be, and that every judgement which is not good says what to do. */
class DoctorTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void topics() {
        assertThat(levels(KafkaCheck.missing(List.of("a", "b"), List.of("b", "a", "c"))))
                .containsExactly(Level.OK);
        assertThat(KafkaCheck.missing(List.of("a", "b"), List.of("b")))
                .containsExactly(new Finding(Level.BAD, "topics", "topics are missing: [a]", "run: bongsu setup"));
    }

    @Test
    void whatIsLiveAndWhetherItsBuiltInParsersAreOurs() {
        assertThat(KafkaCheck.live(generation("abc"), "abc"))
                .isEqualTo(new Finding(Level.OK, "rules", "generation 3 of rules and parsers is live", ""));
        for (String other : List.of("abd", "")) {
            assertThat(KafkaCheck.live(generation(other), "abc"))
                    .satisfies(DoctorTest::saysWhatToDo)
                    .extracting(Finding::level)
                    .isEqualTo(Level.NOTE);
        }
        assertThat(KafkaCheck.live(null, "abc").level()).isEqualTo(Level.BAD);
    }

    private static RulesManifest generation(String builtIn) {
        return new RulesManifest(3L, 0L, 0L, "a", "", 0L, 0L, List.of(), List.of(), builtIn);
    }

    /** A shipper does not start with a spool that its disk cannot hold; who learns it then learns it too late. */
    @Test
    void theSpoolAgainstItsDisk(@TempDir Path shipper) throws IOException {
        assertThat(Doctor.spool(shipper, Long.MAX_VALUE)).isEmpty();
        Path spool = Files.createDirectory(shipper.resolve("spool"));
        assertThat(Doctor.spool(shipper, 1)).isEmpty();
        assertThat(Doctor.spool(shipper, 1L << 60))
                .singleElement()
                .satisfies(DoctorTest::saysWhatToDo)
                .satisfies(f -> assertThat(f.what()).contains(spool.toString(), "takes 0 bytes"));
        Files.write(spool.resolve("a.spool"), new byte[10]);
        assertThat(Doctor.spool(shipper, 10)).isEmpty();
    }

    @Test
    void partitionsAgainstConfigurationAndCores() {
        assertThat(levels(KafkaCheck.partitions(4, 4, 4))).containsExactly(Level.OK);
        assertThat(levels(KafkaCheck.partitions(4, 4, 2))).containsExactly(Level.OK);
        assertThat(KafkaCheck.partitions(2, 2, 8))
                .singleElement()
                .satisfies(f -> assertThat(f.what()).contains("2 of the 8 cores"))
                .satisfies(DoctorTest::saysWhatToDo);
        assertThat(KafkaCheck.partitions(2, 8, 8)).singleElement().satisfies(f -> assertThat(f.fix())
                .startsWith("set kafka.partitions: 2"));
    }

    @Test
    void threadsAgainstPartitions() {
        assertThat(levels(KafkaCheck.threads(List.of(group(4, 0)), 4))).containsExactly(Level.OK);
        assertThat(levels(KafkaCheck.threads(List.of(group(2, 0)), 4))).containsExactly(Level.OK);
        assertThat(levels(KafkaCheck.threads(List.of(group(3, 0)), 4))).containsExactly(Level.NOTE);
        assertThat(KafkaCheck.threads(List.of(group(6, 0)), 4)).singleElement().satisfies(f -> assertThat(f.what())
                .contains("2 have nothing to do"));
        assertThat(KafkaCheck.threads(List.of(group(0, 0)), 4)).isEmpty();
    }

    @Test
    void threadsAgainstCores() {
        assertThat(KafkaCheck.threads(2, 2)).isEmpty();
        assertThat(KafkaCheck.threads(8, 2)).singleElement().satisfies(DoctorTest::saysWhatToDo);
    }

    @Test
    void versionOfKafka() {
        assertThat(KafkaCheck.version("4.3.1", 30, 30).level()).isEqualTo(Level.OK);
        assertThat(KafkaCheck.version("4.3.1", 25, 30))
                .satisfies(DoctorTest::saysWhatToDo)
                .satisfies(f -> assertThat(f.what()).contains("know level 30"));
        assertThat(KafkaCheck.version("4.3.1", 0, 0)).satisfies(DoctorTest::saysWhatToDo);
    }

    @Test
    void lag() {
        assertThat(KafkaCheck.group(group(2, 10), false).level()).isEqualTo(Level.OK);
        assertThat(KafkaCheck.group(group(2, 10), true))
                .satisfies(DoctorTest::saysWhatToDo)
                .satisfies(f -> assertThat(f.level()).isEqualTo(Level.BAD))
                .satisfies(f -> assertThat(f.what()).contains("stands still, 10 records behind"));
        assertThat(KafkaCheck.group(group(2, 1_000_000), false).level()).isEqualTo(Level.NOTE);
        Finding nobody = KafkaCheck.group(new Group("bongsu-parse", GroupState.EMPTY, 0, 5, 100), false);
        assertThat(nobody.level()).isEqualTo(Level.BAD);
        assertThat(nobody.fix()).contains("bongsu stream --role parse");
        assertThat(KafkaCheck.group(new Group("bongsu-parse", GroupState.PREPARING_REBALANCE, 2, 5, 100), false)
                        .level())
                .isEqualTo(Level.NOTE);
    }

    @Test
    void replication() {
        assertThat(levels(KafkaCheck.replication(Map.of("a", 3), 3))).containsExactly(Level.OK);
        assertThat(levels(KafkaCheck.replication(Map.of("a", 3, "b", 1), 3))).containsExactly(Level.NOTE);
        assertThat(levels(KafkaCheck.replication(Map.of("a", 1), 1))).containsExactly(Level.NOTE);
    }

    @Test
    void shippersAndTheirClocks() {
        assertThat(levels(KafkaCheck.shippers(List.of()))).containsExactly(Level.BAD);
        assertThat(levels(KafkaCheck.shippers(List.of(new Shipper("s", 1_000_000, 3_000)))))
                .containsExactly(Level.OK);
        assertThat(KafkaCheck.shippers(List.of(new Shipper("s", 1_000_000, -60_000_000))))
                .singleElement()
                .satisfies(f -> assertThat(f.what()).contains("60000 ms behind"))
                .satisfies(DoctorTest::saysWhatToDo);
        assertThat(KafkaCheck.shippers(List.of(new Shipper("s", 90_000_000, 0))))
                .singleElement()
                .satisfies(f -> assertThat(f.what()).contains("90 s ago"));
        assertThat(KafkaCheck.shippers(List.of(new Shipper("s", -5_000_000, 0))))
                .last()
                .satisfies(f -> assertThat(f.what()).contains("this machine is 5 s behind"));
    }

    @Test
    void elasticsearch() throws IOException {
        assertThat(ElasticsearchCheck.health("u", 401, json("{}")).level()).isEqualTo(Level.BAD);
        assertThat(ElasticsearchCheck.health("u", 503, json("{}")).level()).isEqualTo(Level.BAD);
        assertThat(ElasticsearchCheck.health("u", 200, json("{'status':'green','number_of_nodes':3}"))
                        .what())
                .isEqualTo("Elasticsearch at u is green, 3 node(s)");
        assertThat(ElasticsearchCheck.health("u", 200, json("{'status':'yellow'}"))
                        .level())
                .isEqualTo(Level.NOTE);
        assertThat(ElasticsearchCheck.health("u", 200, json("{'status':'red'}")).level())
                .isEqualTo(Level.BAD);
        assertThat(ElasticsearchCheck.health("u", 200, json("{'hello':'world'}"))
                        .what())
                .contains("no Elasticsearch");
        assertThat(ElasticsearchCheck.version("9.5.3").level()).isEqualTo(Level.OK);
        assertThat(ElasticsearchCheck.version("9.5.1").level()).isEqualTo(Level.BAD);
        assertThat(ElasticsearchCheck.version("8.19.0").level()).isEqualTo(Level.NOTE);
        assertThat(ElasticsearchCheck.version("").level()).isEqualTo(Level.OK);
        assertThat(ElasticsearchCheck.template(404).fix()).isEqualTo("run: bongsu setup");
        assertThat(
                        levels(
                                ElasticsearchCheck.disk(
                                        json(
                                                "[{'node':'a','disk.percent':'50'},{'node':'b','disk.percent':'90'},{'node':'c','disk.percent':'96'},{'node':'UNASSIGNED'}]"))))
                .containsExactly(Level.OK, Level.NOTE, Level.BAD);
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static Group group(int members, long lag) {
        return new Group("bongsu-parse", GroupState.STABLE, members, lag, 100);
    }

    private static List<Level> levels(List<Finding> findings) {
        findings.forEach(f -> {
            if (f.level() != Level.OK) {
                saysWhatToDo(f);
            }
        });
        return findings.stream().map(Finding::level).toList();
    }

    private static void saysWhatToDo(Finding finding) {
        assertThat(finding.level()).isNotEqualTo(Level.OK);
        assertThat(finding.fix()).isNotBlank();
    }
}
