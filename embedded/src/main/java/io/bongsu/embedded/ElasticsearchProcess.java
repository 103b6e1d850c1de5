package io.bongsu.embedded;

import io.bongsu.embedded.ChildProcess.Backoff;
import io.bongsu.embedded.ChildProcess.Listener;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A real Elasticsearch of one node in a process of its own: Elastic's minimal distribution, on the loopback address, without
 * security, bootstrap checks and entitlements. For the embedded default and for tests, never for production (see
 * RATIONALE.md for what it lacks). Its data stays in its folder and survives SIGKILL.
 *
 * <p>{@link #start} returns at once, so that several servers can start side by side; {@link #awaitReady} throws {@link
 * EmbeddedException}.
 */
public final class ElasticsearchProcess extends ServerProcess {
    public static final int DEFAULT_HEAP_MEGABYTES = 512;

    private final URI url;

    private ElasticsearchProcess(ChildProcess.Builder command, URI url, Listener listener) {
        super(command, listener);
        this.url = url;
    }

    /** Port 0: a free one, the same for all restarts of this object. */
    public static ElasticsearchProcess start(Path data, int port) {
        return start(data, port, DEFAULT_HEAP_MEGABYTES, Listener.NONE, null);
    }

    /**
     * With Elasticsearch's own security: its users and their rights are those of the files users, users_roles and roles.yml
     * in {@code data/config}. API keys cannot be had, since the index that holds them needs modules that are not there.
     */
    public static ElasticsearchProcess startSecured(Path data, int port) {
        return start(data, port, DEFAULT_HEAP_MEGABYTES, Listener.NONE, null, true);
    }

    /** With a back-off it is started again, on the same data and port, whenever it ends. */
    public static ElasticsearchProcess start(
            Path data, int port, int heapMegabytes, Listener listener, @Nullable Backoff restart) {
        return start(data, port, heapMegabytes, listener, restart, false);
    }

    private static ElasticsearchProcess start(
            Path data, int port, int heapMegabytes, Listener listener, @Nullable Backoff restart, boolean secured) {
        Path folder = data.toAbsolutePath().normalize();
        Distribution distribution = Distribution.find();
        Path home = distribution.elasticsearchHome();
        Path natives = home.resolve("lib").resolve("platform").resolve(platform());
        int chosen = port == 0 ? Ports.free() : port;
        URI url = URI.create("http://127.0.0.1:" + chosen);
        ChildProcess.Builder command = ChildProcess.builder(
                        "Elasticsearch",
                        distribution.ownCode().toString(),
                        "io.bongsu.embedded.child.ElasticsearchMain",
                        folder.resolve("elasticsearch.log"))
                .jvmArguments(Distribution.withOptions(
                        "-Xms" + heapMegabytes + "m",
                        "-Xmx" + heapMegabytes + "m",
                        "-XX:MaxDirectMemorySize=" + heapMegabytes / 2 + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:ErrorFile=" + folder.resolve("crash-%p.log"),
                        "-Dfile.encoding=UTF-8",
                        "-Djava.io.tmpdir=" + folder.resolve("tmp"),
                        "-Des.path.home=" + home,
                        "-Des.nativelibs.path=" + natives,
                        "-Djava.library.path=" + natives,
                        "-Dlog4j2.disable.jmx=true",
                        "-Dlog4j.shutdownHookEnabled=false",
                        "-Dio.netty.noUnsafe=true",
                        "-Dio.netty.noKeySetOptimization=true",
                        "-Dio.netty.allocator.numDirectArenas=0",
                        "--enable-native-access=ALL-UNNAMED,org.elasticsearch.nativeaccess,org.elasticsearch.foreign,"
                                + "org.apache.lucene.core",
                        "--module-path",
                        home.resolve("lib").toString(),
                        "--add-modules=jdk.net,jdk.management.agent,jdk.incubator.vector,ALL-MODULE-PATH"))
                .arguments(List.of(
                        home.toString(), folder.toString(), Integer.toString(chosen), Boolean.toString(secured)))
                .readyWhen(() -> isHealthy(url))
                .startTimeout(Duration.ofMinutes(2))
                .restart(restart);
        makeTemporaryFolder(folder);
        ElasticsearchProcess elasticsearch = new ElasticsearchProcess(command, url, listener);
        elasticsearch.launch();
        return elasticsearch;
    }

    public URI url() {
        return url;
    }

    /** At least yellow: all data can be read and written. One that does not know us does not say. */
    private static boolean isHealthy(URI url) {
        HttpRequest health = HttpRequest.newBuilder(url.resolve("/_cluster/health?wait_for_status=yellow&timeout=5s"))
                .timeout(Duration.ofSeconds(10))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status =
                    client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status == 200 || status == 401;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The JVM wants it to be there before it starts. Why it cannot be made, the child will tell. */
    private static void makeTemporaryFolder(Path folder) {
        try {
            Files.createDirectories(folder.resolve("tmp"));
        } catch (IOException e) {
            // see above
        }
    }

    /** As Elasticsearch names the folders of its native libraries. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "darwin" : "linux";
        return system + (System.getProperty("os.arch").equals("aarch64") ? "-aarch64" : "-x64");
    }
}
