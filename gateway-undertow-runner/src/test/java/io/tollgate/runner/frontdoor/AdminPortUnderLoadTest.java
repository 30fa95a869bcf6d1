package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of the operators' port that hold connections and do nothing with them. */
class AdminPortUnderLoadTest {
    private static final int CONNECTIONS = 300;
    private static final int VIEWERS = 16;

    private final List<Socket> sockets = new ArrayList<>();
    private ScriptedUpstream upstream;
    private Deployment deployment;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        deployment = Deployment.builder().upstream(upstream).start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        deployment.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Unfinished: ",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /loggers/ROOT HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
            })
    void areClosedForHealthChecks(String bytes) throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            open("127.0.0.1", bytes);
            if (i % 50 == 0) {
                assertThat(live()).startsWith("HTTP/1.1 200");
            }
        }
        assertThat(live()).startsWith("HTTP/1.1 200");
        assertThat(live()).startsWith("HTTP/1.1 200");
    }

    @Test
    void loseTheirPlacesAsViewersIfTheyDoNotRead() throws Exception {
        for (int i = 0; i < VIEWERS; i++) {
            Socket viewer = open(
                    i < VIEWERS / 2 ? "127.0.0.1" : "127.0.0.2", "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            readUntil(viewer, "event:hello"); // It has its place.
        }
        assertThat(firstLine(events("127.0.0.3"))).isEqualTo("HTTP/1.1 503 Service Unavailable");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> firstLine(events("127.0.0.3")).equals("HTTP/1.1 200 OK"));
        assertThat(live()).startsWith("HTTP/1.1 200");
    }

    private static void readUntil(Socket socket, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int c = socket.getInputStream().read();
            assertThat(c).as("the end behind " + read).isNotNegative();
            read.append((char) c);
        }
    }

    private Socket events(String from) throws IOException {
        return open(from, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\r';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private String live() throws IOException {
        try (Socket probe = connect("127.0.0.1")) {
            probe.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(probe.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private Socket open(String from, String bytes) throws IOException {
        Socket socket = connect(from);
        sockets.add(socket);
        socket.getOutputStream().write(bytes.getBytes(US_ASCII));
        return socket;
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), deployment.adminPort()));
        return socket;
    }
}
