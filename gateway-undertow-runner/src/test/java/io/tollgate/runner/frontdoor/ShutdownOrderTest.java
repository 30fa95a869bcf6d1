package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to the real process: what is closed when, and what a part that hangs can keep from it. */
class ShutdownOrderTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Pattern STEP = Pattern.compile("\\bstep=(?:\"([^\"]+)\"|(\\S+))");
    private static final List<String> ORDER =
            List.of("readiness", "listener", "in-flight requests", "upstreams", "redis", "telemetry", "admin port");

    private ScriptedUpstream upstream;

    @BeforeEach
    void open() throws IOException {
        upstream = new ScriptedUpstream();
        Executor later = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, task -> new Thread(task).start());
        upstream.purchase = (request, answer) -> later.execute(() -> ScriptedUpstream.confirm(request, answer));
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    /** Acts as a cluster does with a pod: tells it to stop, and takes its endpoint away a while later. */
    @Test
    void losesNoRequestOfABalancerThatHearsOfItsDelay() throws Exception {
        int clients = 8;
        ExecutorService threads = Executors.newFixedThreadPool(2 * clients + 1);
        Map<String, String> environment = Deployment.environment(upstream);
        environment.put("SERVER_HTTP_DRAIN_DELAY", "4s");
        try (GatewayProcess gateway = GatewayProcess.start(environment)) {
            int port = gateway.awaitPort();
            Operator balancer = new Operator(gateway.awaitAdminPort());
            String request = purchase();
            AtomicInteger responses = new AtomicInteger();
            CountDownLatch takenAway = new CountDownLatch(1);
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                ends.add(threads.submit(() -> useKeptConnections(port, request, responses, takenAway)));
                ends.add(threads.submit(() -> useNewConnections(port, request, responses, takenAway)));
            }
            await().atMost(WITHIN).until(() -> responses.get() > 20 * clients);

            gateway.terminate();

            await().atMost(WITHIN).until(() -> balancer.get("/health/ready").statusCode() == 503);
            int before = responses.get();
            await().atMost(WITHIN).until(() -> responses.get() > before + 2 * clients);
            takenAway.countDown();
            for (Future<String> end : ends) {
                assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo("nothing lost");
            }
            assertThat(gateway.awaitExit()).isEqualTo(143);
            assertThat(gateway.output()).contains("stopped").doesNotContain("did not end in time");
            assertThat(steps(gateway)).isEqualTo(ORDER);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void readinessCanBeReadWhileRequestsEndAndTheirSpansAreSent() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        upstream.purchase = (request, answer) -> {
            called.countDown();
            new Thread(() -> {
                        awaitLatch(released);
                        ScriptedUpstream.confirm(request, answer);
                    })
                    .start();
        };
        try (OtlpReceiver collector = new OtlpReceiver()) {
            Map<String, String> environment = Deployment.environment(upstream);
            environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
            environment.put("OTEL_BSP_SCHEDULE_DELAY", "3600000");
            try (GatewayProcess gateway = GatewayProcess.start(environment);
                    RawConnection client = new RawConnection(gateway.awaitPort())) {
                int port = gateway.awaitPort();
                Operator operator = new Operator(gateway.awaitAdminPort());
                client.send(purchase());
                awaitLatch(called);

                gateway.terminate();
                GatewayProcess.awaitRefused(port);

                assertThat(operator.get("/health/ready").statusCode()).isEqualTo(503);
                assertThat(operator.get("/health/ready").body()).contains("draining");
                assertThat(operator.get("/metrics").statusCode()).isEqualTo(200);
                assertThat(steps(gateway)).containsExactly("readiness", "listener");
                released.countDown();

                assertThat(client.read().status()).isEqualTo(200);
                assertThat(gateway.awaitExit()).isEqualTo(143);
                assertThat(steps(gateway)).isEqualTo(ORDER);
                assertThat(collector.spans())
                        .extracting(received -> received.span().getName())
                        .as("the spans of the last request and of its call")
                        .contains("POST /api/v1/tickets/{event_id}/purchase")
                        .hasSizeGreaterThan(1);
            }
        }
    }

    @Test
    void noPartThatHangsKeepsTheProcess(@TempDir Path folder) throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        upstream.purchase = (request, answer) -> called.countDown();
        try (RedisServer redis = RedisServer.start(folder);
                ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Map<String, String> environment = Deployment.environment(upstream);
            environment.put("AUTH_ISSUER", "gateway");
            environment.put("JWT_REVOCATION", "true");
            environment.put("REDIS_ENABLED", "true");
            environment.put("REDIS_HOST", "127.0.0.1");
            environment.put("REDIS_PORT", "" + redis.port());
            environment.put("SERVICES_ORDER_SERVICE_DEADLINE", "10m");
            environment.put("SERVER_HTTP_WRITE_TIMEOUT", "1h");
            environment.put("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "1s");
            environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + silent.getLocalPort());
            environment.put("OTEL_EXPORTER_OTLP_TIMEOUT", "600000");
            try (GatewayProcess gateway = GatewayProcess.start(environment);
                    RawConnection client = new RawConnection(gateway.awaitPort())) {
                client.send(purchase());
                awaitLatch(called);
                redis.suspend();

                gateway.terminate();

                assertThat(gateway.awaitExit()).isEqualTo(143);
                assertThat(steps(gateway)).isEqualTo(ORDER);
                assertThat(gateway.output()).contains("stopped");
            } finally {
                redis.resume();
            }
        }
    }

    @Test
    void theSecondSignalEndsTheDelayAtOnce() throws Exception {
        Map<String, String> environment = Deployment.environment(upstream);
        environment.put("SERVER_HTTP_DRAIN_DELAY", "1h");
        try (GatewayProcess gateway = GatewayProcess.start(environment)) {
            gateway.awaitPort();
            gateway.terminate();
            await().atMost(WITHIN).until(() -> gateway.output().contains("not ready, still accepting connections"));

            gateway.terminate();

            assertThat(gateway.awaitExit()).isEqualTo(143);
            assertThat(steps(gateway)).containsExactly("readiness");
        }
    }

    private static List<String> steps(GatewayProcess gateway) {
        return STEP.matcher(gateway.output())
                .results()
                .map(ShutdownOrderTest::step)
                .toList();
    }

    private static String step(MatchResult found) {
        return found.group(1) == null ? found.group(2) : found.group(1);
    }

    /** Sends on connections that it keeps, until the endpoint is taken away; opens another where one is closed. */
    private static String useKeptConnections(
            int port, String request, AtomicInteger responses, CountDownLatch takenAway) {
        try {
            while (takenAway.getCount() > 0) {
                try (RawConnection connection = new RawConnection(port)) {
                    boolean open = true;
                    while (open && takenAway.getCount() > 0) {
                        open = !purchase(connection, request, responses).closes();
                    }
                }
            }
            return "nothing lost";
        } catch (IOException | AssertionError e) {
            return "lost on a kept connection: " + e;
        }
    }

    private static String useNewConnections(
            int port, String request, AtomicInteger responses, CountDownLatch takenAway) {
        try {
            while (takenAway.getCount() > 0) {
                try (RawConnection connection = new RawConnection(port)) {
                    purchase(connection, request, responses);
                }
            }
            return "nothing lost";
        } catch (IOException | AssertionError e) {
            return "lost on a new connection: " + e;
        }
    }

    private static RawConnection.Response purchase(RawConnection connection, String request, AtomicInteger responses)
            throws IOException {
        connection.send(request);
        RawConnection.Response response = connection.read();
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        responses.incrementAndGet();
        return response;
    }

    private static String purchase() {
        return "POST /api/v1/tickets/rock-2026/purchase HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
                + "Authorization: Bearer " + Deployment.mint("user-1") + "\r\n\r\n";
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
