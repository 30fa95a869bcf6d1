package io.tollgate.auth.revocation;

import static io.tollgate.auth.revocation.Outcomes.issue;
import static io.tollgate.auth.revocation.Outcomes.join;
import static io.tollgate.auth.revocation.Outcomes.rejection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CommonError;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.CapturedLog;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.auth.revocation.RedisRevokedTokens.WhenStale;
import io.tollgate.auth.testkit.RevokedTokensContract;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

class RedisRevokedTokensTest extends RevokedTokensContract {
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    static Path folder;

    private static RedisServer server;
    private static UnifiedJedis client;
    private static RedisRevokedTokens list;

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start(folder);
        client = server.client();
        list = builder(client, WhenStale.REJECT).build();
        await().ignoreExceptions().until(() -> !join(list.isRevoked("x")));
    }

    @AfterAll
    static void stopRedis() {
        list.close();
        client.close();
        server.close();
    }

    @Override
    protected RevokedTokens list() {
        return list;
    }

    @Test
    void tellsInstancesThatAreThereAndInstancesThatComeLater() {
        try (RedisRevokedTokens present = builder(client, WhenStale.ACCEPT).build()) {
            join(list.revoke("shared", Instant.now().plusSeconds(900)));

            await().until(() -> join(present.isRevoked("shared")));
            try (RedisRevokedTokens late = builder(client, WhenStale.ACCEPT).build()) {
                await().until(() -> join(late.isRevoked("shared")));
            }
        }
    }

    @Test
    void passesOnThousandsOfTokens() {
        for (int i = 0; i < 2_500; i++) {
            join(list.revoke("many-" + i, Instant.now().plusSeconds(900)));
        }

        try (RedisRevokedTokens late = builder(client, WhenStale.ACCEPT).build()) {
            await().until(() -> join(late.isRevoked("many-0")) && join(late.isRevoked("many-2499")));
        }
    }

    @Test
    void forgetsATokenThatHasEnded(@TempDir Path ownFolder) {
        VirtualTime time = new VirtualTime(Instant.now());
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens tokens =
                        builder(ownClient, WhenStale.ACCEPT).time(time).build()) {
            join(tokens.revoke("a", time.now().plusSeconds(60)));
            assertThat(ownClient.pttl("{revoked_tokens}:until")).isBetween(1L, 60_000L);

            time.advance(Duration.ofSeconds(61));

            await().until(() -> !join(tokens.isRevoked("a")));
            join(tokens.revoke("b", time.now().plusSeconds(60)));
            assertThat(ownClient.zrange("{revoked_tokens}:until", 0, -1)).containsExactly("b");
            assertThat(ownClient.zrange("{revoked_tokens}:log", 0, -1)).containsExactly("b");
        }
    }

    @Test
    void refusesOrAcceptsAsToldWhenRedisIsAwayForTooLong(@TempDir Path ownFolder) {
        AtomicLong nanos = new AtomicLong();
        TimeSource stopped = new TimeSource() {
            @Override
            public long nanoTime() {
                return nanos.get();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens refusing =
                        builder(ownClient, WhenStale.REJECT).time(stopped).build();
                RedisRevokedTokens accepting =
                        builder(ownClient, WhenStale.ACCEPT).time(stopped).build()) {
            JwtTokenService strict = service(refusing);
            JwtTokenService lenient = service(accepting);
            String good = issue(strict);
            String bad = issue(strict);
            await().until(() -> rejection(strict.verify(good)).isEmpty());
            join(strict.revokeAccessToken(bad));
            await().until(() -> rejection(lenient.verify(bad)).isPresent());

            own.kill();
            nanos.addAndGet(HOUR.toNanos());
            assertThat(rejection(strict.verify(good))).isEmpty();
            assertThat(refusing.age()).contains(HOUR);
            nanos.addAndGet(1);

            assertThat(rejection(strict.verify(good))).contains(CommonError.SERVICE_UNAVAILABLE);
            assertThat(rejection(strict.verify(bad))).contains(CommonError.INVALID_TOKEN);
            assertThat(rejection(lenient.verify(good))).isEmpty();
            assertThat(rejection(lenient.verify(bad))).contains(CommonError.INVALID_TOKEN);
            assertThat(catchThrowable(() -> join(strict.revokeAccessToken(good))))
                    .hasMessageContaining("Tokens cannot be processed at the moment");

            own.launch();
            await().until(() -> rejection(strict.verify(good)).isEmpty());
            assertThat(rejection(strict.verify(bad))).contains(CommonError.INVALID_TOKEN);
        }
    }

    @Test
    void startsOverWhereRedisHasLostTheList(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens reader = builder(ownClient, WhenStale.ACCEPT).build();
                RedisRevokedTokens writer = builder(ownClient, WhenStale.ACCEPT).build()) {
            for (int i = 0; i < 10; i++) {
                join(writer.revoke("before-" + i, Instant.now().plusSeconds(900)));
            }
            await().until(() -> join(reader.isRevoked("before-9")));

            ownClient.flushAll();
            join(writer.revoke("after", Instant.now().plusSeconds(900)));

            await().until(() -> join(reader.isRevoked("after")));
            assertThat(join(reader.isRevoked("before-0"))).isTrue();
        }
    }

    @Test
    void readsOnAfterAnErrorAndSaysSoOnce() {
        AtomicInteger errors = new AtomicInteger();
        Supplier<UnifiedJedis> failing = () -> {
            if (errors.incrementAndGet() <= 3) {
                throw new StackOverflowError();
            }
            return client;
        };
        try (CapturedLog log = new CapturedLog(RedisRevokedTokens.class);
                RedisRevokedTokens tokens = RedisRevokedTokens.builder()
                        .client(failing)
                        .refreshInterval(OFTEN)
                        .maxStaleness(HOUR)
                        .build()) {
            await().ignoreExceptions().until(() -> !join(tokens.isRevoked("x")));

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("StackOverflowError"))
                    .hasSize(1);
        }
    }

    @Test
    void readsOnThoughItCannotEvenLogAnError() {
        AtomicInteger errors = new AtomicInteger();
        Supplier<UnifiedJedis> failing = () -> {
            if (errors.incrementAndGet() <= 3) {
                throw new StackOverflowError() {
                    @Override
                    public String getMessage() {
                        throw new OutOfMemoryError("of this test");
                    }
                };
            }
            return client;
        };
        try (RedisRevokedTokens tokens = RedisRevokedTokens.builder()
                .client(failing)
                .refreshInterval(OFTEN)
                .maxStaleness(HOUR)
                .build()) {
            await().ignoreExceptions().until(() -> !join(tokens.isRevoked("x")));
        }
    }

    @Test
    void skipsAnIdThatIsTooLongAndReadsTheOthers(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens writer = builder(ownClient, WhenStale.REJECT).build()) {
            join(writer.revoke("a", Instant.now().plusSeconds(900)));
            String foreign = "x".repeat(65);
            ownClient.zadd(
                    "{revoked_tokens}:until",
                    (double) Instant.now().plusSeconds(900).toEpochMilli(),
                    foreign);
            ownClient.zadd("{revoked_tokens}:log", 0.5, foreign);
            ownClient.zadd("{revoked_tokens}:until", Double.POSITIVE_INFINITY, "endless");
            ownClient.zadd("{revoked_tokens}:log", 0.6, "endless");
            try (CapturedLog log = new CapturedLog(RedisRevokedTokens.class);
                    RedisRevokedTokens reader =
                            builder(ownClient, WhenStale.REJECT).build()) {
                await().ignoreExceptions().until(() -> join(reader.isRevoked("a")));
                await().ignoreExceptions().until(() -> !join(reader.isRevoked("b")));

                assertThat(join(reader.isRevoked(foreign))).isFalse();
                assertThat(join(reader.isRevoked("endless"))).isTrue();
                assertThat(log.lines()).anyMatch(line -> line.contains("too long ids skipped [skipped=\"1\""));
            }
        }
    }

    @Test
    void rejectsAnIdThatNoInstanceWouldKeep() {
        assertThatThrownBy(() -> list.revoke("x".repeat(65), Instant.now().plusSeconds(900)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokenId: 65 characters (expected: at most 64)");
        join(list.revoke("x".repeat(64), Instant.now().plusSeconds(900)));
    }

    @Test
    void readsATokenThatTookThePlaceOfOneThatEndedInAFullList(@TempDir Path ownFolder) {
        VirtualTime time = new VirtualTime(Instant.now());
        AtomicBoolean paused = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens writer = small(ownClient).time(time).build();
                RedisRevokedTokens reader = small(ownClient)
                        .client(() -> {
                            if (paused.get()) {
                                refused.incrementAndGet();
                                throw new IllegalStateException("paused");
                            }
                            return ownClient;
                        })
                        .time(time)
                        .build()) {
            join(writer.revoke("a", time.now().plusSeconds(60)));
            join(writer.revoke("b", time.now().plusSeconds(900)));
            await().until(() -> join(reader.isRevoked("a")) && join(reader.isRevoked("b")));

            paused.set(true);
            await().until(() -> refused.get() > 0);
            time.advance(Duration.ofSeconds(61));
            join(writer.revoke("c", time.now().plusSeconds(900)));
            paused.set(false);

            await().until(() -> join(reader.isRevoked("c")));
            assertThat(join(reader.isRevoked("a"))).isFalse();
            assertThat(join(reader.isRevoked("b"))).isTrue();
        }
    }

    @Test
    void readsANewListThoughItsCopyOfALostOneIsFull(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens writer = small(ownClient).build();
                RedisRevokedTokens reader = small(ownClient).build()) {
            Instant later = Instant.now().plusSeconds(900);
            fill(writer, reader, later);

            for (String first : List.of("c", "e")) {
                ownClient.flushAll();
                join(writer.revoke(first, later));
                join(writer.revoke(first + "2", later));
                await().until(() -> join(reader.isRevoked(first)) && join(reader.isRevoked(first + "2")));
            }

            assertThat(join(reader.isRevoked("a"))).isTrue();
            assertThat(join(reader.isRevoked("b"))).isTrue();
        }
    }

    @Test
    void readsOnThoughAReplicaThatTookOverHadLostTokens(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRevokedTokens writer = small(ownClient).build();
                RedisRevokedTokens reader = small(ownClient).build()) {
            Instant later = Instant.now().plusSeconds(900);
            fill(writer, reader, later);

            ownClient.zrem("{revoked_tokens}:until", "a");
            ownClient.zrem("{revoked_tokens}:log", "a");
            join(writer.revoke("c", later));

            await().until(() -> join(reader.isRevoked("c")));
            assertThat(join(reader.isRevoked("a"))).isTrue();
        }
    }

    @Test
    void needsAClientAndAToleranceOfAtLeastOneInterval() {
        assertThatThrownBy(() -> RedisRevokedTokens.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("client: unset (expected: client(...) before build())");
        assertThatThrownBy(() -> RedisRevokedTokens.builder()
                        .client(client)
                        .refreshInterval(Duration.ofSeconds(2))
                        .maxStaleness(Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("maxStaleness: PT1S (expected: at least refreshInterval, PT2S)");
    }

    private static RedisRevokedTokens.Builder builder(UnifiedJedis redis, WhenStale whenStale) {
        return RedisRevokedTokens.builder()
                .client(redis)
                .whenStale(whenStale)
                .refreshInterval(OFTEN)
                .maxStaleness(HOUR);
    }

    /** Revokes the two tokens that fill a small list, and waits until {@code reader} has them. */
    private static void fill(RedisRevokedTokens writer, RedisRevokedTokens reader, Instant until) {
        join(writer.revoke("a", until));
        join(writer.revoke("b", until));
        await().until(() -> join(reader.isRevoked("a")) && join(reader.isRevoked("b")));
    }

    /** A list of at most two tokens. */
    private static RedisRevokedTokens.Builder small(UnifiedJedis redis) {
        return builder(redis, WhenStale.ACCEPT).maxTokens(2);
    }

    private static JwtTokenService service(RevokedTokens tokens) {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(TestKeys.of(SignatureAlgorithm.HS256)))
                .revokedTokens(tokens)
                .build();
    }
}
