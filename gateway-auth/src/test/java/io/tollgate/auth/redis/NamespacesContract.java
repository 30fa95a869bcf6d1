package io.tollgate.auth.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.refresh.RedisRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.auth.revocation.RedisRevokedTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** Everything that a namespace promises, on any deployment of Redis. */
abstract class NamespacesContract {
    private static final String FAMILY = "A".repeat(22);
    private static final String FIRST = "1".repeat(43);
    private static final String SECOND = "2".repeat(43);

    private RedisRefreshTokenStore shop;
    private RedisRefreshTokenStore other;
    private RedisRefreshTokenStore unnamed;

    /** A client of a Redis that nothing else uses. */
    abstract UnifiedJedis client();

    /** The port of the one server that has all keys. */
    abstract int port();

    @BeforeEach
    void openStores() {
        try (Jedis server = server()) {
            server.flushAll();
        }
        shop = RedisRefreshTokenStore.builder()
                .client(client())
                .namespace("shop")
                .build();
        other = RedisRefreshTokenStore.builder()
                .client(client())
                .namespace("Other_1.x-y")
                .build();
        unnamed = RedisRefreshTokenStore.builder().client(client()).build();
    }

    @AfterEach
    void closeStores() {
        shop.close();
        other.close();
        unnamed.close();
    }

    @Test
    void prefixesEveryKey() {
        useEverything("shop", shop);

        assertThat(keys()).hasSize(7).allMatch(key -> key.startsWith("shop:"));
    }

    @Test
    void leavesTheKeysAsTheyWereWithoutANamespace() {
        useEverything("", unnamed);

        assertThat(keys())
                .hasSize(7)
                .allMatch(key -> key.startsWith("refresh_token:{")
                        || key.equals("refresh_tokens_of:user-1")
                        || key.startsWith("{revoked_tokens}:"));
    }

    @Test
    void keepsEqualFamiliesApart() {
        for (RefreshTokenStore store : new RefreshTokenStore[] {shop, other, unnamed}) {
            create(store);
        }

        assertThat(use(shop)).isInstanceOf(Rotation.Rotated.class);
        assertThat(use(other)).isInstanceOf(Rotation.Rotated.class);
        assertThat(reuse(shop)).isInstanceOf(Rotation.Reused.class);
        assertThat(use(unnamed)).isInstanceOf(Rotation.Rotated.class);
        assertThat(reuse(other)).isInstanceOf(Rotation.Reused.class);
    }

    @Test
    void knowsNoFamilyOfAnotherNamespace() {
        create(shop);

        assertThat(use(other)).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(unnamed)).isInstanceOf(Rotation.Rejected.class);
    }

    @Test
    void revokesInOneNamespaceOnly() {
        create(shop);
        create(other);
        create(unnamed);

        join(shop.revokeAll("user-1"));
        join(unnamed.revoke(FAMILY, FIRST));

        assertThat(use(shop)).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(unnamed)).isInstanceOf(Rotation.Rejected.class);
        assertThat(use(other)).isInstanceOf(Rotation.Rotated.class);
    }

    @Test
    void limitsTheFamiliesOfAUserByNamespace() {
        create(shop);
        for (int i = 0; i < 101; i++) {
            Instant end = later().plusSeconds(1 + i);
            join(other.create(
                    new RefreshFamily(String.format("%022d", i), "user-1", "{}", end),
                    new RefreshTokenRecord(FIRST, end),
                    CallContext.create()));
        }

        try (Jedis server = server()) {
            assertThat(server.zrange("shop:refresh_tokens_of:user-1", 0, -1)).containsExactly(FAMILY);
            assertThat(server.zcard("Other_1.x-y:refresh_tokens_of:user-1")).isEqualTo(100);
        }
        join(shop.revokeAll("user-1"));
        assertThat(use(shop)).isInstanceOf(Rotation.Rejected.class);
    }

    @Test
    void keepsRevokedAccessTokensApart() {
        try (RedisRevokedTokens here = revoked("shop");
                RedisRevokedTokens there = revoked("other");
                RedisRevokedTokens thereToo = revoked("other")) {
            join(here.revoke("here", later()));
            join(there.revoke("there", later()));

            // What was revoked last has arrived, so what was revoked first would have.
            await().until(() -> join(thereToo.isRevoked("there")));
            assertThat(join(thereToo.isRevoked("here"))).isFalse();
            assertThat(join(there.isRevoked("here"))).isFalse();
            assertThat(join(here.isRevoked("there"))).isFalse();
        }
    }

    @Test
    void rejectsANameThatNoKeyShouldBeginWith() {
        for (String name : new String[] {"", "a b", "a:b", "{a}", "é", "x".repeat(65)}) {
            String message = "namespace: \"" + name + "\" (expected: 1 to 64 characters of A-Z a-z 0-9 _ . -)";
            assertThatThrownBy(() -> RedisRefreshTokenStore.builder().namespace(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> RedisRevokedTokens.builder().namespace(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    /** Issues, refreshes and revokes, so that every kind of key is there: family, used tokens, index, and four of the list. */
    private void useEverything(String namespace, RefreshTokenStore store) {
        try (RedisRevokedTokens list = revoked(namespace)) {
            JwtTokenService tokens = JwtTokenService.builder()
                    .secret("x".repeat(32))
                    .refreshTokenStore(store)
                    .revokedTokens(list)
                    .build();
            TokenPair pair = join(tokens.issue(Principal.of("user-1")));
            join(tokens.refresh(pair.refreshToken().orElseThrow()));
            join(tokens.revokeAccessToken(pair.accessToken()));
        }
    }

    private RedisRevokedTokens revoked(String namespace) {
        RedisRevokedTokens.Builder builder = RedisRevokedTokens.builder()
                .client(client())
                .whenStale(RedisRevokedTokens.WhenStale.ACCEPT)
                .refreshInterval(Duration.ofMillis(10));
        return namespace.isEmpty()
                ? builder.build()
                : builder.namespace(namespace).build();
    }

    private Set<String> keys() {
        try (Jedis server = server()) {
            return server.keys("*");
        }
    }

    private Jedis server() {
        return new Jedis("127.0.0.1", port());
    }

    private static void create(RefreshTokenStore store) {
        join(store.create(family(FAMILY), new RefreshTokenRecord(FIRST, later()), CallContext.create()));
    }

    private static RefreshFamily family(String id) {
        return new RefreshFamily(id, "user-1", "{}", later());
    }

    private static Rotation use(RefreshTokenStore store) {
        return rotate(store, SECOND);
    }

    /** Presents the first token again; not as the client's repetition of the same request, which is harmless. */
    private static Rotation reuse(RefreshTokenStore store) {
        return rotate(store, "3".repeat(43));
    }

    private static Rotation rotate(RefreshTokenStore store, String successor) {
        return join(store.rotate(
                new RotationRequest(
                        FAMILY,
                        FIRST,
                        new RefreshTokenRecord(successor, later()),
                        Optional.empty(),
                        Instant.now(),
                        Duration.ZERO),
                CallContext.create()));
    }

    private static Instant later() {
        return Instant.now().plus(Duration.ofDays(1));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
