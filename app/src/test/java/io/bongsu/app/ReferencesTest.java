package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.bench.Children;
import io.bongsu.app.config.ConfigReference;
import io.bongsu.app.health.MetricsReference;
import io.bongsu.ingest.parse.ParserReference;
import io.bongsu.ingest.parse.ParserSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The references are made from the code; what lies in the tree is what the code says now. */
class ReferencesTest {
    @Test
    void ofTheConfiguration() throws IOException {
        assertThat(Files.readString(Path.of("CONFIGURATION.md")))
                .as("stale: ./bongsu config reference > app/CONFIGURATION.md")
                .isEqualTo(ConfigReference.text());
    }

    @Test
    void ofTheParsers() throws IOException {
        assertThat(Files.readString(Path.of("..", "ingest-streams", "PARSERS-REFERENCE.md")))
                .as("stale: ./bongsu parser reference > ingest-streams/PARSERS-REFERENCE.md")
                .isEqualTo(ParserReference.text(ParserSet.load(List.of()).parsers()));
    }

    @Test
    void ofTheMetrics() throws IOException {
        assertThat(Files.readString(Path.of("METRICS.md")))
                .as("stale: ./bongsu config metrics > app/METRICS.md")
                .isEqualTo(MetricsReference.text());
    }

    @Test
    void eachMetricOfTheCodeIsInTheReference() throws IOException {
        var named = Pattern.compile("\"(bongsu_\\w+)\"")
                .matcher(Files.readString(Path.of("src/main/java/io/bongsu/app/health/Stages.java")));
        var names = new TreeSet<String>();
        while (named.find()) {
            names.add(named.group(1));
        }

        assertThat(names).hasSizeGreaterThan(30);
        names.forEach(name -> assertThat(MetricsReference.text()).contains("| `" + name + "` |"));
    }

    /** What `bongsu bench memory` measures is what the launcher, Compose and Kubernetes give. */
    @Test
    void aRoleThatRunsAloneHasTheSameMemoryEverywhere() throws IOException {
        String launcher = Files.readString(Path.of("..", "bongsu"));
        for (String role : List.of("ship", "index")) {
            assertThat(launcher).contains(role + ") memory=\"" + heap(role) + "\" ;;");
            String heap = Children.memory(role).stream()
                    .filter(option -> !option.startsWith("-Xms") && !option.startsWith("-XX:+Use"))
                    .collect(Collectors.joining(" "));
            assertThat(Files.readString(Path.of("..", "docker-compose.yml")))
                    .contains("JDK_JAVA_OPTIONS: " + heap + "\n");
            assertThat(Files.readString(Path.of("..", "k8s", "base", role + ".yaml")))
                    .contains("{ name: JDK_JAVA_OPTIONS, value: " + heap + " }");
            if (role.equals("ship")) {
                assertThat(Files.readString(Path.of("..", "k8s", "nodes", "base", "node.yaml")))
                        .contains("{ name: JDK_JAVA_OPTIONS, value: " + heap + " }");
            }
        }
        assertThat(launcher).contains("*) memory=\"" + heap("up") + "\" ;;");
    }

    private static String heap(String role) {
        List<String> options = Children.memory(role);
        assertThat(options.getFirst()).isEqualTo("-XX:+UseSerialGC");
        return String.join(" ", options.subList(1, options.size()));
    }

    @Test
    void eachKeyOfTheShippedFileIsInTheReference() {
        assertThat(ConfigReference.text())
                .contains(
                        "| `kafka.port` | a number from 1 to 65535 (0: any free one) | `9092` | `BONGSU_KAFKA_PORT` |")
                .contains("| `listeners.*.tag` |", "`BONGSU_LISTENERS_<NAME>_TAG`", "| `rules` | a list of folders");
    }
}
