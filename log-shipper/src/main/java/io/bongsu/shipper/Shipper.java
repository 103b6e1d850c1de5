package io.bongsu.shipper;

import io.bongsu.model.Micros;
import io.bongsu.shipper.files.FileSource;
import io.bongsu.shipper.frame.LargeFrames;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Identity;
import io.bongsu.shipper.handoff.KafkaSettings;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.source.Connections;
import io.bongsu.shipper.source.Protocol;
import io.bongsu.shipper.source.SocketSource;
import io.bongsu.shipper.source.TcpSource;
import io.bongsu.shipper.source.TlsFiles;
import io.bongsu.shipper.source.Transport;
import io.bongsu.shipper.source.UdpSource;
import io.bongsu.shipper.spool.FolderDisk;
import io.bongsu.shipper.spool.Spool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives lines on sockets and follows files, gives each its identity, and delivers it to {@code bongsu.logs}, the lines of one source in
 * order. Kafka may be away, at the start too: lines go to the spool then. When that is full, or there is none, TCP senders
 * wait, and datagrams beyond the memory bound are dropped and counted. What is lost without a count: bytes that a peer's
 * or our kernel held when a process or host died, since syslog over UDP and plain TCP knows no acknowledgement; and what
 * was in our memory if this process is killed: with a spool, lines of the last two seconds or so. RELP and Beats are told when
 * a line is durable and send again what is not: of theirs nothing is lost.
 *
 * <p>The law of {@link #counters()}: {@code frames = received + all dropped.*}, and
 * {@code received + spool.recovered = acknowledged + spool.lines + spool.lost + inflight.lines}.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    private final ShipperConfig config;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> kafka;
    private final LongSupplier wall;
    private final Ledger ledger;
    private final Map<String, SocketSource> sources = new ConcurrentHashMap<>();
    private final Deque<Stop> stops = new ArrayDeque<>();
    private volatile @Nullable FileSource files;
    private boolean started;
    private boolean running;

    /** One step of the way back. */
    private interface Stop {
        void run() throws IOException;
    }

    public Shipper(ShipperConfig config) {
        this(config, KafkaProducer::new, Micros::now);
    }

    Shipper(ShipperConfig config, Function<Map<String, Object>, Producer<byte[], byte[]>> kafka, LongSupplier wall) {
        this.config = config;
        this.kafka = kafka;
        this.wall = wall;
        this.ledger = new Ledger(wall);
    }

    /**
     * Begins a new epoch and opens the listeners; does not wait for Kafka. Once only.
     *
     * @throws ShipperException a directory, a port or a Kafka setting is not as it must be; nothing is left running
     */
    public synchronized void start() {
        if (started) {
            throw new IllegalStateException("a shipper starts once; make a new one");
        }
        started = true;
        try {
            Identity who = identify();
            Bound bound = new Bound(config.memoryBytes());
            // After the hand-off has ended: it tells what is acknowledged.
            stops.push(() -> {
                if (files != null) {
                    files.close();
                }
            });
            HandOff handOff = handOff(who, bound, spool());
            listen(handOff, bound);
            follow(handOff, bound);
            running = true;
            LOG.atInfo()
                    .addKeyValue("shipper", who.shipper())
                    .addKeyValue("epoch", who.epoch())
                    .addKeyValue("key", config.directory().resolve("key.pub"))
                    .addKeyValue("listeners", sources.keySet())
                    .addKeyValue(
                            "files",
                            config.files().stream().map(FileInput::name).toList())
                    .log("Shipper started");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Identity identify() {
        try {
            Identity who = Identity.open(config.directory(), config.id(), wall.getAsLong());
            stops.push(who::close);
            return who;
        } catch (IOException e) {
            throw new ShipperException(
                    "the shipper's directory " + config.directory() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Null: there is none, and nothing of an earlier one. */
    private @Nullable Spool spool() {
        Path folder = config.directory().resolve("spool");
        if (config.spoolBytes() == 0 && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            FolderDisk disk = FolderDisk.open(folder);
            Spool spool = Spool.open(disk, config.spoolBytes());
            long lacking = spool.room() - disk.free();
            if (lacking > 0 && spool.recovered() == 0) {
                spool.close();
                throw new IOException("it may grow to " + config.spoolBytes() + " bytes, but its disk has only "
                        + disk.free() + " free; lower shipper.spool.max_bytes, make room, or switch the spool off"
                        + " with 0");
            }
            if (lacking > 0) {
                // What is in the spool must go to Kafka: refusing to start would keep it.
                LOG.atWarn()
                        .addKeyValue("folder", folder)
                        .addKeyValue("lacking.bytes", lacking)
                        .log(
                                "The disk has less room than the spool may need; lower shipper.spool.max_bytes or make room");
            }
            if (spool.recovered() > 0) {
                LOG.atInfo()
                        .addKeyValue("lines", spool.recovered())
                        .addKeyValue("bytes", spool.bytes())
                        .log("The spool holds lines of an earlier start; they go first");
            }
            return spool;
        } catch (IOException e) {
            throw new ShipperException("the spool " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    private HandOff handOff(Identity who, Bound bound, @Nullable Spool spool) {
        Map<String, Object> settings = KafkaSettings.producer(config.producer(), who.shipper(), config.memoryBytes());
        try {
            HandOff handOff = new HandOff(
                    who,
                    ledger,
                    bound,
                    config.linger(),
                    config.heartbeat(),
                    spool,
                    config.spoolAfter(),
                    () -> kafka.apply(settings),
                    wall);
            bound.onChange(() -> {
                sources.values().forEach(SocketSource::roomChanged);
                FileSource following = files;
                if (following != null) {
                    following.roomChanged();
                }
            });
            handOff.start();
            // A start that fails says so at once, also when Kafka is away.
            stops.push(() -> handOff.close(running ? config.closeTimeout() : Duration.ZERO));
            return handOff;
        } catch (KafkaException e) {
            close(spool);
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new ShipperException(
                    "the Kafka producer cannot be made: " + why.getMessage() + "; check the kafka settings", e);
        }
    }

    private static void close(@Nullable Spool spool) {
        try {
            if (spool != null) {
                spool.close();
            }
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("The spool did not close cleanly");
        }
    }

    private void listen(HandOff handOff, Bound bound) {
        int udp = (int)
                config.listeners().stream().filter(l -> l.kind().datagrams()).count();
        Transport transport = new Transport(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4), udp);
        stops.push(transport::close);
        LargeFrames large = new LargeFrames(Math.max(config.memoryBytes() / 8, config.maxEventBytes()));
        Connections connections = new Connections(config.tcp(), large);
        ledger.gauge("connections", connections::open);
        ledger.gauge("large.bytes", large::used);
        for (Listener listener : config.listeners()) {
            SocketSource source = open(listener, transport, handOff, bound, connections);
            sources.put(listener.name(), source);
            stops.push(source::close);
        }
    }

    private void follow(HandOff handOff, Bound bound) {
        if (config.files().isEmpty()) {
            return;
        }
        try {
            FileSource following = new FileSource(
                    config.files(),
                    config.maxLineBytes(),
                    handOff,
                    bound,
                    ledger,
                    config.directory().resolve("files"));
            files = following;
            stops.push(following::stop);
            following.start();
        } catch (IOException e) {
            throw new ShipperException("the places in files cannot be read: " + e.getMessage(), e);
        }
    }

    private SocketSource open(
            Listener listener, Transport transport, HandOff handOff, Bound bound, Connections connections) {
        try {
            return switch (listener.kind()) {
                case SYSLOG_UDP -> udp(listener, "syslog", 0, transport, handOff, bound);
                case GELF_UDP -> udp(listener, "json", config.memoryBytes() / 8, transport, handOff, bound);
                case SYSLOG_TCP -> tcp(listener, "syslog", Protocol.SYSLOG, transport, handOff, bound, connections);
                case JSON_TCP -> tcp(listener, "json", Protocol.JSON, transport, handOff, bound, connections);
                case GELF_TCP -> tcp(listener, "json", Protocol.GELF, transport, handOff, bound, connections);
                case RELP -> tcp(listener, "syslog", Protocol.RELP, transport, handOff, bound, connections);
                case BEATS -> tcp(listener, "json", Protocol.BEATS, transport, handOff, bound, connections);
            };
        } catch (IOException e) {
            String protocol = listener.kind().datagrams() ? "UDP" : "TCP";
            throw new ShipperException(
                    "listener '" + listener.name() + "' cannot bind " + protocol + " " + listener.bind() + ": "
                            + e.getMessage() + "; stop the program that uses the port, or set listeners."
                            + listener.name() + ".bind to another address or port"
                            + (listener.bind().getPort() < 1024 ? " (below 1024 needs a privilege)" : ""),
                    e);
        }
    }

    private UdpSource udp(
            Listener listener, String input, long gelfBytes, Transport transport, HandOff handOff, Bound bound)
            throws IOException {
        return new UdpSource(
                transport,
                handOff,
                bound,
                ledger.listener(listener.name()),
                origin(listener, input),
                listener.bind(),
                config.maxLineBytes(),
                gelfBytes,
                config.udpReceiveBuffer(),
                config.udpSenderRate());
    }

    private @Nullable TlsFiles tls(Listener listener) {
        try {
            return listener.tls() == null ? null : new TlsFiles(listener.name(), listener.tls(), ledger);
        } catch (IOException e) {
            throw new ShipperException("listener '" + listener.name() + "': " + e.getMessage(), e);
        }
    }

    private TcpSource tcp(
            Listener listener,
            String input,
            Protocol protocol,
            Transport transport,
            HandOff handOff,
            Bound bound,
            Connections connections)
            throws IOException {
        return new TcpSource(
                transport,
                handOff,
                bound,
                connections,
                ledger.listener(listener.name()),
                origin(listener, input),
                listener.bind(),
                tls(listener),
                protocol,
                protocol == Protocol.BEATS ? config.maxEventBytes() : config.maxLineBytes());
    }

    private static Origin origin(Listener listener, String input) {
        return new Origin(listener.name(), input, listener.tag(), listener.charset(), listener.zone(), Map.of());
    }

    /** Where a listener really listens; the port is never 0. */
    public InetSocketAddress address(String listener) {
        SocketSource source = sources.get(listener);
        if (source == null) {
            throw new IllegalArgumentException("no listener '" + listener + "' is open; there are " + sources.keySet());
        }
        return source.address();
    }

    /**
     * The ledger since the start: frames, received (all, and by listener), bytes, acknowledged, dropped.(reason).(listener),
     * closed.(reason).(listener) (connections whose peer broke the protocol, or off, or a limit), cut.(listener) (lines that
     * were too long), heartbeats, resent, spool.recovered,
     * spool.lost, spool.damaged; and gauges: inflight.lines, spool.lines, spool.bytes, spool.active, spool.trouble (1: full,
     * 2: its disk fails), inflight.bytes, sources, connections, large.bytes (of large events that have not ended), heartbeat.age.ms (of the last
     * one that Kafka has acknowledged; -1: none). Also after {@link #close()}.
     */
    public Map<String, Long> counters() {
        return ledger.snapshot();
    }

    /**
     * Stops reading, delivers what was received, and last a heartbeat. What Kafka has not acknowledged within the
     * configured time is reported in the log and stays in {@code inflight.lines}. Idempotent.
     */
    @Override
    public synchronized void close() {
        started = true;
        while (!stops.isEmpty()) {
            try {
                stops.pop().run();
            } catch (IOException | RuntimeException e) {
                LOG.atWarn().setCause(e).log("A part of the shipper did not stop cleanly");
            }
        }
    }
}
