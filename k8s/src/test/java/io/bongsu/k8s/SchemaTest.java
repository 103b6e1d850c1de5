package io.bongsu.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {
    static List<Path> files() {
        return Manifests.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyObjectOfEveryFileIsValid(Path file) throws IOException {
        List<Map<String, Object>> objects = Yaml.documents(file);

        assertThat(objects).isNotEmpty();
        for (Map<String, Object> object : objects) {
            assertThatCode(() -> Schemas.check(object)).as(file + " " + object).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod", "nodes/base", "nodes/dev", "nodes/prod"})
    void andSoIsWhatAnOverlayMakesOfThem(String folder) throws Exception {
        for (Map<String, Object> object : Manifests.built(folder)) {
            assertThatCode(() -> Schemas.check(object))
                    .as(folder + " " + object)
                    .doesNotThrowAnyException();
        }
    }

    /** The check itself has to see what it is there for: each line is a good object with one word wrong. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {portz: []}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {}, template: {spec: {containers: [{name: a, livenesProbe: {}}]}}}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {}, template: {spec: {containers: [{name: a, securityContext: {readOnlyRootFileSystem: true}}]}}}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: a}]}}}}",
                "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, ingres: []}}",
                "{apiVersion: kafka.strimzi.io/v1, kind: KafkaUser, metadata: {name: a}, spec: {autentication: {type: tls}}}",
                "{apiVersion: kafka.strimzi.io/v1, kind: KafkaUser, metadata: {name: a}, spec: {authorization: {type: simple, acls: [{resource: {type: topic, nam: x}, operations: [Read]}]}}}",
                "{apiVersion: kafka.strimzi.io/v1, kind: Kafka, metadata: {name: a}, spec: {kafka: {listeners: [{name: a, prt: 1}]}}}",
                "{apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, metadata: {name: a}, spec: {versoin: 1}}",
                "{apiVersion: kibana.k8s.elastic.co/v1, kind: Kibana, metadata: {name: a}, spec: {podTemplate: {spec: {containers: [{nam: a}]}}}}",
                "{apiVersion: v2, kind: Service}"
            })
    void aTypoIsSeen(String object) {
        assertThatThrownBy(() -> Schemas.check(Yaml.documents(object).get(0)))
                .isInstanceOfAny(IllegalArgumentException.class, IOException.class);
    }

    @Test
    void thereAreFiles() {
        assertThat(files()).hasSizeGreaterThan(12);
    }
}
