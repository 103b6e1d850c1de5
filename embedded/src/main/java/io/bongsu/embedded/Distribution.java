package io.bongsu.embedded;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder {@code target/dist} that the build of this module makes: {@code kafka/*.jar} and {@code
 * elasticsearch/elasticsearch-VERSION/}. It is where the system property {@code bongsu.embedded} or the environment variable
 * {@code BONGSU_EMBEDDED} says, else beside our own classes.
 */
record Distribution(Path folder, Path ownCode) {

    static Distribution find() {
        Path code = locationOfOurClasses();
        String told = System.getProperty("bongsu.embedded", System.getenv("BONGSU_EMBEDDED"));
        // target/classes, or the jar in target
        Path folder = told != null ? Path.of(told).toAbsolutePath() : code.resolveSibling("dist");
        if (!Files.isDirectory(folder.resolve("kafka")) || !Files.isDirectory(folder.resolve("elasticsearch"))) {
            throw new EmbeddedException(
                    "the embedded servers are not in " + folder,
                    "build them with: mvn -pl embedded package; or set BONGSU_EMBEDDED to the folder embedded/target/dist");
        }
        return new Distribution(folder, code);
    }

    /**
     * The JVM options of a server, and behind them those of the system property {@code bongsu.embedded.options} or the
     * environment variable {@code BONGSU_EMBEDDED_OPTIONS}, so that the last word is the user's. Tests that start servers
     * often set {@code -XX:TieredStopAtLevel=1}: half the CPU time until they are ready.
     */
    static List<String> withOptions(String... own) {
        String more = System.getProperty("bongsu.embedded.options", System.getenv("BONGSU_EMBEDDED_OPTIONS"));
        return Stream.concat(
                        Stream.of(own),
                        more == null
                                ? Stream.empty()
                                : Arrays.stream(more.trim().split("\\s+")))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** For the class path of the child that runs Kafka. */
    String kafkaClassPath() {
        return ownCode + File.pathSeparator + folder.resolve("kafka") + File.separator + "*";
    }

    Path elasticsearchHome() {
        try (Stream<Path> found = Files.list(folder.resolve("elasticsearch"))) {
            List<Path> homes = found.filter(f -> Files.isDirectory(f.resolve("modules")))
                    .sorted()
                    .toList();
            if (!homes.isEmpty()) {
                return homes.getLast();
            }
        } catch (IOException e) {
            // as if it were empty
        }
        throw new EmbeddedException(
                "there is no Elasticsearch in " + folder.resolve("elasticsearch"),
                "build it with: mvn -pl embedded clean package");
    }

    private static Path locationOfOurClasses() {
        try {
            return Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("classes that are not from a file", e);
        }
    }
}
