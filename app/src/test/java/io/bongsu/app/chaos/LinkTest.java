package io.bongsu.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinkTest {
    private final BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private Link link;

    /** Hears a byte and answers with the next. */
    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        link = new Link(server.getLocalPort());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Thread.ofVirtual().start(() -> answer(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        link.close();
        server.close();
    }

    @Test
    void passesBytesOnAndTheEndOfThem() throws IOException {
        try (Socket client = client()) {
            assertThat(ask(client, 7)).isEqualTo(8);
            link.delay(Duration.ofMillis(20));
            assertThat(ask(client, 9)).isEqualTo(10);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void answersAreHeldWhileRequestsArriveAndEverybodyIsToldAtTheEnd() throws Exception {
        try (Socket client = client()) {
            assertThat(ask(client, 1)).isEqualTo(2);
            link.hold(EnumSet.of(Link.Way.ANSWERS));
            assertThatThrownBy(() -> ask(client, 3)).isInstanceOf(SocketTimeoutException.class);
            assertThat(heard).contains(3);
            link.reset();
            assertThat(isBroken(client)).isTrue();
        }
        try (Socket again = client()) {
            assertThat(ask(again, 5)).isEqualTo(6);
        }
    }

    @Test
    void whatIsCutOffIsNotToldAndDoesNotArrive() throws Exception {
        try (Socket client = client()) {
            link.hold(EnumSet.allOf(Link.Way.class));
            assertThatThrownBy(() -> ask(client, 3)).isInstanceOf(SocketTimeoutException.class);
            assertThat(heard.poll(100, TimeUnit.MILLISECONDS)).isNull();
            link.reset();
            assertThat(isBroken(client)).isTrue();
            assertThat(heard).as("what was under way is gone").isEmpty();
        }
    }

    private Socket client() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), link.port());
        client.setSoTimeout(1_000);
        return client;
    }

    private static int ask(Socket client, int number) throws IOException {
        client.getOutputStream().write(number);
        return client.getInputStream().read();
    }

    private static boolean isBroken(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private void answer(Socket client) {
        try (client) {
            for (int n = client.getInputStream().read();
                    n >= 0;
                    n = client.getInputStream().read()) {
                heard.add(n);
                client.getOutputStream().write(n + 1);
            }
        } catch (IOException e) {
            // broken off
        }
    }
}
