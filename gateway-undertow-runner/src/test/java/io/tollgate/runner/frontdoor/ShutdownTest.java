package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SIGTERM to the real process: what was read is answered, and nobody who is connected is cut off. */
class ShutdownTest {
    private static final int CONNECTIONS = 16;

    private static ScriptedUpstream upstream;

    @BeforeAll
    static void open() throws Exception {
        upstream = new ScriptedUpstream();
        Executor later = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);
        upstream.purchase = (request, answer) -> later.execute(() -> ScriptedUpstream.confirm(request, answer));
    }

    @AfterAll
    static void close() {
        upstream.close();
    }

    @Test
    void losesNoRequestOfKeepAliveConnectionsUnderLoad() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        try (GatewayProcess gateway = GatewayProcess.start(Deployment.environment(upstream))) {
            int port = gateway.awaitPort();
            String request = purchase();
            AtomicInteger answered = new AtomicInteger();
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                ends.add(clients.submit(() -> useUntilClosed(port, request, answered)));
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 20 * CONNECTIONS);

            gateway.terminate();

            for (Future<String> end : ends) {
                assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo("answered with Connection: close");
            }
            assertThat(gateway.awaitExit()).as("128 + SIGTERM").isEqualTo(143);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void answersARequestOfWhichOnlyTheFirstBytesHadArrived() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(Deployment.environment(upstream))) {
            int port = gateway.awaitPort();
            try (RawConnection fresh = new RawConnection(port);
                    RawConnection used = new RawConnection(port)) {
                used.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(used.read().closes()).isFalse();
                fresh.send("GET /hea");
                used.send("GET /hea");

                gateway.terminate();
                GatewayProcess.awaitRefused(port);
                fresh.send("lth HTTP/1.1\r\nHost: x\r\n\r\n");
                used.send("lth HTTP/1.1\r\nHost: x\r\n\r\n");

                for (RawConnection connection : List.of(fresh, used)) {
                    RawConnection.Response response = connection.read();
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.closes()).isTrue();
                    assertThat(connection.isClosedByServer()).isTrue();
                }
            }
            assertThat(gateway.awaitExit()).isEqualTo(143);
        }
    }

    @Test
    void givesAnIdleConnectionOneMoreAnswer() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(Deployment.environment(upstream))) {
            int port = gateway.awaitPort();
            try (RawConnection idle = new RawConnection(port)) {
                idle.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(idle.read().closes()).isFalse();

                gateway.terminate();
                GatewayProcess.awaitRefused(port);
                idle.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");

                RawConnection.Response last = idle.read();
                assertThat(last.status()).isEqualTo(200);
                assertThat(last.closes()).isTrue();
            }
            assertThat(gateway.awaitExit()).isEqualTo(143);
        }
    }

    @Test
    void doesNotWaitForIdleConnectionsLongerThanTheirTimeout() throws Exception {
        Map<String, String> environment = patient();
        environment.put("SERVER_HTTP_DRAIN_IDLE_TIMEOUT", "100ms");
        try (GatewayProcess gateway = GatewayProcess.start(environment);
                RawConnection used = new RawConnection(gateway.awaitPort());
                RawConnection unused = new RawConnection(gateway.awaitPort())) {
            used.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(used.read().closes()).isFalse();

            gateway.terminate();

            assertThat(gateway.awaitExit()).isEqualTo(143);
            assertThat(used.isClosedByServer()).isTrue();
            assertThat(unused.isClosedByServer()).isTrue();
        }
    }

    @Test
    void endsAtOnceOnTheSecondSignal() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(patient());
                RawConnection unfinished = new RawConnection(gateway.awaitPort())) {
            int port = gateway.awaitPort();
            unfinished.send("GET /hea");
            gateway.terminate();
            GatewayProcess.awaitRefused(port);

            gateway.terminate();

            assertThat(gateway.awaitExit()).isEqualTo(143);
            assertThat(gateway.output()).contains("stopping").doesNotContain("stopped");
        }
    }

    @Test
    void servesOnForItsDelayWhileItIsNotReady() throws Exception {
        Map<String, String> environment = patient();
        environment.put("SERVER_HTTP_DRAIN_DELAY", "1h");
        try (GatewayProcess gateway = GatewayProcess.start(environment)) {
            Operator operator = new Operator(gateway.awaitAdminPort());
            assertThat(operator.get("/health/ready").statusCode()).isEqualTo(200);

            gateway.terminate();

            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(operator.get("/health/ready").statusCode())
                                    .isEqualTo(503));
            try (RawConnection late = new RawConnection(gateway.awaitPort())) {
                late.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                RawConnection.Response response = late.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.closes()).isFalse();
            }
            gateway.terminate();
            assertThat(gateway.awaitExit()).isEqualTo(143);
        }
    }

    /** Waits an hour for what does not end by itself. */
    private static Map<String, String> patient() {
        Map<String, String> environment = Deployment.environment(upstream);
        environment.put("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "1h");
        return environment;
    }

    private static String useUntilClosed(int port, String request, AtomicInteger answered) {
        int before = 0;
        try (RawConnection connection = new RawConnection(port)) {
            while (true) {
                connection.send(request);
                RawConnection.Response response = connection.read();
                before++;
                answered.incrementAndGet();
                if (response.status() != 200) {
                    return "status " + response.status() + ": " + response.body();
                }
                if (response.closes()) {
                    return "answered with Connection: close";
                }
            }
        } catch (IOException e) {
            return "request " + (before + 1) + " was lost: " + e;
        }
    }

    private static String purchase() {
        return "POST /api/v1/tickets/rock-2026/purchase HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                + "Authorization: Bearer " + Deployment.mint("user-1") + "\r\n\r\n";
    }
}
