package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process with few file descriptors, and more connections than that. */
class FileDescriptorsTest {
    private static final int DESCRIPTORS = 300;
    private static final int CONNECTIONS = 600;
    private static final Pattern FAILURE = Pattern.compile("Too many open files");

    private final List<Socket> sockets = new ArrayList<>();
    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws IOException {
        closeAll();
        upstream.close();
    }

    @Test
    void areNotUsedUpByConnections() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startWithDescriptors(DESCRIPTORS, environment())) {
            gateway.awaitAdminPort();
            int port = gateway.awaitPort();
            for (int i = 0; i < CONNECTIONS; i++) {
                connect(port);
            }

            assertThat(health(port)).startsWith("HTTP/1.1 200");
            assertThat(gateway.output()).doesNotContain("Too many open files");
        }
    }

    @Test
    void letConnectionsInSoonAfterTheyHaveRunOut() throws Exception {
        Map<String, String> environment = environment();
        environment.put("REDIS_NODES", "unused:1"); // Makes it warn, and load the classes for that while it can.
        environment.put("SERVER_HTTP_MAX_CONNECTIONS", "10000");
        environment.put("SERVER_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "10000");
        try (GatewayProcess gateway = GatewayProcess.startWithDescriptors(DESCRIPTORS, environment)) {
            gateway.awaitAdminPort();
            int port = gateway.awaitPort();
            assertThat(health(port)).startsWith("HTTP/1.1 200");
            for (int i = 0; i < CONNECTIONS; i++) {
                connect(port);
            }
            // XNIO alone would wait for 16 s after the fourth.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> FAILURE.matcher(gateway.output()).results().count() >= 4);

            closeAll();

            assertThat(health(port)).startsWith("HTTP/1.1 200");
        }
    }

    private Map<String, String> environment() {
        return Deployment.environment(upstream);
    }

    private void connect(int port) throws IOException {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    private void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private static String health(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }
}
