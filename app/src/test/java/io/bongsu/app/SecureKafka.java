package io.bongsu.app;

import io.bongsu.embedded.KafkaProcess;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * For tests: a broker with the listeners of docker-compose.yml (TLS and a password for clients), a user for each role, and
 * for each the rights that k8s/overlays/prod/kafka-users.yaml gives it.
 */
final class SecureKafka implements AutoCloseable {
    private static final List<String> USERS = List.of("ship", "parse", "correlate", "index", "setup");

    private final Path directory;
    private final KafkaProcess kafka;

    private SecureKafka(Path directory, KafkaProcess kafka) {
        this.directory = directory;
        this.kafka = kafka;
    }

    static SecureKafka start(Path directory) {
        try {
            Files.createDirectories(directory);
            Certificates.make(directory, "kafka", "ip:127.0.0.1");
            Certificates.make(directory, "other", "ip:127.0.0.1");
            List<Integer> ports =
                    Stream.generate(Ports::free).distinct().limit(3).toList();
            String users = Stream.concat(USERS.stream(), Stream.of("admin"))
                    .map(u -> "user_" + u + "=\"" + password(u) + "\"")
                    .collect(Collectors.joining(" "));
            Files.writeString(
                    directory.resolve("server.properties"),
                    String.join(
                            "\n",
                            "listeners=CLIENT://127.0.0.1:%d,INTERNAL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                    .formatted(ports.toArray()),
                            "advertised.listeners=CLIENT://127.0.0.1:%d,INTERNAL://127.0.0.1:%d"
                                    .formatted(ports.toArray()),
                            "controller.quorum.voters=1@127.0.0.1:" + ports.get(2),
                            "listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
                            "inter.broker.listener.name=INTERNAL",
                            "sasl.enabled.mechanisms=PLAIN",
                            "listener.name.client.plain.sasl.jaas.config="
                                    + "org.apache.kafka.common.security.plain.PlainLoginModule required " + users + ";",
                            "ssl.keystore.type=PKCS12",
                            "ssl.keystore.location=" + directory.resolve("kafka.p12"),
                            "ssl.keystore.password=" + Certificates.PASSWORD,
                            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                            "super.users=User:ANONYMOUS;User:admin",
                            ""));
            for (String user : USERS) {
                Files.writeString(directory.resolve(user + ".password"), password(user) + "\n");
            }
            return new SecureKafka(directory, KafkaProcess.start(directory, ports.get(0)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String password(String user) {
        return "canary-" + user;
    }

    void awaitReady() {
        kafka.awaitReady();
        try (Admin admin = Admin.create(client("admin"))) {
            admin.createAcls(rights()).all().get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Map<String, String> environment(String role) {
        return Map.of(
                "BONGSU_KAFKA_BOOTSTRAP",
                kafka.bootstrap(),
                "BONGSU_KAFKA_TLS",
                "true",
                "BONGSU_KAFKA_CA_FILE",
                directory.resolve("kafka.pem").toString(),
                "BONGSU_KAFKA_MECHANISM",
                "plain",
                "BONGSU_KAFKA_USER",
                role,
                "BONGSU_KAFKA_PASSWORD_FILE",
                directory.resolve(role + ".password").toString());
    }

    Map<String, Object> client(String user) throws IOException {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", kafka.bootstrap());
        client.put("security.protocol", "SASL_SSL");
        client.put("ssl.truststore.type", "PEM");
        client.put("ssl.truststore.certificates", Files.readString(directory.resolve("kafka.pem")));
        client.put("sasl.mechanism", "PLAIN");
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                        + password(user) + "\";");
        return client;
    }

    private static List<AclBinding> rights() throws IOException {
        List<AclBinding> rights = new ArrayList<>();
        String text = Files.readString(Path.of("..", "k8s", "overlays", "prod", "kafka-users.yaml"));
        for (Object user : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            String name = String.valueOf(at(user, "metadata", "name")).substring("bongsu-".length());
            for (Object acl : (List<?>) at(user, "spec", "authorization", "acls")) {
                Object type = at(acl, "resource", "type");
                var resource = new ResourcePattern(
                        switch (String.valueOf(type)) {
                            case "topic" -> ResourceType.TOPIC;
                            case "group" -> ResourceType.GROUP;
                            case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
                            default -> ResourceType.CLUSTER;
                        },
                        type.equals("cluster") ? "kafka-cluster" : String.valueOf(at(acl, "resource", "name")),
                        "prefix".equals(((Map<?, ?>) at(acl, "resource")).get("patternType"))
                                ? PatternType.PREFIXED
                                : PatternType.LITERAL);
                for (Object operation : (List<?>) at(acl, "operations")) {
                    String word = String.valueOf(operation).replaceAll("(?<=[a-z])(?=[A-Z])", "_");
                    rights.add(new AclBinding(
                            resource,
                            new AccessControlEntry(
                                    "User:" + name,
                                    "*",
                                    AclOperation.fromString(word.toUpperCase(java.util.Locale.ROOT)),
                                    AclPermissionType.ALLOW)));
                }
            }
        }
        return rights;
    }

    private static Object at(Object node, String... path) {
        Object here = node;
        for (String key : path) {
            here = ((Map<?, ?>) here).get(key);
        }
        return here;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
