package io.bongsu.k8s;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether an object is one that its API server would take, as far as that can be known here: Kubernetes' own kinds by the
 * models of its client, which refuse what they do not know; Strimzi's by its models, which keep what they do not know apart;
 * ECK's by the keys that we use, since there is no model of them in Java, and by the pods inside.
 */
final class Schemas {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ELASTICSEARCH = Set.of("version", "auth", "nodeSets");
    private static final Set<String> NODE_SET =
            Set.of("name", "count", "podTemplate", "config", "volumeClaimTemplates");
    private static final Set<String> KIBANA = Set.of("version", "count", "elasticsearchRef", "podTemplate");

    private Schemas() {}

    /** @throws IllegalArgumentException saying what is wrong with it */
    static void check(Map<String, Object> object) throws IOException {
        JsonElement json = Yaml.json(object);
        switch (Yaml.text(object, "apiVersion") + " " + Yaml.text(object, "kind")) {
            case "v1 Namespace" -> V1Namespace.validateJsonElement(json);
            case "v1 ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
            case "v1 ConfigMap" -> V1ConfigMap.validateJsonElement(json);
            case "v1 Secret" -> V1Secret.validateJsonElement(json);
            case "v1 Service" -> V1Service.validateJsonElement(json);
            case "apps/v1 Deployment" -> V1Deployment.validateJsonElement(json);
            case "apps/v1 StatefulSet" -> V1StatefulSet.validateJsonElement(json);
            case "apps/v1 DaemonSet" -> V1DaemonSet.validateJsonElement(json);
            case "batch/v1 Job" -> V1Job.validateJsonElement(json);
            case "batch/v1 CronJob" -> V1CronJob.validateJsonElement(json);
            case "policy/v1 PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
            case "networking.k8s.io/v1 NetworkPolicy" -> V1NetworkPolicy.validateJsonElement(json);
            case "kafka.strimzi.io/v1 Kafka" -> strimzi(json, Kafka.class);
            case "kafka.strimzi.io/v1 KafkaNodePool" -> strimzi(json, KafkaNodePool.class);
            case "kafka.strimzi.io/v1 KafkaUser" -> strimzi(json, KafkaUser.class);
            case "elasticsearch.k8s.elastic.co/v1 Elasticsearch" -> elasticsearch(object);
            case "kibana.k8s.elastic.co/v1 Kibana" -> kibana(object);
            default ->
                throw new IllegalArgumentException(
                        "nothing is known of " + object.get("apiVersion") + " " + object.get("kind"));
        }
    }

    private static void elasticsearch(Map<String, Object> object) throws IOException {
        known(Yaml.map(object.get("spec")), ELASTICSEARCH);
        for (Map<String, Object> nodes : Yaml.maps(Yaml.at(object, "spec", "nodeSets"))) {
            known(nodes, NODE_SET);
            V1PodTemplateSpec.validateJsonElement(Yaml.json(Yaml.map(nodes.get("podTemplate"))));
            for (Map<String, Object> claim : Yaml.maps(nodes.get("volumeClaimTemplates"))) {
                V1PersistentVolumeClaim.validateJsonElement(Yaml.json(claim));
            }
        }
    }

    private static void kibana(Map<String, Object> object) throws IOException {
        known(Yaml.map(object.get("spec")), KIBANA);
        V1PodTemplateSpec.validateJsonElement(Yaml.json(Yaml.map(Yaml.at(object, "spec", "podTemplate"))));
    }

    private static void known(Map<String, Object> map, Set<String> keys) {
        if (!keys.containsAll(map.keySet())) {
            throw new IllegalArgumentException("unknown among " + map.keySet());
        }
    }

    private static void strimzi(JsonElement json, Class<?> type) throws IOException {
        List<String> unknown = new ArrayList<>();
        unknown(JSON.readValue(json.toString(), type), type.getSimpleName(), unknown);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown to Strimzi: " + unknown);
        }
    }

    private static void unknown(Object bean, String path, List<String> found) {
        try {
            for (Method method : bean.getClass().getMethods()) {
                if (method.getParameterCount() != 0 || !method.getName().startsWith("get")) {
                    continue;
                }
                boolean ours = method.getReturnType().getName().startsWith("io.strimzi.")
                        || List.class.isAssignableFrom(method.getReturnType())
                        || method.getName().equals("getAdditionalProperties");
                Object value = ours ? method.invoke(bean) : null;
                if (method.getName().equals("getAdditionalProperties") && value instanceof Map<?, ?> more) {
                    more.keySet().forEach(key -> found.add(path + "." + key));
                } else if (value instanceof List<?> list) {
                    for (Object item : list) {
                        if (item.getClass().getName().startsWith("io.strimzi.") && !(item instanceof Enum<?>)) {
                            unknown(item, path + "." + method.getName().substring(3), found);
                        }
                    }
                } else if (value != null && !(value instanceof Enum<?>) && !(value instanceof Map<?, ?>)) {
                    unknown(value, path + "." + method.getName().substring(3), found);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(path, e);
        }
    }
}
