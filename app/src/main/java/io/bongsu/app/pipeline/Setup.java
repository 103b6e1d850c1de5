package io.bongsu.app.pipeline;

import io.bongsu.app.config.Config;
import io.bongsu.app.kibana.Kibana;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Templates;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Topics, index templates and Kibana's objects, for servers that are not ours. Idempotent. */
public final class Setup {
    private Setup() {}

    /** Returns what was done, for people. */
    public static List<String> run(Config config, Map<String, Object> kafka, URI url, Waiting waiting) {
        waiting.forKafka(kafka, List.of());
        List<String> said = new ArrayList<>(topics(config, kafka));
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, url)) {
            waiting.forElasticsearch(elasticsearch, false);
            Templates.Form form = Templates.install(elasticsearch);
            said.add("index templates: installed in the " + form.name().toLowerCase(Locale.ROOT) + " form");
        }
        Kibana kibana = Parts.kibana(config);
        if (kibana != null) {
            waiting.forKibana(kibana);
            said.add("kibana: " + kibana.install() + " objects");
        }
        return said;
    }

    /** Only the topics, and the first generation of rules and parsers where none is there: those of the configuration. */
    public static List<String> topics(Config config, Map<String, Object> kafka) {
        TopicSetup.Outcome topics = TopicSetup.run(kafka, config.kafka());
        List<String> said = new ArrayList<>();
        said.add("topics: " + topics.created() + " created, " + topics.partitions() + " partitions");
        said.addAll(topics.notes());
        RulesPush.Candidate candidate = RulesPush.Candidate.read(config, Folders.of(config));
        RulesPush.Outcome first = new RulesPush(config, kafka).first(candidate, "bongsu setup");
        if (first.published() != null) {
            said.add("rules: generation 1 published, " + first.loaded().ruleCount() + " rules, "
                    + first.loaded().rulesWithProblems() + " with problems");
            said.addAll(candidate.problems());
        }
        return said;
    }
}
