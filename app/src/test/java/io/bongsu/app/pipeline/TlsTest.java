package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.bongsu.app.Certificates;
import io.bongsu.app.Fault;
import io.bongsu.app.kibana.Kibana;
import io.bongsu.indexer.Elasticsearch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom Elasticsearch's and Kibana's clients believe. */
class TlsTest {
    @TempDir
    Path directory;

    @Test
    void theRightCaAndTheRightName() throws Exception {
        assertThat(ask("good", "ip:127.0.0.1", "good")).isEqualTo("200 and null");
    }

    @Test
    void aWrongNameIsRefused() throws Exception {
        assertThat(ask("elsewhere", "dns:elsewhere.example.org", "elsewhere"))
                .contains("no answer and no answer")
                .containsIgnoringCase("subject alternative names");
    }

    @Test
    void anUnknownCaIsRefused() throws Exception {
        Certificates.make(directory, "unknown", "ip:127.0.0.1");

        assertThat(ask("good", "ip:127.0.0.1", "unknown")).contains("no answer and no answer");
        assertThat(ask("good2", "ip:127.0.0.1", null)).contains("no answer and no answer");
    }

    @Test
    void aFileWithoutCertificatesIsAFault() throws IOException {
        Path nonsense = Files.writeString(directory.resolve("ca.pem"), "nonsense");
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");

        assertThatThrownBy(() -> Tls.trusting(nonsense))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("ca.pem");
        assertThatThrownBy(() -> Tls.trusting(empty)).isInstanceOf(Fault.class).hasMessageContaining("empty.pem");
    }

    /** What both clients say of a server with that certificate. */
    private String ask(String name, String subjectAlternativeName, @Nullable String ca) throws Exception {
        Certificates.make(directory, name, subjectAlternativeName);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(Certificates.context(directory.resolve(name + ".p12"))));
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = "{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
        SSLContext trust = Tls.trusting(ca == null ? null : directory.resolve(ca + ".pem"));
        try (Elasticsearch elasticsearch =
                new Elasticsearch(url, "key", trust, Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            String first;
            String why = "";
            try {
                first = String.valueOf(
                        elasticsearch.call("GET", "/", Map.of(), null).status());
            } catch (IOException e) {
                first = "no answer";
                why = " " + e;
            }
            String second = new Kibana(url, "key", null, null, trust).missing();
            return first + " and " + (second != null && second.startsWith("no answer") ? "no answer " + second : second)
                    + why;
        } finally {
            server.stop(0);
        }
    }
}
