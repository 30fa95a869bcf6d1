package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Redis goes away and comes back; the gateway answers all the while. */
class OutageTest {
    private static final String BUCKET = "token_bucket:{default:ip:127.0.0.1}";
    private static final String GONE = "Rate limits are decided without the shared store from now on";
    private static final String BACK = "Rate limits are decided by the shared store again";
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private RedisServer redis;
    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start(folder);
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        redis.close();
    }

    @Test
    void noRequestFailsWhenRedisIsKilledUnderLoadAndIsBack() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(environment());
                Load load = new Load(gateway.awaitPort())) {
            Awaitility.await().atMost(WITHIN).until(this::isCharged);

            redis.kill();
            load.awaitMore(200);
            Awaitility.await().atMost(WITHIN).until(() -> count(gateway, GONE) == 1);

            redis.launch();
            Awaitility.await().atMost(WITHIN).until(() -> count(gateway, BACK) == 1);
            Awaitility.await("charged in Redis again").atMost(WITHIN).until(this::isCharged);
            load.awaitMore(50);

            assertThat(load.answers()).as("answers by status").containsOnlyKeys(200);
            assertThat(count(gateway, GONE))
                    .as("said once, not by every request")
                    .isEqualTo(1);
        }
    }

    @Test
    void startsWithoutRedisAndSaysSoOnceAndPicksItUp() throws Exception {
        redis.kill();
        try (GatewayProcess gateway = GatewayProcess.start(environment());
                Load load = new Load(gateway.awaitPort())) {
            load.awaitMore(100);
            assertThat(count(gateway, "is lost: cannot connect")).isEqualTo(1);
            assertThat(count(gateway, GONE)).isEqualTo(1);

            redis.launch();
            Awaitility.await().atMost(WITHIN).until(this::isCharged);

            assertThat(load.answers()).containsOnlyKeys(200);
        }
    }

    @Test
    void decidesInTheMeantimeAsThePolicyWants() throws Exception {
        redis.kill();
        assertThat(statuses("local", "1")).containsExactly(200, 200, 429);
        assertThat(statuses("local", "2")).as("half of it").containsExactly(200, 429, 429);
        assertThat(statuses("allow", "1")).containsExactly(200, 200, 200);
        assertThat(statuses("deny", "1")).containsExactly(429, 429, 429);
    }

    private List<Integer> statuses(String onOutage, String replicas) throws Exception {
        try (Deployment gateway = Deployment.builder()
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "2")
                .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                .with("RATE_LIMIT_ON_OUTAGE", onOutage)
                .with("RATE_LIMIT_REPLICAS", replicas)
                .upstream(upstream)
                .start()) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                statuses.add(gateway.client().get("/health").status());
            }
            return statuses;
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = Deployment.environment(upstream);
        environment.put("REDIS_ENABLED", "true");
        environment.put("REDIS_HOST", "127.0.0.1");
        environment.put("REDIS_PORT", Integer.toString(redis.port()));
        return environment;
    }

    private boolean isCharged() {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port(), 10_000)) {
            return jedis.exists(BUCKET);
        }
    }

    private static long count(GatewayProcess gateway, String text) {
        return Pattern.compile(Pattern.quote(text))
                .matcher(gateway.output())
                .results()
                .count();
    }

    /** Two clients that ask without a pause. */
    private static final class Load implements AutoCloseable {
        private final ExecutorService clients = Executors.newFixedThreadPool(2);
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Map<Integer, AtomicInteger> byStatus = new ConcurrentHashMap<>();
        private final AtomicInteger total = new AtomicInteger();
        private final List<Future<?>> running = new ArrayList<>();

        Load(int port) {
            for (int i = 0; i < 2; i++) {
                running.add(clients.submit(() -> {
                    Client client = new Client("http://127.0.0.1:" + port);
                    while (!stopped.get()) {
                        int status = client.get("/health").status();
                        byStatus.computeIfAbsent(status, s -> new AtomicInteger())
                                .incrementAndGet();
                        total.incrementAndGet();
                    }
                }));
            }
        }

        void awaitMore(int answers) {
            int enough = total.get() + answers;
            Awaitility.await().atMost(WITHIN).until(() -> total.get() >= enough);
        }

        /** How many there were of each status, after the last; a client that failed fails this. */
        Map<Integer, AtomicInteger> answers() throws Exception {
            stopped.set(true);
            for (Future<?> client : running) {
                client.get();
            }
            return byStatus;
        }

        @Override
        public void close() {
            stopped.set(true);
            clients.shutdownNow();
        }
    }
}
