package io.bongsu.k8s;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The objects: as they stand in the files, and as an overlay makes them. */
final class Manifests {
    private Manifests() {}

    static List<Path> files() {
        try (Stream<Path> files = Stream.of("base", "overlays", "nodes").flatMap(Manifests::walk)) {
            return files.filter(f -> f.toString().endsWith(".yaml"))
                    .filter(f -> !f.endsWith("kustomization.yaml"))
                    .filter(f -> !f.toString().endsWith("-patch.yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Path> walk(String folder) {
        try {
            return Files.walk(Path.of(folder));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What `kubectl apply -k` would send; skipped where there is no kubectl, which needs no cluster for this. */
    static List<Map<String, Object>> built(String folder) throws IOException, InterruptedException {
        assumeTrue(kubectl(), "there is no kubectl on the PATH: overlays are not built, only their files are checked");
        Process process = new ProcessBuilder("kubectl", "kustomize", folder)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("kubectl kustomize " + folder + " failed");
        }
        return Yaml.documents(text);
    }

    private static boolean kubectl() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
    }

    static List<Map<String, Object>> of(List<Map<String, Object>> all, String kind) {
        return all.stream().filter(o -> kind.equals(o.get("kind"))).toList();
    }

    static String name(Map<String, Object> object) {
        return Yaml.text(object, "metadata", "name");
    }

    /** A pod that somebody makes from an object. */
    record Pod(String kind, String name, Map<String, Object> template, Map<String, Object> owner) {
        Map<String, Object> spec() {
            return Yaml.map(template.get("spec"));
        }

        List<Map<String, Object>> containers() {
            List<Map<String, Object>> all = new ArrayList<>(Yaml.maps(spec().get("initContainers")));
            all.addAll(Yaml.maps(spec().get("containers")));
            return all;
        }

        /** One of our roles, not a server. */
        boolean ours() {
            return containers().stream()
                    .anyMatch(c -> String.valueOf(c.get("image")).contains("bongsu"));
        }

        /** It ends by itself, so nothing probes it. */
        boolean once() {
            return kind.equals("Job") || kind.equals("CronJob");
        }

        Map<String, Object> labels() {
            return Yaml.map(Yaml.at(template, "metadata", "labels"));
        }
    }

    static List<Pod> pods(List<Map<String, Object>> all) {
        List<Pod> pods = new ArrayList<>();
        for (Map<String, Object> object : all) {
            String kind = String.valueOf(object.get("kind"));
            switch (kind) {
                case "Deployment", "StatefulSet", "DaemonSet", "Job" ->
                    pods.add(new Pod(kind, name(object), Yaml.map(Yaml.at(object, "spec", "template")), object));
                case "CronJob" ->
                    pods.add(new Pod(
                            kind,
                            name(object),
                            Yaml.map(Yaml.at(object, "spec", "jobTemplate", "spec", "template")),
                            object));
                case "Elasticsearch" ->
                    Yaml.maps(Yaml.at(object, "spec", "nodeSets"))
                            .forEach(
                                    n -> pods.add(new Pod(kind, name(object), Yaml.map(n.get("podTemplate")), object)));
                case "Kibana" ->
                    pods.add(new Pod(kind, name(object), Yaml.map(Yaml.at(object, "spec", "podTemplate")), object));
                default -> {
                    // makes no pods, or, as Strimzi's, writes them itself
                }
            }
        }
        return pods;
    }
}
