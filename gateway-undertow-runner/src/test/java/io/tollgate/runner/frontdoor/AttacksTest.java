package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import io.tollgate.grpc.order.PurchaseResponse;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All attacks together, on a gateway with a heap of 256 MiB: hostile clients at both ports, and a Redis that stalls and dies.
 * A well-behaved client gets its responses all the same. {@code make attack} does it for ten minutes, and with a larger crowd if asked to.
 */
class AttacksTest {
    private static final Duration DURATION = Duration.parse(System.getProperty("tollgate.attack.duration", "PT12S"));
    private static final int SCALE = Integer.getInteger("tollgate.attack.scale", 1);

    /** Responses to the well-behaved client by status, and failures by kind. */
    private final Map<String, LongAdder> outcomes = new ConcurrentSkipListMap<>();

    /** The time of each purchase with a response, in nanoseconds. */
    private final Queue<Long> times = new ConcurrentLinkedQueue<>();

    private final AtomicInteger users = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aWellBehavedClientIsServed(@TempDir Path folder) throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(16);
        try (RedisServer redis = RedisServer.start(folder);
                ScriptedUpstream upstream = new ScriptedUpstream();
                GatewayProcess gateway = GatewayProcess.start(environment(upstream, redis))) {
            upstream.purchase = ScriptedUpstream.answering(PurchaseResponse.getDefaultInstance());
            upstream.login = ScriptedUpstream.failing(io.grpc.Status.UNAUTHENTICATED.asRuntimeException());
            int port = gateway.awaitPort();
            int adminPort = gateway.awaitAdminPort();
            purchase(port);
            String before = outcomes.toString();
            times.clear();
            silenceAccessLog(adminPort);

            try (Attackers clients = new Attackers(2, 8, seed).attack(port, SCALE);
                    Attackers operators = new Attackers(20, 2, seed).attackOperators(adminPort)) {
                List<ScheduledFuture<?>> load = List.of(
                        clock.scheduleAtFixedRate(() -> purchase(port), 0, 50, TimeUnit.MILLISECONDS),
                        clock.scheduleAtFixedRate(() -> live(adminPort), 0, 1, TimeUnit.SECONDS),
                        clock.scheduleAtFixedRate(() -> stall(redis), 1, 5, TimeUnit.SECONDS));
                assertThat(over.await(DURATION.toMillis(), TimeUnit.MILLISECONDS))
                        .isFalse();
                assertThat(load).as("none has failed").noneMatch(Future::isDone);
                clock.shutdown();
                assertThat(clock.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
                System.out.printf(
                        "attacks, %s at scale %d: responses %s, purchases in %s; attackers' connections %s, operators' %s%n",
                        DURATION, SCALE, outcomes, percentiles(), clients.summary(), operators.summary());
            }

            assertThat(before).as("before the attacks").isEqualTo("{202=1}");
            assertThat(share("202")).as("seed %d, %s", seed, outcomes).isGreaterThanOrEqualTo(0.95);
            assertThat(share("live 200"))
                    .as("health checks, seed %d, %s", seed, outcomes)
                    .isEqualTo(1);
            assertThat(gateway.output()).doesNotContain("OutOfMemoryError").doesNotContain("INTERNAL_SERVER_ERROR");
            outcomes.clear();
            purchase(port);
            assertThat(outcomes).as("after the attacks").containsOnlyKeys("202");
        } finally {
            clock.shutdownNow();
        }
    }

    /** Its lines, at this rate, would fill the disk. */
    private static void silenceAccessLog(int adminPort) {
        Answer answer = Client.ofOperators(adminPort)
                .send(
                        "PUT",
                        "/loggers/io.tollgate.access",
                        BodyPublishers.ofString("{\"level\":\"off\"}"),
                        "Content-Type",
                        "application/json");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    /** Returns the share of responses of that name, of those of its kind. */
    private double share(String name) {
        boolean live = name.startsWith("live");
        long all = outcomes.entrySet().stream()
                .filter(e -> e.getKey().startsWith("live") == live)
                .mapToLong(e -> e.getValue().sum())
                .sum();
        LongAdder good = outcomes.get(name);
        return good == null ? 0 : (double) good.sum() / all;
    }

    /** One purchase by another user, on a connection of its own; the service queues it (202). */
    private void purchase(int port) {
        String token = Deployment.mint("user-" + users.incrementAndGet());
        long begin = System.nanoTime();
        boolean responded = count(
                "",
                port,
                "POST /api/v1/tickets/rock/purchase HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + token + "\r\nContent-Length: 0\r\n\r\n");
        if (responded) {
            times.add(System.nanoTime() - begin);
        }
    }

    private void live(int adminPort) {
        count("live ", adminPort, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    /** Returns the times within which half, 99 of a hundred and all of the purchases had a response. */
    private String percentiles() {
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return IntStream.of(sorted.length == 0 ? new int[0] : new int[] {50, 99, 100})
                .mapToObj(percent -> percent + " %: "
                        + TimeUnit.NANOSECONDS.toMillis(sorted[Math.max(0, sorted.length * percent / 100 - 1)])
                        + " ms")
                .collect(Collectors.joining(", "));
    }

    /** Counts the outcome of a request; returns whether it had a response. */
    private boolean count(String kind, int port, String request) {
        boolean responded = false;
        String outcome;
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(request);
            outcome = kind + connection.read().status();
            responded = true;
        } catch (IOException e) {
            outcome = kind + e;
        }
        outcomes.computeIfAbsent(outcome, o -> new LongAdder()).increment();
        return responded;
    }

    private static void stall(RedisServer redis) {
        redis.suspend();
        try {
            TimeUnit.SECONDS.sleep(1); // The stall is part of the attack.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            redis.resume();
        }
    }

    private static Map<String, String> environment(ScriptedUpstream upstream, RedisServer redis) {
        Map<String, String> environment = Deployment.environment(upstream);
        environment.remove("REDIS_TOKEN_BUCKET_CAPACITY");
        environment.remove("REDIS_TOKEN_BUCKET_REFILL_RATE");
        environment.put("REDIS_ENABLED", "true");
        environment.put("REDIS_HOST", "127.0.0.1");
        environment.put("REDIS_PORT", Integer.toString(redis.port()));
        environment.put("LOG_LEVEL", "info");
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx256m");
        return environment;
    }
}
