package io.bongsu.app.config;

import io.bongsu.app.config.ConfigReader.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CONFIGURATION.md: every key that {@link ConfigReader} asks for, with what it takes, its default, the variable that sets it,
 * and what it means, which is said once: in the comments of the shipped bongsu.yml or, for keys that do not stand there, here.
 */
public final class ConfigReference {
    private static final String HEADER = """
            # Configuration

            Every key, made from the code by `./bongsu config reference > app/CONFIGURATION.md`. [bongsu.yml](../bongsu.yml) has those that have a
            default, with their reasons. A key is set in the file, or by its variable, which goes before the file; lists in variables are separated
            by commas. `./bongsu config print` shows what is in force and where it comes from.

            | key | takes | default | variable | meaning |
            |---|---|---|---|---|
            """;

    /** Of keys that are not in the shipped file. */
    private static final Map<String, String> MEANINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("kafka.ca_file", "PEM: whose certificates are accepted; without it the CAs of Java"),
            Map.entry("kafka.certificate_file", "PEM: our certificate, for brokers that ask for one"),
            Map.entry("kafka.key_file", "PEM, unencrypted PKCS#8: its key"),
            Map.entry("kafka.user", "who we are"),
            Map.entry("kafka.password", "its secret"),
            Map.entry("kafka.password_file", "a file that holds it, which is better"),
            Map.entry("kafka.client.*", "Kafka's property of that name, for all clients that have it"),
            Map.entry(
                    "kafka.client.batch.size",
                    "Of all producers. Without it 1 MiB in the shipper, whose records hold up to 256 KiB of lines, and 256 KiB in streams."),
            Map.entry(
                    "kafka.client.compression.type",
                    "Of all producers. Without it lz4; zstd for dead letters of the indexer. With zstd for all, streams took 22 s of processor time a million lines instead of 20, at the same rate."),
            Map.entry(
                    "kafka.client.linger.ms",
                    "Of all producers. Without it 1 in the shipper, which packs lines itself (shipper.linger), 10 in streams, 20 for dead letters of the indexer."),
            Map.entry(
                    "kafka.client.fetch.min.bytes",
                    "Of all consumers. Without it 16 KiB in the indexer, 1 byte in streams, where each wait is one of an alert. With 64 KiB and 100 ms for all, streams took 25 s of processor time a million lines instead of 20, and Kafka 12 instead of 8."),
            Map.entry(
                    "kafka.client.fetch.max.wait.ms",
                    "Of all consumers. Without it 100 in the indexer, Kafka's 500 in streams, where it is never waited for."),
            Map.entry(
                    "kafka.client.fetch.max.bytes",
                    "Of all consumers. Without it 8 MiB in the indexer, which has to stay small, and Kafka's 50 MiB in streams."),
            Map.entry(
                    "kafka.client.max.partition.fetch.bytes",
                    "Of all consumers. Without it Kafka's 1 MiB: some 5,000 lines."),
            Map.entry(
                    "kafka.client.session.timeout.ms",
                    "Of all consumers. Without it 15,000 in the indexer and 20,000 in streams: how long the work of one that never comes back lies. One that comes back under its name goes on at once."),
            Map.entry("elasticsearch.api_key", "as Elasticsearch prints it (\"encoded\")"),
            Map.entry("elasticsearch.api_key_file", "a file that holds it, which is better"),
            Map.entry("elasticsearch.user", "who we are, where there is no API key"),
            Map.entry("elasticsearch.password", "its secret"),
            Map.entry("elasticsearch.password_file", "a file that holds it, which is better"),
            Map.entry("elasticsearch.ca_file", "PEM: whose certificates are accepted; without it the CAs of Java"),
            Map.entry("kibana.ca_file", "PEM; without it that of Elasticsearch"),
            Map.entry("files.*.paths", "which to follow; * ? [a-z] {a,b} within a name, ** for any folders"),
            Map.entry("files.*.exclude", "of these, which not"),
            Map.entry("files.*.start", "where to begin with files that are there when the group is new"),
            Map.entry("files.*.format", "how lines are written there"),
            Map.entry("files.*.tag", "as for listeners"),
            Map.entry("files.*.charset", "as for listeners"),
            Map.entry("files.*.zone", "as for listeners"),
            Map.entry("listeners.*.tls.certificate", "PEM: what the listener shows; read again when it changes"),
            Map.entry("listeners.*.tls.key", "PEM: its key"),
            Map.entry("listeners.*.tls.client_ca", "PEM: whose certificates senders must have"),
            Map.entry("listeners.*.tls.client_auth", "whether senders need a certificate"),
            Map.entry("listeners.*.type", "what is spoken there"),
            Map.entry("listeners.*.bind", "address and port; 0.0.0.0 is every address of this machine")));

    private static final Pattern KEY = Pattern.compile("^( *)([a-z_-]+): *(.*)$");
    private static final Pattern IN_COMMENT = Pattern.compile("^([a-z_]+): {2,}\\S+ {2,}(.+)$");

    private ConfigReference() {}

    public static String text() {
        Map<String, Setting> shipped = new LinkedHashMap<>();
        ConfigReader.load(Path.of("/nowhere"), null, Map.of(), null)
                .settings()
                .forEach(setting -> shipped.putIfAbsent(general(setting.key()), setting));
        Map<String, String> comments = comments();
        StringBuilder out = new StringBuilder(HEADER);
        Map<String, String> keys = new LinkedHashMap<>();
        ConfigReader.keys().forEach((key, takes) -> keys.putIfAbsent(general(key), takes));
        keys.forEach((key, takes) -> out.append("| `")
                .append(key)
                .append("` | ")
                .append(cell(takes))
                .append(" | ")
                .append(standard(key, shipped.get(key)))
                .append(" | `")
                .append(ConfigReader.variable(key).replace("*", "<NAME>"))
                .append("` | ")
                .append(cell(meaning(key, comments)))
                .append(" |\n"));
        return out.toString();
    }

    /** Names of listeners are the user's to choose. */
    private static String general(String key) {
        return key.replaceFirst("^(listeners|files)\\.[^.]+\\.", "$1.*.");
    }

    private static String standard(String key, @Nullable Setting shipped) {
        if (shipped == null || key.contains("*")) {
            return "";
        }
        String text = String.join(", ", shipped.text());
        return "`" + (shipped.list() ? "[" + text + "]" : text) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String meaning(String key, Map<String, String> comments) {
        String section = key.substring(0, Math.max(0, key.lastIndexOf('.')));
        String here = MEANINGS.get(key);
        if (here == null && key.startsWith("kafka.client.")) {
            here = MEANINGS.get("kafka.client.*");
        }
        String meaning = here != null ? here : comments.getOrDefault(key, comments.get(section));
        if (meaning == null) {
            throw new IllegalStateException(key
                    + " is explained nowhere: write a comment above it in bongsu.yml, or a line in ConfigReference");
        }
        return meaning;
    }

    /** By key, the comment above it; and what a comment above a section says of keys in it, as {@code key:  example  meaning}. */
    private static Map<String, String> comments() {
        Map<String, String> comments = new LinkedHashMap<>();
        List<String> open = new ArrayList<>();
        List<String> above = new ArrayList<>();
        for (String line : shipped().split("\n")) {
            Matcher key = KEY.matcher(line);
            if (line.strip().startsWith("#")) {
                above.add(line.strip().substring(1).strip());
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                open = new ArrayList<>(open.subList(0, Math.min(depth, open.size())));
                open.add(key.group(2));
                String path = String.join(".", open);
                List<String> prose = new ArrayList<>();
                for (String comment : above) {
                    Matcher inner = IN_COMMENT.matcher(comment);
                    if (inner.matches()) {
                        comments.put(path + ".*." + inner.group(1), inner.group(2));
                    } else {
                        prose.add(comment);
                    }
                }
                if (!prose.isEmpty()) {
                    comments.put(path, String.join(" ", prose));
                }
                above.clear();
            } else {
                above.clear();
            }
        }
        return comments;
    }

    private static String shipped() {
        try (InputStream in = ConfigReference.class.getResourceAsStream(ConfigReader.FILE)) {
            if (in == null) {
                throw new IllegalStateException(ConfigReader.FILE + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
