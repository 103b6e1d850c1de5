package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics that are not there. One that is there is left alone: another number of partitions would send a
 * source to another partition than before, and break the order and the state of its lines; so a difference is only said.
 */
final class TopicSetup {
    private TopicSetup() {}

    /**
     * @param created topics that were not there
     * @param notes differences from what was asked for
     */
    record Outcome(int created, int partitions, List<String> notes) {}

    static Outcome run(Map<String, Object> kafka, Config.Kafka config) {
        int partitions = config.partitions();
        Optional<Short> replication =
                config.replication() == 0 ? Optional.empty() : Optional.of((short) config.replication());
        try (Admin admin = Waiting.patientAdmin(kafka)) {
            var existing = admin.listTopics().names().get();
            List<NewTopic> missing = new ArrayList<>();
            List<String> present = new ArrayList<>();
            for (Topics topic : Topics.all()) {
                if (existing.contains(topic.name())) {
                    present.add(topic.name());
                } else {
                    int asked = topic.single() ? 1 : partitions;
                    missing.add(new NewTopic(topic.name(), Optional.of(asked), replication)
                            .configs(settings(topic, config.retention())));
                }
            }
            create(admin, missing);
            retain(admin, present, config.retention());
            List<String> notes = new ArrayList<>();
            Map<String, Integer> found = new HashMap<>();
            for (TopicDescription topic :
                    admin.describeTopics(present).allTopicNames().get().values()) {
                found.put(topic.name(), topic.partitions().size());
            }
            found.forEach((name, n) -> {
                if (n != partitions && !name.equals(Topics.RULES)) {
                    notes.add("topic " + name + " keeps its " + n + " partitions (" + partitions
                            + " are configured): changing them would break the order of lines that it holds");
                }
            });
            return new Outcome(
                    missing.size(),
                    found.getOrDefault(Topics.LOGS, partitions),
                    notes.stream().sorted().toList());
        } catch (ExecutionException e) {
            throw new Fault(
                    "the topics cannot be created: "
                            + Objects.requireNonNull(e.getCause()).getMessage(),
                    "check kafka.bootstrap and the rights of its user",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault("interrupted while topics were created", "start again", e);
        }
    }

    /** Logs, events and hits as long as configured; what is kept for longer anyway, at least as long. */
    private static Map<String, String> settings(Topics topic, Duration retention) {
        Map<String, String> settings = new HashMap<>(topic.config());
        if (topic.kept()) {
            return settings;
        }
        settings.computeIfPresent("retention.ms", (key, ours) -> switch (topic.name()) {
            case Topics.LOGS, Topics.EVENTS, Topics.HITS -> Long.toString(retention.toMillis());
            default -> Long.toString(Math.max(Long.parseLong(ours), retention.toMillis()));
        });
        return settings;
    }

    /** The settings of topics that are there are brought up to date; Kafka applies them at once. */
    private static void retain(Admin admin, List<String> present, Duration retention)
            throws ExecutionException, InterruptedException {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topics topic : Topics.all()) {
            if (present.contains(topic.name())) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        settings(topic, retention).entrySet().stream()
                                .map(e -> new AlterConfigOp(
                                        new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
                                .toList());
            }
        }
        admin.incrementalAlterConfigs(changes).all().get();
    }

    private static void create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(missing).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) { // somebody else was faster
                throw e;
            }
        }
    }
}
