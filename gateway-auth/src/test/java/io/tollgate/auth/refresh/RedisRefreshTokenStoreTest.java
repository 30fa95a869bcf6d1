package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.auth.testkit.RefreshTokenStoreContract;
import io.tollgate.auth.testkit.StoredToken;
import io.tollgate.auth.testkit.TestKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

class RedisRefreshTokenStoreTest extends RefreshTokenStoreContract {
    @TempDir
    static Path folder;

    private static RedisServer server;
    private static UnifiedJedis client;
    private static RedisRefreshTokenStore store;

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start(folder);
        client = server.client();
        store = RedisRefreshTokenStore.builder().client(client).build();
    }

    @AfterAll
    static void stopRedis() {
        store.close();
        client.close();
        server.close();
    }

    @Override
    protected RefreshTokenStore store() {
        return store;
    }

    @Test
    void letsTwoInstancesShareFamilies() {
        try (UnifiedJedis otherClient = server.client();
                RedisRefreshTokenStore otherStore =
                        RedisRefreshTokenStore.builder().client(otherClient).build()) {
            JwtTokenService here = service(store);
            JwtTokenService there = service(otherStore);
            Principal principal = new Principal("user-1", Set.of("a"), Set.of("b"), Map.of("plan", "gold"));

            TokenPair first = join(here.issue(principal));
            TokenPair second = join(there.refresh(first.refreshToken().orElseThrow()));

            assertThat(join(here.verify(second.accessToken())).principal()).isEqualTo(principal);
            assertThat(refusal(here.refresh(first.refreshToken().orElseThrow())))
                    .isEqualTo(CommonError.UNAUTHENTICATED);
            assertThat(refusal(there.refresh(second.refreshToken().orElseThrow())))
                    .isEqualTo(CommonError.UNAUTHENTICATED);
        }
    }

    @Test
    void keepsEveryKeyNoLongerThanTheFamily() {
        String user = "user-expiring";
        StoredToken token = start(user, Duration.ofDays(30), Duration.ofDays(7));
        String family = "refresh_token:{" + token.familyId() + "}";
        assertThat(client.pttl(family)).isBetween(days(7) - 60_000, days(7));

        StoredToken next = token.next();
        join(store.rotate(
                new RotationRequest(
                        token.familyId(),
                        token.hash(),
                        new RefreshTokenRecord(next.hash(), Instant.now().plus(Duration.ofDays(40))),
                        Optional.empty(),
                        Instant.now(),
                        Duration.ZERO),
                CallContext.create()));

        assertThat(client.pttl(family)).isBetween(days(30) - 60_000, days(30));
        assertThat(client.pttl(family + ":used")).isBetween(days(30) - 60_000, days(30));
        assertThat(client.pttl("refresh_tokens_of:" + user)).isBetween(days(30) - 60_000, days(30));
    }

    @Test
    void takesARequestThatTheClientSendsTwiceForOneUse() {
        StoredToken token = start("user-of-a-cluster", Duration.ofDays(30), Duration.ofDays(7));
        StoredToken next = token.next();
        RotationRequest request = new RotationRequest(
                token.familyId(),
                token.hash(),
                new RefreshTokenRecord(next.hash(), Instant.now().plus(Duration.ofDays(7))),
                Optional.empty(),
                Instant.now(),
                Duration.ZERO);

        assertThat(join(store.rotate(request, CallContext.create()))).isInstanceOf(Rotation.Rotated.class);
        assertThat(join(store.rotate(request, CallContext.create()))).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void aRotationThatReachesRedisTooLateNeverHappens(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRefreshTokenStore impatient = RedisRefreshTokenStore.builder()
                        .client(ownClient)
                        .timeout(Duration.ofMillis(100))
                        .build()) {
            StoredToken token = start(impatient, "user-of-a-slow-server", Duration.ofDays(30), Duration.ofDays(7));
            own.suspend();
            CompletionStage<Rotation> late = impatient.rotate(request(token, token.next()), CallContext.create());
            assertThat(late.toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(TimeoutException.class);

            own.resume();
            // By now the server has read what waited in the sockets.
            assertThat(ownClient.hget("refresh_token:{" + token.familyId() + "}", "current"))
                    .isEqualTo(token.hash());

            StoredToken second = token.next();
            StoredToken third = second.next();
            assertThat(join(impatient.rotate(request(token, second), CallContext.create())))
                    .isInstanceOf(Rotation.Rotated.class);
            assertThat(join(impatient.rotate(request(second, third), CallContext.create())))
                    .isInstanceOf(Rotation.Rotated.class);
        }
    }

    @Test
    void rotatesWhateverTheClockOfRedisShows() {
        for (Duration ahead : List.of(Duration.ofHours(-2), Duration.ZERO, Duration.ofHours(2))) {
            RedisClock wrong = new RedisClock();
            wrong.read(System.currentTimeMillis() + ahead.toMillis());
            try (RedisRefreshTokenStore skewed =
                    RedisRefreshTokenStore.builder().client(client).clock(wrong).build()) {
                StoredToken token = start(skewed, "user-" + ahead, Duration.ofDays(30), Duration.ofDays(7));

                assertThat(join(skewed.rotate(request(token, token.next()), CallContext.create())))
                        .as("ahead by " + ahead)
                        .isInstanceOf(Rotation.Rotated.class);

                long error = wrong.millisAt(System.nanoTime()) - System.currentTimeMillis();
                assertThat(error).as("of the clock, afterwards").isBetween(-60_000L, 60_000L);
            }
        }
    }

    @Test
    void keepsNoTokenInRedis() {
        TokenPair pair = join(service(store).issue(Principal.of("user-secret")));
        String secret = pair.refreshToken().orElseThrow().substring(22);
        String family = "refresh_token:{" + pair.refreshToken().orElseThrow().substring(0, 21);

        assertThat(client.keys(family + "*"))
                .hasSize(1)
                .allSatisfy(key -> assertThat(key + client.hgetAll(key)).doesNotContain(secret));
    }

    @Test
    void endsTheOldestFamilyOfAUserWhoHasTooMany() {
        String user = "user-of-many-devices";
        List<StoredToken> tokens = new ArrayList<>();
        for (int i = 0; i <= RedisRefreshTokenStore.MAX_FAMILIES_PER_USER; i++) {
            tokens.add(start(user, Duration.ofDays(30).plusSeconds(i), Duration.ofDays(7)));
        }

        assertThat(client.exists("refresh_token:{" + tokens.get(0).familyId() + "}"))
                .isFalse();
        assertThat(client.exists("refresh_token:{" + tokens.get(1).familyId() + "}"))
                .isTrue();
        assertThat(client.zcard("refresh_tokens_of:" + user)).isEqualTo(RedisRefreshTokenStore.MAX_FAMILIES_PER_USER);
    }

    @Test
    void failsWhileRedisIsDownAndWorksAgainAfter(@TempDir Path ownFolder) {
        try (RedisServer own = RedisServer.start(ownFolder);
                UnifiedJedis ownClient = own.client();
                RedisRefreshTokenStore ownStore =
                        RedisRefreshTokenStore.builder().client(ownClient).build()) {
            JwtTokenService tokens = service(ownStore);
            join(tokens.issue(Principal.of("u")));

            own.kill();
            assertThat(refusal(tokens.issue(Principal.of("u")))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            own.launch();

            String token = join(tokens.issue(Principal.of("u"))).refreshToken().orElseThrow();
            assertThat(join(tokens.refresh(token)).refreshToken()).isPresent();
        }
    }

    private static RotationRequest request(StoredToken token, StoredToken successor) {
        Instant now = Instant.now();
        return new RotationRequest(
                token.familyId(),
                token.hash(),
                new RefreshTokenRecord(successor.hash(), now.plus(Duration.ofDays(7))),
                Optional.of("sealed"),
                now,
                Duration.ofSeconds(10));
    }

    private static StoredToken start(String user, Duration timeToLive, Duration idle) {
        return start(store, user, timeToLive, idle);
    }

    private static StoredToken start(RefreshTokenStore store, String user, Duration timeToLive, Duration idle) {
        StoredToken token = StoredToken.first();
        Instant now = Instant.now();
        join(store.create(
                new RefreshFamily(token.familyId(), user, "{}", now.plus(timeToLive)),
                new RefreshTokenRecord(token.hash(), now.plus(idle)),
                CallContext.create()));
        return token;
    }

    private static JwtTokenService service(RefreshTokenStore store) {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(TestKeys.of(SignatureAlgorithm.HS256)))
                .refreshTokenStore(store)
                .refreshGrace(Duration.ZERO)
                .build();
    }

    private static long days(int days) {
        return Duration.ofDays(days).toMillis();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static ErrorCode refusal(CompletionStage<?> stage) {
        return stage.handle((value, failure) -> GatewayException.from(failure).code())
                .toCompletableFuture()
                .join();
    }
}
