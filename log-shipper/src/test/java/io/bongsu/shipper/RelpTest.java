package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.shipper.FakeKafka.Shipped;
import io.bongsu.shipper.RelpClient.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RELP, with a sender of ours on a real socket; only Kafka is a fake. */
@Timeout(60)
class RelpTest {
    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void aLineIsAnsweredWhenKafkaHasItAndNotBefore() throws IOException {
        kafka.neverAcknowledges();
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper).open()) {
            int first = sender.send("syslog", "<13>one 봉수\nwith a second line\n");
            int second = sender.send("syslog", "<13>two");
            int third = sender.send("syslog", "");
            patiently().until(() -> kafka.lines().size() == 2);
            sender.socket.setSoTimeout(100);
            assertThatThrownBy(sender::answer).isInstanceOf(SocketTimeoutException.class);
            sender.socket.setSoTimeout(0);

            kafka.acknowledgeAll();
            assertThat(List.of(sender.answer(), sender.answer()))
                    .extracting(Answer::transaction)
                    .containsExactly(first, second);
            assertThat(sender.answer()).isEqualTo(new Answer(third, "rsp", "200 OK"));
            assertThat(kafka.texts("relp")).containsExactly(latin("<13>one 봉수\nwith a second line"), "<13>two");
            assertThat(kafka.lines()).extracting(Shipped::input).containsOnly("syslog");
            assertThat(shipper.counters()).containsEntry("received.relp", 2L).containsEntry("acknowledged", 2L);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void closeIsAnsweredBehindTheLinesAndEndsTheConnection() throws IOException {
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper).open()) {
            for (int i = 0; i < 500; i++) {
                sender.send("syslog", "<13>" + i);
            }
            int close = sender.send("close", "");
            for (int i = 0; i < 500; i++) {
                assertThat(sender.answer()).isEqualTo(new Answer(i + 2, "rsp", "200 OK"));
            }
            assertThat(sender.answer()).isEqualTo(new Answer(close, "rsp", "200 OK"));
            assertThat(sender.answer()).isEqualTo(new Answer(0, "serverclose", ""));
            assertThatThrownBy(sender::answer).isInstanceOf(EOFException.class);
            assertThat(kafka.texts("relp")).hasSize(500);
            assertThat(shipper.counters()).doesNotContainKey("closed.half.relp");
        }
    }

    @Test
    void openNamesTheVersionBothSpeakAndTheCommands() throws IOException {
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper)) {
            sender.send("open", "relp_version=7\nsomething=new\ncommands=eventlog,syslog");
            assertThat(sender.answer())
                    .isEqualTo(new Answer(1, "rsp", "200 OK\nrelp_version=1\nrelp_software=bongsu\ncommands=syslog"));
            sender.send("open", "relp_version=0\ncommands=syslog");
            assertThat(sender.answer()).isEqualTo(new Answer(2, "rsp", "200 OK already open"));
            sender.send("starttls", "");
            assertThat(sender.answer()).isEqualTo(new Answer(3, "rsp", "500 command not supported"));
            sender.raw("0 abort 3 now\n"); // a hint
            sender.send("syslog", "<13>a");
            assertThat(sender.answer()).isEqualTo(new Answer(4, "rsp", "200 OK"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '1 syslog 5 <13>a\\n'                       | unopened  |
            '1 open 14 relp_version=0\\n'               | offers    | 500 expected the offer commands=syslog
            '1 open 15 commands=syslog\\n'              | offers    | 500 expected the offer relp_version with a number
            '1 open 32 relp_version=x\\ncommands=syslog\\n' | offers | 500 expected the offer relp_version with a number
            'GET / HTTP/1.1\\n'                         | malformed |
            '1 open 999999999 '                         | oversized |
            """)
    void whatIsNotRelpClosesTheConnectionAndIsCounted(String bytes, String reason, String answer) throws IOException {
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper)) {
            String raw = bytes.replace("\\n", "\n");
            sender.raw(raw.replace("open 32", "open 30"));
            if (answer != null) {
                assertThat(sender.answer()).isEqualTo(new Answer(1, "rsp", answer));
            }
            assertThat(sender.answer()).isEqualTo(new Answer(0, "serverclose", ""));
            assertThatThrownBy(sender::answer).isInstanceOf(EOFException.class);
            assertThat(shipper.counters())
                    .containsEntry("closed." + reason + ".relp", 1L)
                    .containsEntry("frames", 0L);
        }
    }

    @Test
    void aMalformedFrameIsNeverAnsweredSoItsSenderKeepsTheLine() throws IOException {
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper).open()) {
            sender.raw("2 syslog 4 <13>too long\n");
            assertThat(sender.answer()).isEqualTo(new Answer(0, "serverclose", ""));
            assertThatThrownBy(sender::answer).isInstanceOf(EOFException.class);
            assertThat(kafka.texts("relp")).isEmpty();
        }
    }

    @Test
    void aLineOverTheLimitIsCutAndAHalfOneComesAgain() throws IOException {
        try (Shipper shipper = started()) {
            try (RelpClient sender = connect(shipper).open()) {
                sender.send("syslog", "<13>" + "x".repeat(300_000));
                assertThat(sender.answer().ok()).isTrue();
                sender.raw("3 syslog 100 <13>half");
            }
            patiently().until(() -> shipper.counters().containsKey("closed.half.relp"));
            try (RelpClient again = connect(shipper).open()) {
                again.send("syslog", "<13>half no more");
                assertThat(again.answer().ok()).isTrue();
            }
            assertThat(kafka.lines()).extracting(Shipped::cut).containsExactly(300_004 - 128 * 1024, 0);
            assertThat(kafka.texts("relp")).last().isEqualTo("<13>half no more");
        }
    }

    @Test
    void manySendersAtOnceEachGetTheirAnswers() throws Exception {
        try (Shipper shipper = started()) {
            List<Thread> senders = new ArrayList<>();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            for (int s = 0; s < 4; s++) {
                String name = "s" + s;
                senders.add(Thread.ofPlatform().start(() -> {
                    try (RelpClient sender = connect(shipper).open()) {
                        for (int sent = 0, answered = 0; answered < 3_000; ) {
                            while (sent < 3_000 && sent - answered < 128) {
                                sender.send("syslog", "<13>" + name + " " + sent++);
                            }
                            Answer answer = sender.answer();
                            if (!answer.ok() || answer.transaction() != ++answered + 1) {
                                wrong.add(name + " " + answer);
                            }
                        }
                    } catch (IOException e) {
                        wrong.add(name + " " + e);
                    }
                }));
            }
            for (Thread sender : senders) {
                sender.join();
            }
            assertThat(wrong).isEmpty();
            for (int s = 0; s < 4; s++) {
                String name = "<13>s" + s + " ";
                assertThat(kafka.texts("relp").stream().filter(t -> t.startsWith(name)))
                        .containsExactlyElementsOf(IntStream.range(0, 3_000)
                                .mapToObj(i -> name + i)
                                .toList());
            }
        }
    }

    @Test
    void aSenderWithoutAWindowIsReadNoFurtherThanOurs() throws Exception {
        kafka.neverAcknowledges();
        try (Shipper shipper = started();
                RelpClient sender = connect(shipper).open()) {
            Thread flood = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int i = 0; i < 400_000; i++) {
                        sender.raw((i + 2) + " syslog 2 <>\n");
                    }
                } catch (IOException e) {
                    // the end of the test
                }
            });
            patiently().until(() -> shipper.counters().get("received") >= 10_000);
            long seen = -1;
            for (long now = shipper.counters().get("received");
                    now != seen;
                    now = shipper.counters().get("received")) {
                seen = now;
                patiently().pollDelay(Duration.ofMillis(200)).until(() -> true);
            }
            assertThat(seen).as("lines read of 400000, with a window of 10000").isLessThan(20_000);
            assertThat(flood.isAlive()).isTrue();
            // And it goes on as soon as there are answers.
            patiently().until(() -> {
                kafka.acknowledgeAll();
                sender.answer();
                return shipper.counters().get("received") > 25_000;
            });
            sender.close();
            flood.join();
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void noiseIsRefusedAndHarmsNobody() throws IOException {
        Random random = new Random(11);
        try (Shipper shipper = started();
                RelpClient good = connect(shipper).open()) {
            for (int i = 0; i < 50; i++) {
                try (RelpClient bad = connect(shipper)) {
                    byte[] noise = new byte[1 + random.nextInt(5_000)];
                    random.nextBytes(noise);
                    noise[0] |= (byte) 0x80;
                    bad.raw("1 open 30 relp_version=0\ncommands=syslog\n".substring(0, random.nextInt(42)));
                    bad.raw(new String(noise, StandardCharsets.ISO_8859_1));
                    bad.socket.shutdownOutput();
                    while (bad.answer() != null) {
                        // until it is closed
                    }
                } catch (IOException e) {
                    // closed or reset, as it must be
                }
            }
            good.send("syslog", "<13>still here");
            assertThat(good.answer().ok()).isTrue();
            patiently().until(() -> shipper.counters().get("connections") == 1);
            long closed = shipper.counters().entrySet().stream()
                    .filter(e -> e.getKey().startsWith("closed."))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            assertThat(closed).isEqualTo(50);
        }
    }

    @Test
    void whoWaitsForAnAnswerGetsItWhenTheShipperStops() throws Exception {
        kafka.neverAcknowledges();
        Shipper shipper = started();
        try (RelpClient sender = connect(shipper).open()) {
            sender.send("syslog", "<13>last");
            patiently().until(() -> kafka.lines().size() == 1);
            Thread stop = Thread.ofPlatform().start(shipper::close);
            patiently().until(() -> refused(shipper));
            kafka.acknowledgeAll();
            assertThat(sender.answer()).isEqualTo(new Answer(2, "rsp", "200 OK"));
            assertThat(sender.answer()).isEqualTo(new Answer(0, "serverclose", ""));
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return !stop.isAlive();
            });
        }
    }

    private static boolean refused(Shipper shipper) {
        InetSocketAddress address = shipper.address("relp");
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private Shipper started() {
        return new ShipperBuilder(directory, ShipperBuilder.listener("relp", Listener.Kind.RELP)).started(kafka);
    }

    private static RelpClient connect(Shipper shipper) throws IOException {
        InetSocketAddress address = shipper.address("relp");
        return new RelpClient(new Socket(address.getAddress(), address.getPort()));
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
