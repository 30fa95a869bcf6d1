package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that open connections, begin requests, and end none, against a process with a small heap. */
class HoardingClientsTest {
    private static final int CONNECTIONS = 3_000;
    private static final String HEAD =
            "GET /health HTTP/1.1\r\nHost: x\r\nX-Filler: " + "x".repeat(15_000); // Without its end.
    private static final String MANY_HEADERS =
            "GET /health?" + "a&".repeat(200) + " HTTP/1.1\r\nHost: x\r\n" + "a: b\r\n".repeat(120);
    private static final String BODY =
            "POST /api/v1/tickets/rock-2026/purchase HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer " + Deployment.mint("hoarder") + "\r\nContent-Length: 60000\r\n\r\n"
                    + " ".repeat(59_000);

    private static ScriptedUpstream upstream;
    private static GatewayProcess gateway;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        upstream = new ScriptedUpstream();
        Map<String, String> environment = Deployment.environment(upstream);
        environment.put("JDK_JAVA_OPTIONS", "-Xmx128m");
        environment.put("LOG_LEVEL", "info");
        gateway = GatewayProcess.start(environment);
        gateway.awaitAdminPort();
        port = gateway.awaitPort();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void unfinishedHeadsAndBodiesTakeNeitherTheHeapNorTheRoomOfOthers() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<Integer>> wellBehaved =
                CompletableFuture.supplyAsync(() -> useUntil(done), task -> new Thread(task).start());
        for (String unfinished : List.of(HEAD, MANY_HEADERS, BODY)) {
            List<SocketChannel> hoarders = new ArrayList<>();
            try {
                double before = evictions();
                for (int i = 0; i < CONNECTIONS; i++) {
                    hoarders.add(hoard(unfinished));
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> evictions() > before);
            } finally {
                for (SocketChannel hoarder : hoarders) {
                    hoarder.close();
                }
            }
        }
        done.set(true);

        assertThat(wellBehaved.get()).isNotEmpty().containsOnly(200);
        assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
        await().atMost(Duration.ofSeconds(30)).until(() -> held() == 0);
    }

    private static double held() {
        return value("tollgate_http_buffered_bytes{listener=\"public\"}");
    }

    private static double evictions() {
        return value("tollgate_http_evictions_total{limit=\"buffered_bytes\",listener=\"public\"}");
    }

    private static double value(String name) {
        String metrics = new Operator(gateway.awaitAdminPort()).get("/metrics").body();
        Matcher line = Pattern.compile("^" + Pattern.quote(name) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(metrics);
        assertThat(line.find()).as(name + " in " + metrics).isTrue();
        return Double.parseDouble(line.group(1));
    }

    /** Connects, and sends what fits into the buffers of both kernels. */
    private static SocketChannel hoard(String unfinished) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 128 * 1024);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(unfinished.getBytes(US_ASCII)));
        } catch (IOException e) {
            channel.close(); // Closed or reset by the gateway, which it may be at any time.
        }
        return channel;
    }

    /** Sends one request after the other from another address, each on a connection of its own. */
    private static List<Integer> useUntil(AtomicBoolean done) {
        List<Integer> statuses = new ArrayList<>();
        while (!done.get()) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress("127.0.0.2", 0));
                socket.setSoTimeout(20_000);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.getOutputStream()
                        .write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
                String response = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                statuses.add(response.length() < 12 ? 0 : Integer.parseInt(response.substring(9, 12)));
            } catch (IOException e) {
                statuses.add(-1);
            }
        }
        return statuses;
    }
}
