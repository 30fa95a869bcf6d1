package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** No error of any kind ends a thread of the limiter, hides a decision, or fills the log. */
class LoopsTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "k", RateLimit.perDay(1_000_000));

    @Test
    void survivesALogThatThrowsErrors() throws Exception {
        try (ScriptedRedis server = new ScriptedRedis(command -> null);
                FailingLog failing = new FailingLog(server.address());
                RedisRateLimiter single = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", server.port())
                        .deadline(Duration.ofSeconds(20))
                        .build();
                RedisRateLimiter cluster = RedisRateLimiter.builder()
                        .cluster(List.of(server.address()))
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> failing.thrown.get() > 1);
            assertThat(end(single)).isNotNull();
            server.script(command -> switch (command.get(0)) {
                case "EVALSHA" -> ScriptedRedis.allowed(41);
                case "CLUSTER" ->
                    "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n" + ScriptedRedis.bulk("127.0.0.1") + ":" + server.port()
                            + "\r\n";
                default -> ScriptedRedis.OK;
            });
            for (RedisRateLimiter each : List.of(single, cluster)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> end(each).contains("remaining=41"));
            }
        }
    }

    @Test
    void endsWithoutCountingItsOwnEndAsAFailure() throws Exception {
        try (ScriptedRedis server = new ScriptedRedis(ScriptedRedis.deciding(ScriptedRedis.allowed(41)))) {
            RedisRateLimiter limiter = RedisRateLimiter.builder()
                    .standalone("127.0.0.1", server.port())
                    .deadline(Duration.ofSeconds(20))
                    .build();
            assertThat(end(limiter)).contains("remaining=41");
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            server.script(command -> {
                asked.countDown();
                Awaitility.await().forever().until(() -> never.getCount() == 0);
                return null;
            });
            limiter.decide(CHECK);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

            limiter.close();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("tollgate-redis-" + server.address())));
            never.countDown();
            assertThat(limiter.stats().connectFailures()).isZero();
        }
    }

    @Test
    void survivesCallbacksThatThrowAndInterrupt() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisRateLimiter limiter = RedisRateLimiterContractTest.limiter(redis)
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            for (int i = 0; i < 20; i++) {
                CompletableFuture<Object> broken = limiter.decide(CHECK)
                        .<Object>thenApply(decision -> {
                            if (Thread.currentThread().getName().startsWith("tollgate-")) {
                                Thread.currentThread().interrupt();
                            }
                            throw new StackOverflowError("of a callback");
                        })
                        .toCompletableFuture();
                broken.handle((decision, failure) -> failure).get(20, TimeUnit.SECONDS);
            }
            assertThat(end(limiter)).contains("remaining=");
            assertThat(limiter.stats().connectFailures()).isZero();
        }
    }

    @Test
    void aConnectionThatIsLostAgainAndAgainFillsNoLog() throws Exception {
        AtomicInteger replies = new AtomicInteger();
        try (Logged logged = new Logged();
                ScriptedRedis server = new ScriptedRedis(command -> {
                    if (!"EVALSHA".equals(command.get(0))) {
                        return ScriptedRedis.OK;
                    }
                    return replies.incrementAndGet() % 2 == 0 ? null : ScriptedRedis.allowed(41);
                });
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", server.port())
                        .build()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        end(limiter);
                        return server.connections() > 20;
                    });
            assertThat(logged.warnings(server.address(), "is lost")).hasSizeBetween(1, 9);
            assertThat(logged.lines(server.address(), "is available again")).hasSizeLessThan(10);
        }
    }

    @Test
    void checksThatWereDroppedLeaveRoomForOthers() throws Exception {
        AtomicBoolean well = new AtomicBoolean();
        try (ScriptedRedis server = new ScriptedRedis(command -> !"EVALSHA".equals(command.get(0))
                        ? ScriptedRedis.OK
                        : well.get() ? ScriptedRedis.allowed(41) : null);
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", server.port())
                        .deadline(Duration.ofSeconds(20))
                        .maxQueued(50)
                        .build()) {
            // Keys so long that the commands are written while they are made, on a connection that is closed.
            RateLimitCheck[] checks = new RateLimitCheck[40];
            for (int i = 0; i < checks.length; i++) {
                checks[i] = RateLimitCheck.of("p", "k".repeat(250) + i, CHECK.limit());
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                for (RateLimitCheck each : checks) {
                    limiter.decide(each);
                }
                return server.connections() > 8;
            });
            well.set(true);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> end(limiter).contains("remaining=41"));
            assertThat(limiter.stats().queued()).isZero();
        }
    }

    /** Returns the decision or the failure, as a text. */
    private static String end(RateLimiter limiter) throws Exception {
        CompletionStage<RateLimitDecision> stage;
        try {
            stage = limiter.decide(CHECK);
        } catch (Error e) {
            return e.toString();
        }
        return stage.handle((decision, failure) -> decision == null ? failure.toString() : decision.toString())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /** Has every line about one Redis throw an error, until closed. */
    private static final class FailingLog extends TurboFilter implements AutoCloseable {
        private final LoggerContext logback = (LoggerContext) LoggerFactory.getILoggerFactory();
        private final AtomicInteger thrown = new AtomicInteger();
        private final String address;

        FailingLog(String address) {
            this.address = address;
            start();
            logback.addTurboFilter(this);
        }

        @Override
        public FilterReply decide(
                Marker marker, Logger logger, Level level, String format, Object[] params, Throwable problem) {
            String about = Thread.currentThread().getName() + Arrays.toString(params);
            if (level.isGreaterOrEqual(Level.INFO) && about.contains(address)) {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the log");
            }
            return FilterReply.NEUTRAL;
        }

        @Override
        public void close() {
            logback.getTurboFilterList().remove(this);
        }
    }
}
