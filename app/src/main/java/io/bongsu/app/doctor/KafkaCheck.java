package io.bongsu.app.doctor;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Codec;
import io.bongsu.model.Groups;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.RulesManifest;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;

/** Brokers, topics, groups and the shippers that write. Judging is apart from looking, in functions of what was seen. */
final class KafkaCheck {
    /** Which topics a group reads and which command that is. */
    private static final Map<String, List<String>> GROUPS = new TreeMap<>(Map.of(
            Groups.PARSE,
            List.of(Topics.LOGS),
            Groups.CORRELATE,
            List.of(Topics.HITS),
            Groups.INDEX,
            List.of(Topics.EVENTS, Topics.ALERTS, Topics.DEAD_LETTERS)));

    private static final Map<String, String> COMMANDS = Map.of(
            Groups.PARSE,
            "bongsu stream --role parse",
            Groups.CORRELATE,
            "bongsu stream --role correlate",
            Groups.INDEX,
            "bongsu index");

    private static final String METADATA = "metadata.version";
    /** Of Kafka 4.0, the first without ZooKeeper: 25. */
    private static final int KAFKA_4 = 25;

    private static final long MANY = 10_000;
    private static final int TAIL = 50;
    private static final int LOOKS = 10;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final Config config;
    private final Map<String, Object> kafka;

    KafkaCheck(Config config, Map<String, Object> kafka) {
        this.config = config;
        this.kafka = kafka;
    }

    /** @param taken the sum of its offsets */
    record Group(String name, GroupState state, int members, long lag, long taken) {
        boolean isBehind() {
            return state == GroupState.STABLE && members > 0 && lag > 0;
        }
    }

    /**
     * @param age micros since Kafka stored its last heartbeat
     * @param ahead micros that its clock is ahead of the broker's
     */
    record Shipper(String id, long age, long ahead) {}

    List<Finding> look(Admin admin) throws InterruptedException {
        List<Finding> all = new ArrayList<>();
        try {
            Collection<Node> nodes = admin.describeCluster().nodes().get();
            all.add(Finding.ok(
                    "kafka",
                    "Kafka answers at " + kafka.get("bootstrap.servers") + ", " + nodes.size() + " broker(s)"));
            all.add(version(admin));
            Set<String> names = admin.listTopics().names().get();
            List<String> ours = Topics.all().stream().map(Topics::name).toList();
            all.addAll(missing(ours, names));
            Map<String, TopicDescription> topics = admin.describeTopics(
                            ours.stream().filter(names::contains).toList())
                    .allTopicNames()
                    .get();
            all.addAll(topics(topics, nodes.size()));
            TopicDescription logs = topics.get(Topics.LOGS);
            if (logs != null) {
                all.addAll(partitions(logs.partitions().size(), config.kafka().partitions(), processors()));
            }
            brokerSettings(admin, nodes, all);
            if (topics.size() == ours.size()) {
                List<Group> groups = groups(admin, topics, all);
                for (Group group : groups) {
                    all.add(group(group, group.name().equals(Groups.PARSE) && standsStill(group, admin, topics)));
                }
                if (logs != null) {
                    all.addAll(threads(groups, logs.partitions().size()));
                    all.addAll(threads(config.streams().threads(), processors()));
                }
                all.addAll(shippers(heartbeats(logs)));
                all.add(live(newest(), ParserSet.builtIn()));
            }
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            all.add(Finding.bad(
                    "kafka",
                    "Kafka at " + kafka.get("bootstrap.servers") + ": " + cause.getMessage(),
                    "check that it runs, kafka.bootstrap, kafka.tls, kafka.user and its rights"));
        }
        return all;
    }

    private @Nullable RulesManifest newest() {
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            RulesTopic.Entry newest = topic.newest();
            return newest == null ? null : newest.manifest();
        }
    }

    /** @param builtIn hash of the parsers that came with this program */
    static Finding live(@Nullable RulesManifest newest, String builtIn) {
        if (newest == null) {
            return Finding.bad("rules", "Kafka holds no rules yet", "run bongsu setup, or bongsu rules push DIR");
        }
        String live = "generation " + newest.getGeneration() + " of rules and parsers is live";
        return newest.getBuiltIn().equals(builtIn)
                ? Finding.ok("rules", live)
                : Finding.note(
                        "rules",
                        live + ", pushed with other built-in parsers than this program has",
                        "bongsu rules push from this version, when all instances have it");
    }

    private static Finding version(Admin admin) throws InterruptedException {
        try {
            FeatureMetadata features =
                    admin.describeFeatures().featureMetadata().get();
            var used = features.finalizedFeatures().get(METADATA);
            var known = features.supportedFeatures().get(METADATA);
            return version(
                    AppInfoParser.getVersion(),
                    used == null ? 0 : used.maxVersionLevel(),
                    known == null ? 0 : known.maxVersion());
        } catch (ExecutionException e) {
            return Finding.ok(
                    "version", "the version of Kafka may not be read; our client is " + AppInfoParser.getVersion());
        }
    }

    /**
     * Brokers tell no version, but the level of their metadata, which is raised by hand after an update.
     *
     * @param used level; 0: it has none, as before 3.3 and with ZooKeeper
     * @param known the highest level that the brokers can do
     */
    static Finding version(String client, int used, int known) {
        String what = "Kafka's metadata.version is level " + used + ", our client is " + client;
        if (used < KAFKA_4) {
            return Finding.note(
                    "version", what + ": older than what we test with", "update the brokers to Kafka 4.0 or newer");
        }
        return used < known
                ? Finding.note(
                        "version",
                        what + "; the brokers are newer and know level " + known,
                        "when the update is to stay: kafka-features.sh upgrade --release-version VERSION")
                : Finding.ok("version", what);
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    static List<Finding> missing(Collection<String> wanted, Collection<String> there) {
        List<String> missing =
                wanted.stream().filter(t -> !there.contains(t)).sorted().toList();
        return missing.isEmpty()
                ? List.of(Finding.ok("topics", "all " + wanted.size() + " topics are there"))
                : List.of(Finding.bad("topics", "topics are missing: " + missing, "run: bongsu setup"));
    }

    private static List<Finding> topics(Map<String, TopicDescription> topics, int brokers) {
        List<Finding> all = new ArrayList<>();
        Map<String, Integer> replication = new TreeMap<>();
        for (TopicDescription topic : topics.values()) {
            replication.put(
                    topic.name(), topic.partitions().getFirst().replicas().size());
            long behind = topic.partitions().stream()
                    .filter(p -> p.isr().size() < p.replicas().size())
                    .count();
            if (behind > 0) {
                all.add(Finding.bad(
                        "replicas",
                        topic.name() + ": " + behind + " partitions lack replicas that are in step",
                        "look for a broker that is down or slow"));
            }
        }
        all.addAll(replication(replication, brokers));
        return all;
    }

    /** @param topics replicas by name */
    static List<Finding> replication(Map<String, Integer> topics, int brokers) {
        List<String> single = topics.entrySet().stream()
                .filter(e -> e.getValue() < 2)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (single.isEmpty()) {
            return List.of(Finding.ok("replication", "each record has copies"));
        }
        return List.of(Finding.note(
                "replication",
                "no copies of " + single + (brokers > 1 ? "" : ": there is one broker"),
                brokers > 1
                        ? "give them replicas with kafka-reassign-partitions, and set kafka.replication: 3 for new ones"
                        : "with three brokers and kafka.replication: 3, a broker can be lost without losing logs"));
    }

    static List<Finding> partitions(int partitions, int configured, int cores) {
        if (partitions != configured) {
            return List.of(
                    Finding.note(
                            "partitions",
                            Topics.LOGS + " has " + partitions + " partitions, and kafka.partitions is " + configured,
                            "set kafka.partitions: " + partitions
                                    + "; more partitions need new topics, since sources would move (see the operations notes)"));
        }
        if (partitions < cores) {
            return List.of(Finding.note(
                    "partitions",
                    partitions + " partitions keep " + partitions + " of the " + cores + " cores of this machine busy",
                    "more need new topics with kafka.partitions: " + cores));
        }
        return List.of(Finding.ok("partitions", partitions + " partitions, " + cores + " cores on this machine"));
    }

    static List<Finding> threads(List<Group> groups, int partitions) {
        List<Finding> all = new ArrayList<>();
        for (Group group : groups) {
            if (group.name().equals(Groups.INDEX) || group.members() == 0) {
                continue;
            }
            if (group.members() > partitions) {
                all.add(Finding.note(
                        "threads",
                        group.name() + ": " + group.members() + " threads for " + partitions + " partitions; "
                                + (group.members() - partitions) + " have nothing to do",
                        "set streams.threads lower, or run fewer instances"));
            } else if (partitions % group.members() != 0) {
                all.add(Finding.note(
                        "threads",
                        group.name() + ": " + partitions + " partitions do not divide evenly by " + group.members()
                                + " threads",
                        "let instances times streams.threads be a divisor of " + partitions));
            } else {
                all.add(Finding.ok(
                        "threads",
                        group.name() + ": " + group.members() + " threads for " + partitions + " partitions"));
            }
        }
        return all;
    }

    /** Those of this machine. */
    static List<Finding> threads(int configured, int cores) {
        return configured <= cores
                ? List.of()
                : List.of(Finding.note(
                        "threads",
                        "streams.threads is " + configured + ", and this machine has " + cores + " cores",
                        "set streams.threads: auto, and run more instances on other machines"));
    }

    private static void brokerSettings(Admin admin, Collection<Node> nodes, List<Finding> all)
            throws InterruptedException {
        ConfigResource broker = new ConfigResource(
                ConfigResource.Type.BROKER, nodes.iterator().next().idString());
        try {
            var settings = admin.describeConfigs(List.of(broker)).all().get().get(broker);
            var create = settings == null ? null : settings.get("auto.create.topics.enable");
            if (create != null && "true".equals(create.value())) {
                all.add(Finding.note(
                        "auto-create",
                        "the brokers create topics that somebody asks for",
                        "set auto.create.topics.enable=false, so that none of ours comes up with other settings"));
            }
        } catch (ExecutionException e) {
            all.add(Finding.ok("auto-create", "the settings of the brokers may not be read"));
        }
    }

    private static List<Group> groups(Admin admin, Map<String, TopicDescription> topics, List<Finding> all)
            throws ExecutionException, InterruptedException {
        List<Group> groups = new ArrayList<>();
        for (String name : GROUPS.keySet()) {
            try {
                groups.add(group(admin, topics, name));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
                all.add(Finding.note(
                        "rights",
                        "the group " + name + " may not be looked at by this user",
                        "run bongsu doctor as the user that runs setup"));
            }
        }
        return groups;
    }

    /**
     * Whether it is behind and takes nothing while it is looked at. Only parse can be asked: behind the last event, hit or
     * alert lies the mark of its transaction, which nobody takes.
     */
    private static boolean standsStill(Group group, Admin admin, Map<String, TopicDescription> topics)
            throws ExecutionException, InterruptedException {
        Group now = group;
        for (int i = 0; i < LOOKS && now.isBehind() && now.taken() == group.taken(); i++) {
            Thread.sleep(BETWEEN_LOOKS);
            now = group(admin, topics, Groups.PARSE);
        }
        return now.isBehind() && now.taken() == group.taken();
    }

    private static Group group(Admin admin, Map<String, TopicDescription> topics, String name)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        Map<TopicPartition, OffsetSpec> beginnings = new HashMap<>();
        for (String topic : Objects.requireNonNull(GROUPS.get(name))) {
            Objects.requireNonNull(topics.get(topic)).partitions().forEach(p -> {
                ends.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest());
                beginnings.put(new TopicPartition(topic, p.partition()), OffsetSpec.earliest());
            });
        }
        ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        var end = admin.listOffsets(ends, committed).all().get();
        var begin = admin.listOffsets(beginnings).all().get();
        var done = admin.listConsumerGroupOffsets(name)
                .partitionsToOffsetAndMetadata()
                .get();
        long lag = 0;
        long taken = 0;
        for (TopicPartition partition : ends.keySet()) {
            var at = done.get(partition);
            long from =
                    at == null ? Objects.requireNonNull(begin.get(partition)).offset() : at.offset();
            lag += Math.max(0, Objects.requireNonNull(end.get(partition)).offset() - from);
            taken += from;
        }
        return described(admin, name, lag, taken);
    }

    private static Group described(Admin admin, String name, long lag, long taken)
            throws ExecutionException, InterruptedException {
        try {
            ConsumerGroupDescription group = Objects.requireNonNull(admin.describeConsumerGroups(List.of(name))
                            .describedGroups()
                            .get(name))
                    .get();
            return new Group(name, group.groupState(), group.members().size(), lag, taken);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                throw e;
            }
            return new Group(name, GroupState.DEAD, 0, lag, taken); // there never was one
        }
    }

    /** @param still although it is behind, it took nothing while it was looked at */
    static Finding group(Group group, boolean still) {
        String lag = group.lag() == 0 ? "no lag" : group.lag() + " records behind";
        if (group.members() == 0) {
            return Finding.bad(
                    "lag",
                    group.name() + ": nobody reads, " + lag,
                    "start: " + COMMANDS.get(group.name()) + " (or bongsu up)");
        }
        if (group.state() != GroupState.STABLE) {
            return Finding.note(
                    "lag",
                    group.name() + ": " + group.members() + " members, partitions are being assigned, " + lag,
                    "look again in a minute; if it stays so, see the logs of " + COMMANDS.get(group.name()));
        }
        if (still) {
            return Finding.bad(
                    "lag",
                    group.name() + ": stands still, " + lag + ", and took none in " + LOOKS + " seconds",
                    "see the log of " + COMMANDS.get(group.name()) + ", and whether what it writes to is there; then"
                            + " OPERATIONS.md, Troubleshooting");
        }
        if (group.lag() > MANY) {
            return Finding.note(
                    "lag",
                    group.name() + ": " + lag,
                    "if it grows, run more instances of " + COMMANDS.get(group.name())
                            + " (up to one thread for each partition)");
        }
        return Finding.ok("lag", group.name() + ": " + group.members() + " members, " + lag);
    }

    /** The newest heartbeat of each shipper among the last records of one partition: all partitions get all of them. */
    private List<Shipper> heartbeats(@Nullable TopicDescription logs) {
        if (logs == null) {
            return List.of();
        }
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().retainAll(ConsumerConfig.configNames());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        Map<String, Shipper> shippers = new TreeMap<>();
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.LOGS, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seek(partition, Math.max(begin, end - TAIL));
            long until = System.nanoTime() + LOOK.toNanos();
            while (consumer.position(partition) < end && System.nanoTime() < until) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    heartbeat(record, shippers);
                }
            }
        }
        return List.copyOf(shippers.values());
    }

    private static void heartbeat(ConsumerRecord<byte[], byte[]> record, Map<String, Shipper> shippers) {
        try {
            if (Codec.decode(record.value()) instanceof Heartbeat beat) {
                long appended = Micros.ofMillis(record.timestamp());
                shippers.put(
                        beat.getShipper(),
                        new Shipper(beat.getShipper(), Micros.now() - appended, beat.getNow() - appended));
            }
        } catch (Codec.Undecodable e) {
            // becomes a dead letter elsewhere
        }
    }

    static List<Finding> shippers(List<Shipper> shippers) {
        if (shippers.isEmpty()) {
            return List.of(Finding.bad("shippers", "no shipper has written a heartbeat lately", "start: bongsu ship"));
        }
        List<Finding> all = new ArrayList<>();
        for (Shipper shipper : shippers) {
            long age = shipper.age() / 1_000_000;
            long ahead = shipper.ahead() / 1_000;
            if (age > 30) {
                all.add(Finding.bad(
                        "shippers",
                        "shipper " + shipper.id() + " was last heard of " + age + " s ago",
                        "start it again, or see its log"));
            } else if (Math.abs(ahead) > 2_000) {
                all.add(Finding.bad(
                        "clock",
                        "the clock of shipper " + shipper.id() + " is " + Math.abs(ahead) + " ms "
                                + (ahead > 0 ? "ahead of" : "behind") + " that of Kafka",
                        "synchronise both (NTP): lines without a time stamp of their own take the shipper's"));
            } else {
                all.add(Finding.ok("shippers", "shipper " + shipper.id() + ": alive, its clock agrees with Kafka's"));
            }
            if (shipper.age() < -2_000_000) {
                all.add(Finding.bad(
                        "clock",
                        "the clock of this machine is " + -age + " s behind that of Kafka",
                        "synchronise both (NTP)"));
            }
        }
        return all.stream().distinct().collect(Collectors.toList());
    }
}
