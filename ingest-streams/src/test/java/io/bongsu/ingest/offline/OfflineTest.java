package io.bongsu.ingest.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineTest {
    @TempDir
    Path folder;

    @Test
    void everyLineGivesOneDocumentInItsPlaceAlsoWhenItBecamePartOfAnother() throws Exception {
        assertThat(parse(
                        "{\"id\":\"a\",\"raw\":\"rec(7): x\"}",
                        "{\"id\":\"b\",\"raw\":\"plain\"}",
                        "no envelope",
                        "{\"id\":\"c\",\"raw\":\"rec(7): end\"}",
                        "{\"id\":\"d\",\"raw\":\"rec(8): y\"}"))
                .satisfiesExactly(
                        a -> assertThat(a).startsWith("{\"id\":\"a\",\"doc\":{").contains("rec(7): x\\nrec(7): end"),
                        b -> assertThat(b).startsWith("{\"id\":\"b\",\"doc\":{").contains("plain"),
                        broken -> assertThat(broken).contains("error"),
                        c -> assertThat(c).isEqualTo("{\"id\":\"c\",\"merged_into\":\"a\"}"),
                        d -> assertThat(d).startsWith("{\"id\":\"d\",\"doc\":{").contains("rec(8): y"));
    }

    private List<String> parse(String... lines) throws Exception {
        Files.writeString(folder.resolve("test.yml"), """
                parser: test.records
                dataset: test.records
                detect: {prefix: ["rec("]}
                join: {key: ["rec({serial:int}): {_:rest}"], last: ["rec({_:int}): end"]}
                """);
        ParserSet parsers = ParserSet.load(List.of(folder)).parsers();
        RuleSet rules = RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules();
        List<String> out = new ArrayList<>();
        byte[] input = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        new Offline(parsers, rules, new Offline.Options(null, Micros.UNKNOWN, true, 0), problem -> {})
                .parse(
                        List.of(new Offline.File("f", () -> new ByteArrayInputStream(input))),
                        doc -> out.add(new String(doc, StandardCharsets.UTF_8)));
        return out;
    }
}
