package io.bongsu.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.indexer.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compose and Kubernetes give indexer and setup the same rights in Elasticsearch; RolesIT tries them. */
class ElasticsearchRightsTest {
    @TempDir
    Path directory;

    @BeforeEach
    void secrets() throws IOException {
        for (String folder : List.of("rights", "index", "setup", "bin")) {
            Files.createDirectory(directory.resolve(folder));
        }
        Files.writeString(directory.resolve("rights/elastic.password"), "secret-1");
        Files.writeString(directory.resolve("rights/kibana.password"), "secret-2");
        fake("chown", "exit 0");
        // What it is told beside the command line, where it is called, and with what.
        fake("curl", """
                cat >>"$SECRETS/told"
                while [ $# -gt 0 ]; do
                  case $1 in http*) url=$1 ;; --data) body=$(cat "${2#@}") ;; esac
                  printf '%s\\n' "$1" >>"$SECRETS/words"
                  shift
                done
                printf -- '---\\nurl: %s\\nbody: %s\\n' "$url" "$body" >>"$SECRETS/asked"
                printf '{"id":"x","name":"n","api_key":"k","encoded":"ZW5jb2RlZA=="}'
                """);
    }

    private void fake(String name, String script) throws IOException {
        Path file = Files.writeString(directory.resolve("bin").resolve(name), "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void theScriptOfComposeSaysTheSameAsTheRolesOfEck() throws Exception {
        run();

        Map<String, Object> given = new TreeMap<>();
        for (Map<String, Object> asked : asked()) {
            given.putAll(Yaml.map(Yaml.at(asked, "body", "role_descriptors")));
        }
        assertThat(given).isEqualTo(new TreeMap<>(roles())).containsOnlyKeys("bongsu-index", "bongsu-setup");
    }

    /**
     * The indexer had create_doc, which refuses what a bulk request says with "index": not a single event would have come in. With
     * monitor it sees whether the template is there, without which the first document's mapping is guessed.
     */
    @Test
    void theIndexerMayWriteWhatItWrites() throws Exception {
        Map<String, Object> role = Yaml.map(roles().get("bongsu-index"));

        assertThat(Yaml.strings(role.get("cluster"))).containsExactly("monitor");
        for (String written :
                List.of(Target.ALL_EVENTS, Target.ALL_ALERTS, Target.ALL_ALERT_NOTES, Target.ALL_DEAD_LETTERS)) {
            assertThat(Yaml.maps(role.get("indices")))
                    .filteredOn(rights -> Yaml.strings(rights.get("names")).contains(written))
                    .as(written)
                    .singleElement()
                    .satisfies(rights -> assertThat(Yaml.strings(rights.get("privileges")))
                            .containsExactlyInAnyOrder("index", "auto_configure"));
        }
    }

    @Test
    void aKeyIsMadeOnceAndNoPasswordIsOnACommandLine() throws Exception {
        run();
        run();

        assertThat(asked()).hasSize(4); // Kibana's password each time
        assertThat(directory.resolve("index/elasticsearch.key")).hasContent("ZW5jb2RlZA==");
        assertThat(directory.resolve("setup/elasticsearch.key")).hasContent("ZW5jb2RlZA==");
        assertThat(directory.resolve("told")).content().contains("user = \"elastic:secret-1\"");
        assertThat(directory.resolve("words")).content().doesNotContain("secret-");
    }

    private void run() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "../compose/rights.sh").redirectErrorStream(true);
        builder.environment().put("SECRETS", directory.toString());
        builder.environment().merge("PATH", directory.resolve("bin").toString(), (path, ours) -> ours + ":" + path);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private List<Map<String, Object>> asked() throws IOException {
        return Yaml.documents(directory.resolve("asked"));
    }

    private static Map<String, Object> roles() throws IOException {
        return Yaml.documents(Path.of("overlays/prod/elasticsearch.yaml")).stream()
                .filter(object -> "bongsu-elasticsearch-roles".equals(Manifests.name(object)))
                .map(secret -> Yaml.documents(Yaml.text(secret, "stringData", "roles.yml"))
                        .get(0))
                .findFirst()
                .orElseThrow();
    }
}
