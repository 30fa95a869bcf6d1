package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.LocalKeys;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostlyTokensTest {
    private static final TokenKey SECRET = TestKeys.of(SignatureAlgorithm.HS256);
    private static final TokenKey PAIR = TestKeys.of(SignatureAlgorithm.ES256);

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void countsAnAsymmetricSignatureThatWouldBeVerified(SignatureAlgorithm algorithm) {
        assertThat(isCostly(KeySource.fixed(TestKeys.of(algorithm)), forged("{\"alg\":\"" + algorithm + "\"}")))
                .isEqualTo(!algorithm.isSymmetric());
    }

    @Test
    void countsNothingWhereAllKeysAreSecrets() {
        assertThat(isCostly(KeySource.fixed(SECRET), forged("{\"alg\":\"ES256\"}")))
                .isFalse();
        assertThat(isCostly(KeySource.fixed(SECRET), forged("{\"alg\":\"HS256\",\"kid\":\"any\"}")))
                .isFalse();
        assertThat(isCostly(KeySource.fixed(SECRET.withKid("a")), forged("{\"alg\":\"HS256\",\"kid\":\"b\"}")))
                .isFalse();
        assertThat(isCostly(KeySource.fixed(), forged("{\"alg\":\"ES256\"}"))).isFalse();
    }

    @Test
    void countsByTheAlgorithmThatTheTokenClaims() {
        KeySource both = KeySource.fixed(SECRET, PAIR);

        assertThat(isCostly(both, forged("{\"alg\":\"HS256\"}"))).isFalse();
        assertThat(isCostly(both, forged("{\"alg\":\"ES256\"}"))).isTrue();
        assertThat(isCostly(both, forged("{\"alg\":\"RS256\"}"))).as("no key").isFalse();
    }

    @Test
    void countsNoTokenWhoseKeyNameIsUnknownToKeysThatAreAllAtHand() {
        KeySource named = KeySource.fixed(PAIR.withKid("a"));

        assertThat(isCostly(named, forged("{\"alg\":\"ES256\",\"kid\":\"a\"}"))).isTrue();
        assertThat(isCostly(named, forged("{\"alg\":\"ES256\"}"))).isTrue();
        assertThat(isCostly(named, forged("{\"alg\":\"ES256\",\"kid\":\"b\"}"))).isFalse();
        assertThat(isCostly(
                        KeySource.all(
                                named,
                                LocalKeys.builder().keys(SECRET.withKid("c")).build()),
                        forged("{\"alg\":\"ES256\",\"kid\":\"b\"}")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"none\"}",
                "{}",
                "no JSON",
                "{\"alg\":\"ES256\",\"crit\":[\"x\"]}",
                "{\"alg\":\"ES256\",\"typ\":\"JWE\"}",
                "{\"alg\":\"ES256\",\"kid\":7}"
            })
    void countsNoTokenThatItsHeaderMakesInvalid(String header) {
        assertThat(isCostly(KeySource.fixed(PAIR), forged(header))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b", "a.b.c.d", "a=.b.c", "..", "é.é.é"})
    void countsNoTokenThatIsMalformed(String token) {
        assertThat(isCostly(KeySource.fixed(PAIR), token)).isFalse();
    }

    @Test
    void countsNoTokenThatIsTooLongToBeRead() {
        assertThat(isCostly(KeySource.fixed(PAIR), forged("{\"alg\":\"ES256\"}") + "A".repeat(10_000)))
                .isFalse();
    }

    @Test
    void countsKeysThatAreNotAtHand() {
        assertThat(isCostly(kid -> new CompletableFuture<>(), forged("{\"alg\":\"HS256\"}")))
                .isTrue();
        assertThat(isCostly(
                        kid -> CompletableFuture.failedStage(new IOException("down")), forged("{\"alg\":\"HS256\"}")))
                .isTrue();
    }

    @Test
    void countsASearchForAKeyAndDoesNotStartIt() throws IOException {
        TokenKey published = PAIR.withKid("a");
        AtomicInteger fetches = new AtomicInteger();
        byte[] jwks = KeySet.of(published).toPublicJwks().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            fetches.incrementAndGet();
            exchange.sendResponseHeaders(200, jwks.length);
            exchange.getResponseBody().write(jwks);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (RemoteKeys remote = RemoteKeys.builder().uri(uri).build()) {
            remote.keys(KeyQuery.any()).toCompletableFuture().join();
            KeySource both = KeySource.all(KeySource.fixed(SECRET.withKid("s")), remote);

            assertThat(isCostly(remote, forged("{\"alg\":\"HS256\",\"kid\":\"a\"}")))
                    .isFalse();
            assertThat(isCostly(remote, forged("{\"alg\":\"RS256\"}")))
                    .as("to be searched")
                    .isTrue();
            assertThat(isCostly(remote, forged("{\"alg\":\"ES256\",\"kid\":\"a\"}")))
                    .isTrue();
            assertThat(isCostly(remote, forged("{\"alg\":\"ES256\",\"kid\":\"b\"}")))
                    .as("to be searched")
                    .isTrue();
            assertThat(isCostly(remote, forged("{\"alg\":\"HS256\",\"kid\":\"b\"}")))
                    .as("a secret, which is never published")
                    .isFalse();
            assertThat(isCostly(both, forged("{\"alg\":\"HS256\",\"kid\":\"s\"}")))
                    .isFalse();
            assertThat(isCostly(both, forged("{\"alg\":\"ES256\",\"kid\":\"b\"}")))
                    .as("to be searched")
                    .isTrue();
            assertThat(fetches).hasValue(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void judgesEachTokenByItselfWhateverWasLookedUpBefore() {
        JwtVerifier verifier =
                JwtVerifier.builder().keys(KeySource.fixed(SECRET, PAIR)).build();
        String cheap = forged("{\"alg\":\"HS256\"}");
        String costly = forged("{\"alg\":\"ES256\"}");

        assertThat(verifier.cached(cheap)).isEmpty();
        assertThat(verifier.isCostly(costly)).isTrue();
        assertThat(verifier.isCostly(cheap)).isFalse();
        assertThat(verifier.cached(costly)).isEmpty();
        assertThat(verifier.isCostly(cheap)).isFalse();
        assertThat(verifier.isCostly(costly)).isTrue();
    }

    private static boolean isCostly(KeySource keys, String token) {
        return JwtVerifier.builder().keys(keys).build().isCostly(token);
    }

    private static String forged(String header) {
        return TestToken.base64Url(header) + "." + TestToken.base64Url("{\"sub\":\"u\"}") + "."
                + TestToken.base64Url("forged");
    }
}
