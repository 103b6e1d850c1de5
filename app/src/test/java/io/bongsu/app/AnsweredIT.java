package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.embedded.KafkaProcess;
import io.bongsu.embedded.Ports;
import io.bongsu.model.Codec;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * RELP and Beats send at full speed, and send again what was not answered. Meanwhile the shipper is killed with SIGKILL again
 * and again, with Kafka there and with Kafka gone: what was answered is in the log, and at most what was under way is there
 * twice. Looks at what was sent, at the answers and at the log.
 */
class AnsweredIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int KILLS = 5;
    /** Lines that a sender has under way at most. */
    private static final int WINDOW = 100;

    private static final int PARTITIONS = 2;

    @TempDir
    Path directory;

    @Test
    void killedAgainAndAgainWhatWasAnsweredIsInTheLog() throws Exception {
        int relpPort = Ports.free();
        int beatsPort = Ports.free();
        Path config = Files.writeString(
                directory.resolve("ship.yml"),
                "listeners:\n  relp: { type: relp, bind: \"127.0.0.1:" + relpPort + "\" }\n"
                        + "  beats: { type: beats, bind: \"127.0.0.1:" + beatsPort + "\" }\n");
        try (KafkaProcess kafka = KafkaProcess.start(directory.resolve("kafka"), 0)) {
            kafka.awaitReady();
            LogsTopic.create(kafka.bootstrap(), PARTITIONS);
            Map<String, String> environment = Map.of(
                    "BONGSU_KAFKA_BOOTSTRAP", kafka.bootstrap(),
                    "BONGSU_RULES",
                            Path.of("../correlation-rules/rules").toRealPath().toString());
            Sender relp = new Relp(relpPort);
            Sender beats = new Beats(beatsPort);
            Thread[] sending = {
                Thread.ofPlatform().start(relp), Thread.ofPlatform().start(beats)
            };
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    if (kill == 2) {
                        kafka.close(); // from here on it is the spool that makes lines durable
                    }
                    try (RoleProcess ship = ship(environment, config)) {
                        awaitMore(relp, beats, ship);
                    } // SIGKILL
                }
                try (KafkaProcess again = KafkaProcess.start(directory.resolve("kafka"), kafka.port());
                        RoleProcess ship = ship(environment, config)) {
                    again.awaitReady();
                    awaitMore(relp, beats, ship);
                    relp.stop = true;
                    beats.stop = true;
                    for (Thread thread : sending) {
                        assertThat(thread.join(PATIENCE)).isTrue();
                    }
                    // A stop does not wait for Kafka to take what is in the spool: the next start would go on with
                    // that.
                    await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                                    ship.scrape().values().get("bongsu_ship_spooled_lines"))
                            .isZero());
                    assertThat(ship.terminate()).as(ship.log()).isZero();
                    audit(again.bootstrap(), relp, beats);
                }
            } finally {
                relp.stop = true;
                beats.stop = true;
            }
        }
    }

    private RoleProcess ship(Map<String, String> environment, Path config) throws IOException {
        return RoleProcess.start(directory, environment, "ship", "--config", config.toString());
    }

    /** Until each has had answers for some more windows; then it is in the middle of the next. */
    private static void awaitMore(Sender relp, Sender beats, RoleProcess ship) {
        int relpBefore = relp.answered.get();
        int beatsBefore = beats.answered.get();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            assertThat(relp.answered.get()).as(ship.log()).isGreaterThan(relpBefore + 20 * WINDOW);
            assertThat(beats.answered.get()).as(ship.log()).isGreaterThan(beatsBefore + 20 * WINDOW);
        });
    }

    private static void audit(String bootstrap, Sender... senders) throws Exception {
        Map<String, String> byIdentity = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : LogsTopic.read(bootstrap)) {
            if (Codec.decode(record.value()) instanceof RawLogs logs) {
                for (RawLine line : logs.getLines()) {
                    LogsTopic.note(byIdentity, logs, line);
                }
            }
        }
        Set<String> sent = new HashSet<>();
        for (Sender sender : senders) {
            assertThat(sender.broken).as("connections that broke").isGreaterThanOrEqualTo(KILLS);
            assertThat(sender.next).isEqualTo(sender.answered.get());
            for (int i = 0; i < sender.next; i++) {
                sent.add(sender.line(i));
            }
        }
        Set<String> lost = new HashSet<>(sent);
        lost.removeAll(new HashSet<>(byIdentity.values()));
        assertThat(lost).as("answered, and not in the log").isEmpty();
        assertThat(sent).containsAll(new HashSet<>(byIdentity.values()));
        assertThat(byIdentity.size() - sent.size())
                .as("lines under two identities: what was under way at a kill")
                .isLessThanOrEqualTo(KILLS * senders.length * WINDOW);
    }

    /** Numbers lines, knows which were answered, and begins with the first that was not on each new connection. */
    private abstract static class Sender implements Runnable {
        private final int port;
        private final String name;
        final AtomicInteger answered = new AtomicInteger();
        volatile boolean stop;
        volatile int next;
        volatile int broken;

        Sender(String name, int port) {
            this.name = name;
            this.port = port;
        }

        String line(int number) {
            return "{\"" + name + "\":" + number + ",\"x\":\"봉수\"}";
        }

        /** On a connection, until it breaks or all that was sent is answered and we are to stop. */
        abstract void talk(DataInputStream in, DataOutputStream out) throws IOException;

        @Override
        public void run() {
            while (!stop || answered.get() < next) {
                int before = answered.get();
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout((int) PATIENCE.toMillis());
                    talk(
                            new DataInputStream(new BufferedInputStream(socket.getInputStream())),
                            new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())));
                } catch (IOException e) { // killed, or not there yet
                    broken += answered.get() > before ? 1 : 0;
                    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                }
            }
        }
    }

    private static final class Relp extends Sender {
        Relp(int port) {
            super("relp", port);
        }

        @Override
        void talk(DataInputStream in, DataOutputStream out) throws IOException {
            int transaction = 1;
            say(out, transaction, "open", "relp_version=0\ncommands=syslog");
            expect(in, out, transaction);
            int first = answered.get();
            int sent = first;
            while (!stop || answered.get() < next) {
                while (sent < next || !stop && sent - answered.get() < WINDOW) {
                    say(out, ++transaction, "syslog", line(sent++));
                    next = Math.max(next, sent);
                }
                expect(in, out, answered.get() - first + 2);
                answered.incrementAndGet();
            }
        }

        private static void say(DataOutputStream out, int transaction, String command, String data) throws IOException {
            byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
            out.write((transaction + " " + command + " " + bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\n');
        }

        /** {@code TRANSACTION rsp LENGTH 200 OK…}, and the line feed behind it. */
        private static void expect(DataInputStream in, DataOutputStream out, int transaction) throws IOException {
            out.flush();
            int of = Integer.parseInt(word(in));
            String command = word(in);
            byte[] data = new byte[Integer.parseInt(word(in))];
            in.readFully(data);
            if (in.readByte() != '\n' || of != transaction || !command.equals("rsp") || data[0] != '2') {
                throw new AssertionError("expected 200 for " + transaction + ", got " + of + " " + command + " "
                        + new String(data, StandardCharsets.US_ASCII));
            }
        }

        private static String word(DataInputStream in) throws IOException {
            StringBuilder word = new StringBuilder();
            for (byte b = in.readByte(); b != ' '; b = in.readByte()) {
                word.append((char) b);
            }
            return word.toString();
        }
    }

    private static final class Beats extends Sender {
        Beats(int port) {
            super("beats", port);
        }

        @Override
        void talk(DataInputStream in, DataOutputStream out) throws IOException {
            while (!stop || answered.get() < next) {
                int first = answered.get();
                int size = Math.max(next - first, stop ? 0 : WINDOW);
                next = first + size;
                out.writeBytes("2W");
                out.writeInt(size);
                for (int i = 0; i < size; i++) {
                    byte[] event = line(first + i).getBytes(StandardCharsets.UTF_8);
                    out.writeBytes("2J");
                    out.writeInt(i + 1);
                    out.writeInt(event.length);
                    out.write(event);
                }
                out.flush();
                for (int durable = 0; durable < size; ) {
                    byte version = in.readByte();
                    byte type = in.readByte();
                    durable = in.readInt(); // fewer than all: a sign of life
                    if (version != '2' || type != 'A' || durable > size) {
                        throw new AssertionError("expected an acknowledgement, got " + version + type + durable);
                    }
                    answered.set(first + durable);
                }
            }
        }
    }
}
