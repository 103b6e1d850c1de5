package io.bongsu.indexer;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.instrumentation.NoopInstrumentation;
import co.elastic.clients.transport.rest5_client.Rest5ClientOptions;
import co.elastic.clients.transport.rest5_client.Rest5ClientTransport;
import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.RequestOptions;
import co.elastic.clients.transport.rest5_client.low_level.Response;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.transport.rest5_client.low_level.ResponseListener;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.transport.rest5_client.low_level.WarningsHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Elasticsearch, thread-safe. Whatever status the server answers is a {@link Reply}; an
 * {@link IOException} means that there was no answer: refused, reset, or later than the response timeout, which is
 * never infinite. Nothing is tried again here: the caller knows what a repetition means.
 */
public final class Elasticsearch implements AutoCloseable {
    /** What the server answered. */
    public record Reply(int status, byte[] body) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    private static final ContentType NDJSON = ContentType.create("application/x-ndjson");
    private static final RequestOptions QUIET = RequestOptions.DEFAULT.toBuilder()
            .setWarningsHandler(WarningsHandler.PERMISSIVE)
            .build();

    private final URI url;
    private final Rest5Client client;
    private final ElasticsearchClient typed;

    /** Waits 5 s for a connection and 60 s for an answer. */
    public Elasticsearch(URI url) {
        this(url, null, null, Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    /**
     * @param url {@code http[s]://host:port[/prefix]}, with {@code user:password@} before the host for basic
     *     authentication
     * @param apiKey as Elasticsearch prints it ("encoded"); goes before a user in the url
     * @param trust whose certificates to accept; null: those that Java accepts
     */
    public Elasticsearch(
            URI url,
            @Nullable String apiKey,
            @Nullable SSLContext trust,
            Duration connectTimeout,
            Duration responseTimeout) {
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException(
                    "not an Elasticsearch url: " + withoutUser(url) + "; write http://host:9200");
        }
        if (!connectTimeout.isPositive() || !responseTimeout.isPositive()) {
            throw new IllegalArgumentException("a timeout must be longer than nothing");
        }
        this.url = withoutUser(url);
        Timeout connect = Timeout.ofMilliseconds(connectTimeout.toMillis());
        Timeout response = Timeout.ofMilliseconds(responseTimeout.toMillis());
        var builder = Rest5Client.builder(this.url)
                .setConnectionConfigCallback(c ->
                        c.setConnectTimeout(connect).setSocketTimeout(response).setTimeToLive(10, TimeUnit.MINUTES))
                .setRequestConfigCallback(
                        r -> r.setConnectionRequestTimeout(response).setResponseTimeout(response));
        // With the client's own strategy, the name in the certificate is not compared with the server's (a test shows
        // it):
        // it asks the engine to, after the engine was given its parameters. So the comparison is asked for by hand.
        builder.setConnectionManagerCallback(connections -> connections.setTlsStrategy(new DefaultClientTlsStrategy(
                trust == null ? SSLContexts.createSystemDefault() : trust,
                HostnameVerificationPolicy.CLIENT,
                HttpsSupport.getDefaultHostnameVerifier())));
        String authorization = authorization(url, apiKey);
        if (authorization != null) {
            builder.setDefaultHeaders(new Header[] {new BasicHeader("Authorization", authorization)});
        }
        client = builder.build();
        // The body of a refusal is kept: what a proxy says in HTML is worth showing, too.
        typed = new ElasticsearchClient(new Rest5ClientTransport(
                client, new JacksonJsonpMapper(), new Rest5ClientOptions(QUIET, true), NoopInstrumentation.INSTANCE));
    }

    /** Where it connects to, without user and password. */
    public URI url() {
        return url;
    }

    /** The typed client, on the same connections; {@link Rest} translates its exceptions. */
    ElasticsearchClient typed() {
        return typed;
    }

    /** Sends a request and waits for the answer. A body is JSON. */
    public Reply call(String method, String path, Map<String, String> parameters, byte @Nullable [] body)
            throws IOException {
        try {
            return reply(client.performRequest(request(method, path, parameters, body, ContentType.APPLICATION_JSON)));
        } catch (ResponseException e) {
            return reply(e.getResponse());
        }
    }

    /** Sends a bulk body (NDJSON) and hands the answer, or the reason why there is none, to another thread. */
    void bulk(byte[] body, Map<String, String> parameters, BiConsumer<@Nullable Reply, @Nullable Exception> then) {
        later(request("POST", "/_bulk", parameters, body, NDJSON), then);
    }

    /** Like {@link #call}, but hands the answer to another thread. */
    void send(String method, String path, BiConsumer<@Nullable Reply, @Nullable Exception> then) {
        later(request(method, path, Map.of(), null, ContentType.APPLICATION_JSON), then);
    }

    private void later(Request request, BiConsumer<@Nullable Reply, @Nullable Exception> then) {
        client.performRequestAsync(request, new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                answer(response);
            }

            @Override
            public void onFailure(Exception e) {
                if (e instanceof ResponseException refused) {
                    answer(refused.getResponse());
                } else {
                    then.accept(null, e);
                }
            }

            private void answer(Response response) {
                Reply reply;
                try {
                    reply = reply(response);
                } catch (IOException e) {
                    then.accept(null, e);
                    return;
                }
                then.accept(reply, null);
            }
        });
    }

    private static Request request(
            String method, String path, Map<String, String> parameters, byte @Nullable [] body, ContentType type) {
        Request request = new Request(method, path);
        request.addParameters(parameters);
        request.setOptions(QUIET);
        if (body != null) {
            request.setEntity(new ByteArrayEntity(body, type));
        }
        return request;
    }

    static Reply reply(Response response) throws IOException {
        byte[] body = response.getEntity() == null ? null : EntityUtils.toByteArray(response.getEntity());
        return new Reply(response.getStatusCode(), body == null ? new byte[0] : body);
    }

    private static @Nullable String authorization(URI url, @Nullable String apiKey) {
        if (apiKey != null) {
            return "ApiKey " + apiKey;
        }
        return url.getUserInfo() == null
                ? null
                : "Basic "
                        + Base64.getEncoder().encodeToString(url.getUserInfo().getBytes(StandardCharsets.UTF_8));
    }

    private static URI withoutUser(URI url) {
        if (url.getRawUserInfo() == null) {
            return url;
        }
        String text = url.toString();
        return URI.create(text.replace(url.getRawUserInfo() + "@", ""));
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "Elasticsearch at " + url;
    }
}
