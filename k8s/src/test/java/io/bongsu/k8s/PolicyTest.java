package io.bongsu.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.k8s.Manifests.Pod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we promise of every pod, and which edges there are between them. On what an overlay makes of the files. */
class PolicyTest {
    /** Secrets that the operators make, or that README.md tells how to make. */
    private static final Set<String> SECRETS_OF_OTHERS = Set.of(
            "bongsu-cluster-ca-cert",
            "bongsu-ship",
            "bongsu-node",
            "bongsu-listener",
            "bongsu-parse",
            "bongsu-correlate",
            "bongsu-index",
            "bongsu-setup",
            "bongsu-es-http-certs-public",
            "bongsu-kb-http-certs-public",
            "bongsu-index-elasticsearch",
            "bongsu-setup-elasticsearch");

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void noPodCanDoMoreThanItNeeds(String overlay) throws Exception {
        List<Pod> pods = Manifests.pods(Manifests.built(overlay));

        assertThat(pods).hasSizeGreaterThanOrEqualTo(7);
        for (Pod pod : pods) {
            Map<String, Object> spec = pod.spec();
            assertThat(Yaml.at(spec, "securityContext", "runAsNonRoot"))
                    .as(pod.name())
                    .isEqualTo(true);
            assertThat(Yaml.at(spec, "securityContext", "seccompProfile", "type"))
                    .as(pod.name())
                    .isEqualTo("RuntimeDefault");
            assertThat(spec.get("automountServiceAccountToken")).as(pod.name()).isEqualTo(false);
            assertThat(spec).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
            assertThat(pod.containers()).isNotEmpty();
            for (Map<String, Object> container : pod.containers()) {
                Map<String, Object> security = Yaml.map(container.get("securityContext"));
                assertThat(security).as(pod.name()).containsEntry("allowPrivilegeEscalation", false);
                assertThat(security).doesNotContainKey("privileged");
                assertThat(Yaml.strings(Yaml.at(security, "capabilities", "drop")))
                        .as(pod.name())
                        .containsExactly("ALL");
                assertThat(Yaml.map(security.get("capabilities"))).doesNotContainKey("add");
                assertThat(Yaml.at(container, "resources", "limits", "memory"))
                        .as(pod.name())
                        .isNotNull();
                assertThat(Yaml.at(container, "resources", "requests", "cpu"))
                        .as(pod.name())
                        .isNotNull();
                if (pod.ours()) {
                    assertThat(security).containsEntry("readOnlyRootFilesystem", true);
                }
            }
            for (Map<String, Object> volume : Yaml.maps(spec.get("volumes"))) {
                assertThat(volume).as(pod.name()).doesNotContainKey("hostPath");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void ourPodsRunAsOurUser(String overlay) throws Exception {
        for (Pod pod : ours(overlay)) {
            assertThat(Yaml.at(pod.spec(), "securityContext", "runAsUser"))
                    .as(pod.name())
                    .isEqualTo(10001);
            assertThat(pod.spec().get("enableServiceLinks")).as(pod.name()).isEqualTo(false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void everyImageIsPinned(String overlay) throws Exception {
        for (Pod pod : Manifests.pods(Manifests.built(overlay))) {
            for (Map<String, Object> container : pod.containers()) {
                if (container.get("image") instanceof String image) { // an operator chooses its own, by version
                    assertThat(image).as(pod.name()).matches(".+:[0-9]+\\.[0-9]+\\.[0-9]+.*|.+@sha256:[0-9a-f]{64}");
                } else {
                    assertThat(Yaml.text(pod.owner(), "spec", "version")).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void nothingThatRestoresIsRestarted(String overlay) throws Exception {
        for (Pod pod : ours(overlay)) {
            if (pod.once()) {
                continue;
            }
            for (Map<String, Object> container : pod.containers()) {
                assertThat(Yaml.at(container, "livenessProbe", "httpGet", "path"))
                        .isEqualTo("/livez");
                assertThat(Yaml.at(container, "startupProbe", "httpGet", "path"))
                        .isEqualTo("/livez");
                assertThat(Yaml.at(container, "readinessProbe", "httpGet", "path"))
                        .isEqualTo("/readyz");
            }
            assertThat((Integer) pod.spec().get("terminationGracePeriodSeconds"))
                    .isGreaterThanOrEqualTo(30);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void whatIsNamedIsThere(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Set<String> secrets = names(all, "Secret");
        secrets.addAll(SECRETS_OF_OTHERS);
        for (Pod pod : Manifests.pods(all)) {
            Set<String> volumes = new HashSet<>();
            for (Map<String, Object> volume : Yaml.maps(pod.spec().get("volumes"))) {
                volumes.add(String.valueOf(volume.get("name")));
                if (volume.containsKey("secret")) {
                    assertThat(secrets).contains(Yaml.text(volume, "secret", "secretName"));
                }
            }
            Yaml.maps(Yaml.at(pod.owner(), "spec", "volumeClaimTemplates"))
                    .forEach(claim -> volumes.add(Manifests.name(claim)));
            for (Map<String, Object> container : pod.containers()) {
                Set<String> mounted = Yaml.maps(container.get("volumeMounts")).stream()
                        .map(m -> String.valueOf(m.get("name")))
                        .collect(Collectors.toSet());
                assertThat(volumes).as(pod.name()).isEqualTo(mounted);
                for (Map<String, Object> from : Yaml.maps(container.get("envFrom"))) {
                    assertThat(names(all, "ConfigMap")).contains(Yaml.text(from, "configMapRef", "name"));
                }
            }
        }
        for (Map<String, Object> service : Manifests.of(all, "Service")) {
            Map<String, Object> selector = Yaml.map(Yaml.at(service, "spec", "selector"));
            assertThat(Manifests.pods(all))
                    .as("somebody behind " + Manifests.name(service))
                    .anyMatch(pod -> pod.labels().entrySet().containsAll(selector.entrySet()));
        }
        for (Pod pod : ours(overlay)) {
            if (!pod.once()) {
                assertThat(names(all, "PodDisruptionBudget")).contains(pod.name());
            }
        }
    }

    /** The only place where something is allowed that is forbidden everywhere else; word by word. */
    @ParameterizedTest
    @ValueSource(strings = {"nodes/dev", "nodes/prod"})
    void theReaderOfNodeLogsIsRootMayOnlyReadAndIsAloneInItsNamespace(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        assertThat(all).allSatisfy(object -> assertThat(
                        object.get("kind").equals("Namespace")
                                ? Manifests.name(object)
                                : Yaml.text(object, "metadata", "namespace"))
                .isEqualTo("bongsu-nodes"));
        Map<String, Object> namespace = Manifests.of(all, "Namespace").get(0);
        assertThat(Yaml.map(Yaml.at(namespace, "metadata", "labels")))
                .containsEntry("pod-security.kubernetes.io/enforce", "privileged")
                .containsEntry("pod-security.kubernetes.io/warn", "restricted");
        assertThat(Manifests.pods(all)).hasSize(1);
        Pod node = Manifests.pods(all).get(0);
        assertThat(node.kind()).isEqualTo("DaemonSet");
        assertThat(node.spec()).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC", "initContainers");
        assertThat(node.spec())
                .containsEntry("automountServiceAccountToken", false)
                .containsEntry("enableServiceLinks", false)
                .containsEntry(
                        "securityContext",
                        Map.of(
                                "runAsNonRoot",
                                false,
                                "runAsUser",
                                0,
                                "runAsGroup",
                                0,
                                "seccompProfile",
                                Map.of("type", "RuntimeDefault")));
        assertThat(node.containers()).hasSize(1);
        Map<String, Object> container = node.containers().get(0);
        assertThat(container)
                .containsEntry(
                        "securityContext",
                        Map.of(
                                "allowPrivilegeEscalation",
                                false,
                                "readOnlyRootFilesystem",
                                true,
                                "capabilities",
                                Map.of("drop", List.of("ALL"), "add", List.of("DAC_READ_SEARCH"))));
        assertThat(Yaml.text(container, "image")).matches(".+:[0-9]+\\.[0-9]+\\.[0-9]+");
        assertThat(Yaml.at(container, "resources", "limits", "memory")).isNotNull();
        assertThat(Yaml.text(container, "livenessProbe", "httpGet", "path")).isEqualTo("/livez");
        assertThat(Yaml.text(container, "readinessProbe", "httpGet", "path")).isEqualTo("/readyz");
        Map<String, String> folders = new java.util.TreeMap<>();
        for (Map<String, Object> volume : Yaml.maps(node.spec().get("volumes"))) {
            if (volume.containsKey("hostPath")) {
                folders.put(String.valueOf(volume.get("name")), Yaml.text(volume, "hostPath", "path"));
            }
        }
        assertThat(folders).isEqualTo(Map.of("logs", "/var/log/pods", "data", "/var/lib/bongsu-node"));
        assertThat(Yaml.maps(container.get("volumeMounts")))
                .filteredOn(mount -> !Set.of("data", "tmp").contains(mount.get("name")))
                .allSatisfy(mount -> assertThat(mount).containsEntry("readOnly", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodes/dev", "nodes/prod"})
    void theReaderOfNodeLogsReachesKafkaOnlyAndIsReachedByPrometheusOnly(String overlay) throws Exception {
        assertThat(edges(Manifests.built(overlay)))
                .containsExactlyInAnyOrder(
                        "app.kubernetes.io/part-of=bongsu -> kubernetes.io/metadata.name=kube-system/k8s-app=kube-dns 53/TCP",
                        "app.kubernetes.io/part-of=bongsu -> kubernetes.io/metadata.name=kube-system/k8s-app=kube-dns 53/UDP",
                        "kubernetes.io/metadata.name=monitoring -> app.kubernetes.io/part-of=bongsu 5516/TCP",
                        "bongsu.io/uses-kafka=true -> kubernetes.io/metadata.name=bongsu/bongsu.io/server=kafka 9092/TCP");
    }

    /** Files that are handed to our own configuration are read by it, and say what the ports promise. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod", "nodes/dev", "nodes/prod"})
    void whatAShipperIsToldIsAConfiguration(String overlay) throws Exception {
        for (Map<String, Object> map : Manifests.of(Manifests.built(overlay), "ConfigMap")) {
            String text = Yaml.map(map.get("data")).get("bongsu.yml") instanceof String file ? file : "";
            assertThat(Configured.problems(text)).as(Manifests.name(map)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void serviceContainerAndListenersHaveTheSamePorts(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Map<String, Object> service = named(all, "Service", "ship");
        Map<String, Object> container = Manifests.pods(List.of(named(all, "StatefulSet", "ship")))
                .get(0)
                .containers()
                .get(0);
        Map<String, String> listening = new java.util.TreeMap<>();
        Map<String, Object> configuration = Yaml.documents(
                        Yaml.text(named(all, "ConfigMap", "bongsu-ship"), "data", "bongsu.yml"))
                .get(0);
        Yaml.map(configuration.get("listeners")).forEach((name, listener) -> {
            Map<String, Object> keys = Yaml.map(listener);
            listening.put(
                    name,
                    String.valueOf(keys.get("bind")).replace("0.0.0.0:", "")
                            + (String.valueOf(keys.get("type")).endsWith("udp") ? "/UDP" : "/TCP")
                            + (keys.containsKey("tls") ? " tls" : ""));
        });
        Map<String, String> open = new java.util.TreeMap<>();
        for (Map<String, Object> port : Yaml.maps(container.get("ports"))) {
            if (!"health".equals(port.get("name"))) {
                open.put(String.valueOf(port.get("name")), port.get("containerPort") + "/" + port.get("protocol"));
            }
        }

        boolean tls = overlay.endsWith("prod");
        Map<String, String> expected = new java.util.TreeMap<>(Map.of(
                "syslog-udp", "5514/UDP",
                "syslog-tcp", "5514/TCP",
                "json-tcp", "5515/TCP",
                "relp", "2514/TCP" + (tls ? " tls" : ""),
                "beats", "5044/TCP" + (tls ? " tls" : "")));
        if (tls) {
            expected.put("syslog-tls", "6514/TCP tls");
        }
        assertThat(listening).isEqualTo(expected);
        listening.replaceAll((name, port) -> port.replace(" tls", ""));
        assertThat(open).isEqualTo(listening);
        assertThat(Yaml.maps(Yaml.at(service, "spec", "ports")))
                .extracting(port -> String.valueOf(port.get("targetPort")))
                .containsExactlyInAnyOrderElementsOf(open.keySet());
        assertThat(Yaml.text(service, "spec", "type")).isEqualTo("LoadBalancer");
    }

    private static Map<String, Object> named(List<Map<String, Object>> all, String kind, String name) {
        return Manifests.of(all, kind).stream()
                .filter(object -> Manifests.name(object).equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Every variable is a key of the configuration, and every value one that it takes. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void everyVariableIsAKeyOfTheConfiguration(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Map<String, Object> common = Yaml.map(named(all, "ConfigMap", "bongsu").get("data"));
        for (Pod pod : ours(overlay)) {
            Map<String, String> environment = Configured.strings(common);
            for (Map<String, Object> variable :
                    Yaml.maps(pod.containers().get(0).get("env"))) {
                environment.put(String.valueOf(variable.get("name")), String.valueOf(variable.get("value")));
            }
            assertThat(Configured.problems(environment)).as(pod.name()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void statefulPodsKeepTheirVolumeAndHaveAStandbyWhereThereAreOthers(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Map<String, Object> correlate = all.stream()
                .filter(o ->
                        "StatefulSet".equals(o.get("kind")) && Manifests.name(o).equals("correlate"))
                .findFirst()
                .orElseThrow();

        assertThat(Yaml.maps(Yaml.at(correlate, "spec", "volumeClaimTemplates")))
                .hasSize(1);
        int replicas = (Integer) Yaml.map(correlate.get("spec")).get("replicas");
        Pod pod = Manifests.pods(List.of(correlate)).get(0);
        String standbys = Yaml.maps(pod.containers().get(0).get("env")).stream()
                .filter(e -> "BONGSU_STREAMS_STANDBYS".equals(e.get("name")))
                .map(e -> String.valueOf(e.get("value")))
                .findFirst()
                .orElseThrow();
        assertThat(standbys).isEqualTo(replicas > 1 ? "1" : "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void theEdgesAreExactlyThese(String overlay) throws Exception {
        Set<String> edges = edges(Manifests.built(overlay));

        List<String> expected = new ArrayList<>(List.of(
                "app.kubernetes.io/part-of=bongsu -> kubernetes.io/metadata.name=kube-system/k8s-app=kube-dns 53/TCP",
                "app.kubernetes.io/part-of=bongsu -> kubernetes.io/metadata.name=kube-system/k8s-app=kube-dns 53/UDP",
                "anywhere -> app.kubernetes.io/name=ship 5514/TCP",
                "anywhere -> app.kubernetes.io/name=ship 5514/UDP",
                "anywhere -> app.kubernetes.io/name=ship 5515/TCP",
                "anywhere -> app.kubernetes.io/name=ship 2514/TCP",
                "anywhere -> app.kubernetes.io/name=ship 5044/TCP",
                "kubernetes.io/metadata.name=bongsu-nodes/bongsu.io/uses-kafka=true -> bongsu.io/server=kafka 9092/TCP",
                "kubernetes.io/metadata.name=monitoring -> app.kubernetes.io/part-of=bongsu 5516/TCP"));
        Map.of("kafka", 9092, "elasticsearch", 9200, "kibana", 5601).forEach((server, port) -> {
            String edge = "bongsu.io/uses-" + server + "=true -> bongsu.io/server=" + server + " " + port + "/TCP";
            expected.add(edge); // said on both sides, so twice in the files
        });
        if (overlay.endsWith("prod")) {
            expected.add("anywhere -> app.kubernetes.io/name=ship 6514/TCP");
            // One that is to stop says so through the service.
            expected.add("bongsu.io/server=elasticsearch -> bongsu.io/server=elasticsearch 9200/TCP");
            expected.add("bongsu.io/server=elasticsearch -> bongsu.io/server=elasticsearch 9300/TCP");
            expected.add("kubernetes.io/metadata.name=elastic-system -> bongsu.io/server=elasticsearch 9200/TCP");
        }
        assertThat(edges).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void whoUsesWhatIsWhatTheRolesNeed(String overlay) throws Exception {
        Map<String, Set<String>> uses = new java.util.TreeMap<>();
        for (Pod pod : ours(overlay)) {
            uses.put(
                    pod.name(),
                    pod.labels().keySet().stream()
                            .filter(l -> l.startsWith("bongsu.io/uses-"))
                            .map(l -> l.substring("bongsu.io/uses-".length()))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }

        assertThat(uses)
                .isEqualTo(Map.of(
                        "ship", Set.of("kafka"),
                        "parse", Set.of("kafka"),
                        "correlate", Set.of("kafka"),
                        "index", Set.of("elasticsearch", "kafka"),
                        "setup", Set.of("elasticsearch", "kafka", "kibana"),
                        "doctor", Set.of("elasticsearch", "kafka", "kibana")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void withoutAnEdgeThereIsNothing(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Map<String, Object> deny = Manifests.of(all, "NetworkPolicy").stream()
                .filter(p -> Manifests.name(p).equals("nothing-by-default"))
                .findFirst()
                .orElseThrow();

        assertThat(Yaml.map(deny.get("spec"))).doesNotContainKeys("ingress", "egress");
        assertThat(Yaml.strings(Yaml.at(deny, "spec", "policyTypes"))).containsExactly("Ingress", "Egress");
        Map<String, Object> selected = Yaml.map(Yaml.at(deny, "spec", "podSelector", "matchLabels"));
        for (Pod pod : ours(overlay)) {
            assertThat(pod.labels().entrySet()).as(pod.name()).containsAll(selected.entrySet());
        }
    }

    /** Kibana could not: what may send to somebody finds nobody when it may not ask for names. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod", "nodes/dev", "nodes/prod"})
    void whoReachesSomebodyMayAskForNames(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        Map<String, Object> names = selected(named(all, "NetworkPolicy", "names"));

        for (Map<String, Object> policy : Manifests.of(all, "NetworkPolicy")) {
            if (Yaml.strings(Yaml.at(policy, "spec", "policyTypes")).contains("Egress")) {
                assertThat(Manifests.pods(all))
                        .filteredOn(pod -> pod.labels()
                                .entrySet()
                                .containsAll(selected(policy).entrySet()))
                        .as(Manifests.name(policy))
                        .isNotEmpty()
                        .allSatisfy(pod -> assertThat(pod.labels().entrySet()).containsAll(names.entrySet()));
            }
        }
    }

    private static Map<String, Object> selected(Map<String, Object> policy) {
        return Yaml.map(Yaml.at(policy, "spec", "podSelector", "matchLabels"));
    }

    /** Kafka's brokers in `prod` could not: their securityContext took the place of Strimzi's, which names a group. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod"})
    void whoKeepsAVolumeMayWriteToIt(String overlay) throws Exception {
        List<Map<String, Object>> all = Manifests.built(overlay);
        for (Pod pod : Manifests.pods(all)) {
            assertThat(Yaml.at(pod.spec(), "securityContext", "fsGroup"))
                    .as(pod.name())
                    .isNotNull();
        }
        for (Map<String, Object> kafka : Manifests.of(all, "Kafka")) {
            assertThat(Yaml.at(kafka, "spec", "kafka", "template", "pod", "securityContext", "fsGroup"))
                    .isEqualTo(0); // the group of its image
        }
    }

    /** ECK gave it no securityContext (cloud-on-k8s 8827), so the namespace, which is restricted, would have refused Kibana's pod. */
    @Test
    void whatEckStartsBeforeKibanaIsRestrictedAsWell() throws Exception {
        assertThat(Manifests.pods(Manifests.of(Manifests.built("overlays/prod"), "Kibana")))
                .singleElement()
                .satisfies(kibana -> assertThat(Yaml.maps(kibana.spec().get("initContainers")))
                        .extracting(container -> container.get("name"))
                        .containsExactly("elastic-internal-init")); // what it may: noPodCanDoMoreThanItNeeds
    }

    /** Strimzi writes a policy for each listener. */
    @Test
    void strimziLetsInWhomWeLetIn() throws Exception {
        List<Map<String, Object>> all = Manifests.built("overlays/prod");
        Map<String, Object> ours = Yaml.maps(Yaml.at(named(all, "NetworkPolicy", "kafka-from"), "spec", "ingress"))
                .get(0);

        assertThat(Yaml.maps(Yaml.at(named(all, "Kafka", "bongsu"), "spec", "kafka", "listeners")))
                .isNotEmpty()
                .allSatisfy(listener -> assertThat(listener).containsEntry("networkPolicyPeers", ours.get("from")));
    }

    /** Each policy as lines of who → whom and port. */
    private static Set<String> edges(List<Map<String, Object>> all) {
        Set<String> edges = new TreeSet<>();
        for (Map<String, Object> policy : Manifests.of(all, "NetworkPolicy")) {
            Map<String, Object> spec = Yaml.map(policy.get("spec"));
            String self = labels(Yaml.map(spec.get("podSelector")));
            for (Map<String, Object> rule : Yaml.maps(spec.get("ingress"))) {
                for (String peer : peers(rule, "from")) {
                    ports(rule).forEach(port -> edges.add(peer + " -> " + self + " " + port));
                }
            }
            for (Map<String, Object> rule : Yaml.maps(spec.get("egress"))) {
                for (String peer : peers(rule, "to")) {
                    ports(rule).forEach(port -> edges.add(self + " -> " + peer + " " + port));
                }
            }
        }
        return edges;
    }

    private static List<String> peers(Map<String, Object> rule, String side) {
        if (!rule.containsKey(side)) {
            return List.of("anywhere");
        }
        return Yaml.maps(rule.get(side)).stream()
                .map(peer -> {
                    assertThat(peer).doesNotContainKey("ipBlock");
                    List<String> parts = new ArrayList<>();
                    for (String selector : List.of("namespaceSelector", "podSelector")) {
                        if (peer.containsKey(selector)) {
                            parts.add(labels(Yaml.map(peer.get(selector))));
                        }
                    }
                    return String.join("/", parts);
                })
                .toList();
    }

    private static List<String> ports(Map<String, Object> rule) {
        assertThat(Yaml.maps(rule.get("ports"))).isNotEmpty();
        return Yaml.maps(rule.get("ports")).stream()
                .map(port -> port.get("port") + "/" + port.get("protocol"))
                .toList();
    }

    private static String labels(Map<String, Object> selector) {
        Map<String, Object> labels = Yaml.map(selector.get("matchLabels"));
        assertThat(labels).as("selects everything").isNotEmpty();
        return labels.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static List<Pod> ours(String overlay) throws Exception {
        List<Pod> ours = Manifests.pods(Manifests.built(overlay)).stream()
                .filter(Pod::ours)
                .toList();
        assertThat(ours).hasSize(6);
        return ours;
    }

    private static Set<String> names(List<Map<String, Object>> all, String kind) {
        return Manifests.of(all, kind).stream().map(Manifests::name).collect(Collectors.toCollection(HashSet::new));
    }
}
