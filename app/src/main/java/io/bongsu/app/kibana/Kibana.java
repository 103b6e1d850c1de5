package io.bongsu.app.kibana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.Fault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Installs {@link SavedObjects} through Kibana's import, which replaces what has the same id and leaves the rest alone. A
 * path in the URL is kept, so {@code https://kibana:5601/s/security} means that space. What it refuses is a Fault that
 * quotes it.
 */
public final class Kibana {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final @Nullable String authorization;
    private final HttpClient client;

    /**
     * @param apiKey goes before user and password
     * @param trust whose certificates to accept
     */
    public Kibana(
            URI url, @Nullable String apiKey, @Nullable String user, @Nullable String password, SSLContext trust) {
        this.url = url;
        this.authorization = apiKey != null ? "ApiKey " + apiKey : user != null ? basic(user + ":" + password) : null;
        this.client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(trust)
                .build();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /** What keeps it from taking objects; null: nothing. */
    public @Nullable String missing() {
        try {
            HttpResponse<String> answer = send(request("/api/status").GET());
            if (answer.statusCode() != 200) {
                return "Kibana at " + url + " answers " + answer.statusCode();
            }
            String level = JSON.readTree(answer.body())
                    .path("status")
                    .path("overall")
                    .path("level")
                    .asText();
            // To whom it does not know, it does not tell the level.
            return level.isEmpty() || level.equals("available") ? null : "Kibana at " + url + " is " + level;
        } catch (IOException e) {
            return "no answer from Kibana at " + url + " (" + e + ")";
        }
    }

    /** Returns how many objects are there now. */
    public int install() {
        String boundary = "bongsu-" + UUID.randomUUID();
        String body = "--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bongsu.ndjson\"\r\n"
                + "Content-Type: application/ndjson\r\n\r\n" + SavedObjects.ndjson() + "\r\n--" + boundary + "--\r\n";
        try {
            HttpResponse<String> answer = send(request("/api/saved_objects/_import?overwrite=true")
                    .header("kbn-xsrf", "bongsu")
                    .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                    .POST(BodyPublishers.ofString(body)));
            JsonNode json = answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
            if (!json.path("success").asBoolean()) {
                throw new Fault(
                        "Kibana at " + url + " does not take the objects: " + answer.statusCode() + " "
                                + shorten(
                                        json.has("errors") ? json.get("errors").toString() : answer.body()),
                        "the user or key needs the right 'saved objects management' of this space");
            }
            return json.path("successCount").asInt();
        } catch (IOException e) {
            throw new Fault("no answer from Kibana at " + url + " (" + e + ")", "start it, or correct kibana.url", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        String base = url.toString().replaceAll("/+$", "");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String shorten(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500) + "…";
    }
}
