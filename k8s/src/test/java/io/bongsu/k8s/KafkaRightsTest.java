package io.bongsu.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compose and Kubernetes give a role the same rights. That they suffice, and what they refuse, is tested on a real Kafka in the app. */
class KafkaRightsTest {
    @TempDir
    Path directory;

    @Test
    void theScriptOfComposeSaysTheSameAsTheUsersOfStrimzi() throws Exception {
        Set<String> users = users();
        users.removeIf(
                right -> right.startsWith("setup ")); // a super user in Compose, which sets up the rights as well

        Set<String> nodes = new TreeSet<>(); // Compose has no nodes; those who read their logs may what a shipper may
        users.stream().filter(right -> right.startsWith("node ")).forEach(nodes::add);
        users.removeAll(nodes);
        assertThat(nodes)
                .containsExactlyInAnyOrderElementsOf(users.stream()
                        .filter(right -> right.startsWith("ship "))
                        .map(right -> right.replaceFirst("ship", "node"))
                        .toList());
        assertThat(script()).isEqualTo(users).hasSizeGreaterThan(30);
    }

    private static Set<String> users() throws IOException {
        Set<String> rights = new TreeSet<>();
        for (Map<String, Object> user : Yaml.documents(Path.of("overlays/prod/kafka-users.yaml"))) {
            String name = Manifests.name(user).substring("bongsu-".length());
            for (Map<String, Object> acl : Yaml.maps(Yaml.at(user, "spec", "authorization", "acls"))) {
                Map<String, Object> resource = Yaml.map(acl.get("resource"));
                boolean prefix = "prefix".equals(resource.get("patternType"));
                String what = resource.get("type")
                        + (resource.containsKey("name") ? " " + resource.get("name") : "")
                        + (prefix ? "*" : "");
                Yaml.strings(acl.get("operations")).forEach(op -> rights.add(name + " " + op + " " + what));
            }
        }
        return rights;
    }

    /** Runs it with a kafka-acls.sh that only says what it was asked for. */
    private Set<String> script() throws Exception {
        Path fake = directory.resolve("kafka-acls.sh");
        Files.writeString(fake, "#!/bin/bash\necho \"$@\" >>'" + directory.resolve("asked") + "'\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder("bash", "../compose/kafka-rights.sh").redirectErrorStream(true);
        builder.environment().put("KAFKA_ACLS", fake.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        Set<String> rights = new TreeSet<>();
        for (String line : Files.readAllLines(directory.resolve("asked"))) {
            rights(line.split(" "), rights);
        }
        return rights;
    }

    private static void rights(String[] words, Set<String> rights) {
        String user = "";
        String what = "";
        boolean prefix = false;
        Set<String> operations = new TreeSet<>();
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--allow-principal" -> user = words[i + 1].substring("User:".length());
                case "--operation" -> operations.add(words[i + 1]);
                case "--topic", "--group" -> what = words[i].substring(2).toLowerCase(Locale.ROOT) + " " + words[i + 1];
                case "--transactional-id" -> what = "transactionalId " + words[i + 1];
                case "--cluster" -> what = "cluster";
                case "--resource-pattern-type" -> prefix = words[i + 1].equals("prefixed");
                default -> {
                    // how to connect
                }
            }
        }
        for (String operation : operations) {
            rights.add(user + " " + operation + " " + what + (prefix ? "*" : ""));
        }
    }
}
