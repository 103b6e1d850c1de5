package io.bongsu.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ../docker-compose.yml: against the schema of the Compose specification, and what we promise of every container. No Docker engine is asked. */
class ComposeTest {
    /** Services that end. */
    private static final Set<String> ONCE = Set.of("secrets", "kafka-rights", "rights", "setup", "demo");
    /** Our image. */
    private static final Set<String> ROLES = Set.of("ship", "parse", "correlate", "index", "setup", "demo");

    private final Map<String, Object> file = read();
    private final Map<String, Map<String, Object>> services = services();

    private static Map<String, Object> read() {
        try {
            return Yaml.documents(Path.of("..", "docker-compose.yml")).get(0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> all = new TreeMap<>();
        Yaml.map(file.get("services")).forEach((name, service) -> all.put(name, Yaml.map(service)));
        return all;
    }

    /** It knows each key and what it may be; a typo anywhere is an error. */
    @Test
    void theFileIsWhatTheSpecificationAllows() throws IOException {
        String text = Files.readString(Path.of("target", "dclint", "package", "schemas", "compose.schema.json"));
        // Its id is relative, which the validator does not take.
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(text.replace("\"compose_spec.json\"", "\"urn:compose\""));

        assertThat(problems(schema, file)).isEmpty();
        for (String place : List.of("", "services", "services.ship", "services.ship.healthcheck", "networks.log")) {
            Map<String, Object> wrong = read();
            Yaml.map(place.isEmpty() ? wrong : Yaml.at(wrong, place.split("\\.")))
                    .put("no_such_key", 1);
            assertThat(problems(schema, wrong)).as(place).anyMatch(p -> p.contains("no_such_key"));
        }
    }

    private static List<String> problems(Schema schema, Map<String, Object> file) {
        return schema.validate(Yaml.json(file).toString(), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void whoWaitsForWhomIsAService() {
        services.forEach((name, service) -> assertThat(services.keySet())
                .as(name)
                .containsAll(Yaml.map(service.get("depends_on")).keySet()));
    }

    @Test
    void noContainerCanDoMoreThanItNeeds() {
        services.forEach((name, service) -> {
            assertThat(Yaml.strings(service.get("cap_drop"))).as(name).containsExactly("ALL");
            assertThat(Yaml.strings(service.get("security_opt"))).as(name).containsExactly("no-new-privileges:true");
            assertThat(service).as(name).containsKeys("mem_limit", "pids_limit", "logging", "restart");
            assertThat(service).doesNotContainKeys("privileged", "devices", "pid", "ipc");
            // Those two give files to their readers; nobody else may add to what was dropped.
            assertThat(service.containsKey("cap_add"))
                    .as(name)
                    .isEqualTo(Set.of("secrets", "rights").contains(name));
            assertThat(service.toString()).as(name).doesNotContain("docker.sock");
            if (ROLES.contains(name)) {
                assertThat(service)
                        .as(name)
                        .containsEntry("user", "10001:10001")
                        .containsEntry("read_only", true);
            }
        });
    }

    @Test
    void everyImageIsPinned() {
        services.forEach((name, service) -> assertThat(String.valueOf(service.get("image")))
                .as(name)
                .matches("bongsu:\\$\\{BONGSU_VERSION:-[0-9.]+}|.+:[0-9]+\\.[0-9]+\\.[0-9]+"));
        assertThat(services.get("elasticsearch")).extracting("image").asString().endsWith(":9.5.3");
        assertThat(services.get("rights")).extracting("image").isEqualTo(image("elasticsearch"));
        assertThat(services.get("secrets")).extracting("image").isEqualTo(image("elasticsearch"));
        assertThat(services.get("kafka-rights")).extracting("image").isEqualTo(image("kafka"));
    }

    /** Six services built it under one name, at once, and Docker with the store of containerd refuses the second: "already exists". */
    @Test
    void ourImageIsBuiltByOneForWhomAllOthersWait() {
        assertThat(services)
                .allSatisfy((name, service) ->
                        assertThat(service.containsKey("build")).as(name).isEqualTo(name.equals("setup")));
        for (String role : ROLES) {
            Set<String> before = new TreeSet<>(Set.of(role));
            for (boolean more = true; more; ) {
                Set<String> further = new TreeSet<>();
                before.forEach(name -> further.addAll(
                        Yaml.map(Yaml.map(services.get(name)).get("depends_on")).keySet()));
                more = before.addAll(further);
            }
            assertThat(before).as(role).contains("setup");
        }
    }

    /** Kibana's lay over its folder config, and hid the options of Node.js in it. */
    @Test
    void secretsHideNothingOfAnImage() {
        services.forEach((name, service) -> Yaml.maps(service.get("volumes")).forEach(volume -> {
            if ("secrets".equals(volume.get("source"))) {
                assertThat(volume.get("target")).as(name).isIn("/secrets", "/usr/share/elasticsearch/config/secrets");
            }
        }));
    }

    private Object image(String service) {
        return Yaml.map(services.get(service)).get("image");
    }

    /** `up --wait` waits for health, and one that ended is fine when somebody waits for its end. */
    @Test
    void whatStaysIsCheckedAndWhatEndsIsWaitedFor() {
        Set<String> waitedFor = new HashSet<>(Set.of("demo"));
        services.values().forEach(s -> Yaml.map(s.get("depends_on")).forEach((other, how) -> {
            if ("service_completed_successfully".equals(Yaml.map(how).get("condition"))) {
                waitedFor.add(other);
            }
        }));
        services.forEach((name, service) -> {
            if (ONCE.contains(name)) {
                assertThat(service).as(name).containsEntry("restart", "no");
                // One that is switched off is, for some versions of Compose, one to wait for in vain.
                assertThat(service).as(name).doesNotContainKey("healthcheck");
                assertThat(waitedFor).contains(name);
            } else {
                assertThat(service).as(name).containsEntry("restart", "unless-stopped");
                assertThat(Yaml.map(service.get("healthcheck"))).as(name).containsKeys("test", "interval", "retries");
            }
        });
    }

    @Test
    void everyVariableOfARoleIsAKeyOfTheConfiguration() {
        for (String role : ROLES) {
            Map<String, String> environment = new HashMap<>();
            Yaml.map(Yaml.map(services.get(role)).get("environment"))
                    .forEach((key, value) ->
                            environment.put(key, String.valueOf(value).replaceAll("\\$\\{[A-Z_]+:-([^}]*)}", "$1")));
            assertThat(Configured.problems(environment)).as(role).isEmpty();
        }
    }

    @Test
    void eachReadsItsOwnSecretsOnly() {
        Map<String, String> folders = new TreeMap<>();
        services.forEach((name, service) -> Yaml.maps(service.get("volumes")).forEach(volume -> {
            if ("secrets".equals(volume.get("source"))) {
                assertThat(volume).containsEntry("read_only", true);
                folders.put(name, Yaml.text(volume, "volume", "subpath"));
            }
        }));

        assertThat(folders)
                .isEqualTo(Map.of(
                        "kafka", "kafka",
                        "kafka-rights", "kafka",
                        "elasticsearch", "elasticsearch",
                        "kibana", "kibana",
                        "setup", "setup",
                        "ship", "ship",
                        "parse", "parse",
                        "correlate", "correlate",
                        "index", "index"));
        services.forEach((name, service) -> {
            if (Yaml.strings(service.get("volumes")).contains("secrets:/secrets")) {
                assertThat(name).isIn("secrets", "rights");
            }
        });
    }

    @Test
    void noPasswordIsInTheFile() throws IOException {
        String text = Files.readString(Path.of("..", "docker-compose.yml")).replaceAll("(?m)#.*$", "");

        Pattern secret = Pattern.compile("(?i)(password|api_key|secret)[a-z_]*: +(\\S+)");
        for (var m = secret.matcher(text); m.find(); ) {
            // A file, or the word that keeps nobody out.
            assertThat(m.group(2)).as(m.group()).matches("/.*|\\{\\}?|bongsu");
        }
    }

    @Test
    void whoReachesWhom() {
        Map<String, Set<String>> networks = new TreeMap<>();
        services.forEach((name, service) -> Yaml.strings(service.get("networks"))
                .forEach(n -> networks.computeIfAbsent(n, k -> new TreeSet<>()).add(name)));

        assertThat(networks)
                .isEqualTo(Map.of(
                        "log", Set.of("kafka", "kafka-rights", "setup", "ship", "parse", "correlate", "index"),
                        "store", Set.of("elasticsearch", "rights", "kibana", "setup", "index"),
                        "people", Set.of("kibana", "ship", "demo")));
        assertThat(Yaml.at(file, "networks", "log", "internal")).isEqualTo(true);
        assertThat(Yaml.at(file, "networks", "store", "internal")).isEqualTo(true);
        assertThat(services.get("secrets")).containsEntry("network_mode", "none");
        assertThat(Yaml.strings(Yaml.map(services.get("kibana")).get("ports"))).containsExactly("127.0.0.1:5601:5601");
        assertThat(services.values().stream()
                        .flatMap(s -> Yaml.strings(s.get("ports")).stream())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "514:5514/udp",
                        "514:5514/tcp",
                        "5514:5514/udp",
                        "5514:5514/tcp",
                        "5515:5515/tcp",
                        "6514:6514/tcp",
                        "2514:2514/tcp",
                        "5044:5044/tcp",
                        "127.0.0.1:5601:5601");
    }

    @Test
    void whatIsNamedIsDefinedAndWhatIsDefinedIsUsed() {
        Set<String> volumes = new HashSet<>();
        Set<String> configs = new HashSet<>();
        services.values().forEach(service -> {
            for (Object volume : (List<?>) service.getOrDefault("volumes", List.of())) {
                volumes.add(
                        volume instanceof String text
                                ? text.substring(0, text.indexOf(':'))
                                : String.valueOf(Yaml.map(volume).get("source")));
            }
            Yaml.maps(service.get("configs")).forEach(c -> configs.add(String.valueOf(c.get("source"))));
        });

        assertThat(volumes).isEqualTo(Yaml.map(file.get("volumes")).keySet());
        assertThat(configs).isEqualTo(Yaml.map(file.get("configs")).keySet());
        Yaml.map(file.get("configs")).values().forEach(config -> assertThat(
                        Path.of("..", String.valueOf(Yaml.map(config).get("file"))))
                .isRegularFile());
    }

    @Test
    void thePortsThatAreOpenAreThoseOnWhichTheShipperListens() throws IOException {
        Map<String, Object> configuration =
                Yaml.documents(Path.of("..", "compose", "ship.yml")).get(0);
        Set<String> listening = new TreeSet<>();
        Yaml.map(configuration.get("listeners")).values().forEach(listener -> {
            Map<String, Object> keys = Yaml.map(listener);
            String port = String.valueOf(keys.get("bind")).replace("0.0.0.0:", "");
            listening.add(port + (keys.get("type").toString().endsWith("udp") ? "/udp" : "/tcp"));
        });
        Set<String> open = Yaml.strings(services.get("ship").get("ports")).stream()
                .map(port -> port.substring(port.indexOf(':') + 1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(Configured.problems(Path.of("..", "compose", "ship.yml"))).isEmpty();
        assertThat(open).isEqualTo(listening).contains("6514/tcp", "2514/tcp", "5044/tcp");
    }

    @Test
    void theScriptsAreValidShell() throws Exception {
        for (String script : List.of("secrets.sh", "rights.sh", "kafka-rights.sh")) {
            Process bash = new ProcessBuilder("bash", "-n", "../compose/" + script)
                    .inheritIO()
                    .start();
            assertThat(bash.waitFor()).as(script).isZero();
        }
    }

    /** certutil goes to its own folder before it writes, so a relative path once put the key of Kafka where nobody looks. */
    @Test
    void everySecretThatAContainerIsToldOfIsMadeAtTheFirstStart(@TempDir Path directory) throws Exception {
        Path secrets = Files.createDirectory(directory.resolve("secrets"));
        Path bin = Files.createDirectory(directory.resolve("bin"));
        fake(bin, "chown", "exit 0");
        // Like the real one: from another folder, and only where a folder is.
        fake(bin, "certutil", "cd /; while [ \"$1\" != --out ]; do shift; done; echo made >\"$2\"");
        fake(bin, "unzip", "name=$(basename \"$3\" .zip); mkdir -p \"$5/$name\"; touch \"$5/$name/$name\".{crt,key}");
        ProcessBuilder builder = new ProcessBuilder("bash", "../compose/secrets.sh").redirectErrorStream(true);
        builder.environment().put("SECRETS", secrets.toString());
        builder.environment().put("CERTUTIL", bin.resolve("certutil").toString());
        builder.environment().merge("PATH", bin.toString(), (path, ours) -> ours + ":" + path);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();

        Pattern named = Pattern.compile("(?:/secrets|(?<= )secrets)/([a-z.0-9-]+)");
        services.forEach((service, keys) -> {
            for (Map<String, Object> volume : Yaml.maps(keys.get("volumes"))) {
                if ("secrets".equals(volume.get("source"))) {
                    Path folder = secrets.resolve(Yaml.text(volume, "volume", "subpath"));
                    Set<String> files = new TreeSet<>(Set.of("ca.crt"));
                    List<Object> told =
                            new ArrayList<>(Yaml.map(keys.get("environment")).values());
                    told.addAll(Yaml.strings(keys.get("command")));
                    for (Object value : told) {
                        for (var m = named.matcher(" " + value); m.find(); ) {
                            files.add(m.group(1));
                        }
                    }
                    if (Set.of("index", "setup").contains(service)) {
                        assertThat(files.remove("elasticsearch.key")).isTrue(); // made by rights.sh
                    }
                    files.forEach(
                            file -> assertThat(folder.resolve(file)).as(service).isRegularFile());
                }
            }
        });
        assertThat(secrets.resolve("kibana/kibana.yml"))
                .content()
                .contains("/secrets/ca.crt")
                .contains("elasticsearch.password: \"" + Files.readString(secrets.resolve("rights/kibana.password")));
        assertThat(secrets.resolve("done")).exists();
    }

    private static void fake(Path bin, String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** The folder k8s was left out whole, and Maven does not begin without the file of each module. */
    @Test
    void whatTheImageIsBuiltFromIsSentToTheBuilder() throws IOException {
        List<String> ignored = Files.readAllLines(Path.of("..", ".dockerignore")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        Set<String> needed = new TreeSet<>(Set.of("pom.xml", "bongsu.yml", "LICENSE", "correlation-rules/rules"));
        String pom = Files.readString(Path.of("..", "pom.xml"));
        for (var m = Pattern.compile("<module>([a-z0-9-]+)</module>")
                        .matcher(pom.substring(0, pom.indexOf("<profiles>")));
                m.find(); ) {
            needed.add(m.group(1) + "/pom.xml");
        }

        assertThat(needed).hasSizeGreaterThan(10).allSatisfy(file -> {
            boolean sent = true;
            for (String pattern : ignored) { // the last that fits counts, for the file or a folder that holds it
                String glob = pattern.replaceFirst("^!", "");
                for (Path path = Path.of(file); path != null; path = path.getParent()) {
                    if (path.getFileSystem().getPathMatcher("glob:" + glob).matches(path)) {
                        sent = pattern.startsWith("!");
                    }
                }
            }
            assertThat(sent).as(file).isTrue();
        });
    }

    @Test
    void theImageRunsAsNobodyAndHoldsNoServer() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "Dockerfile"));

        List<String> from = lines.stream().filter(l -> l.startsWith("FROM ")).toList();
        assertThat(from).hasSize(2).allMatch(l -> l.matches("FROM \\S+:[0-9][0-9A-Za-z._-]+( AS build)?"));
        assertThat(from.get(1)).contains("25", "-jre");
        assertThat(lines.stream().filter(l -> l.startsWith("USER ")).toList()).containsExactly("USER 10001:10001");
        assertThat(lines).noneMatch(l -> l.startsWith("ADD "));
        assertThat(lines.stream().filter(l -> l.startsWith("COPY --from=build")).toList())
                .containsExactly("COPY --from=build /src/app/target/dist/lib /opt/bongsu/lib");
        assertThat(lines).anyMatch(l -> l.startsWith("ENTRYPOINT [\"java\""));
    }
}
