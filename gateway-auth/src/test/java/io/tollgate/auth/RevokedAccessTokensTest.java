package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A verifier and the list of revoked tokens that it looks into, which responds at once, later or not at all. */
class RevokedAccessTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.HS256);

    private final VirtualTime time = new VirtualTime(NOW);
    private final ListOfTest list = new ListOfTest();
    private final JwtVerifier verifier = JwtVerifier.builder()
            .keys(KeySource.fixed(KEY))
            .revokedTokens(list)
            .time(time)
            .build();
    private final String token = token("\"jti\":\"id-1\"");

    // Lookups

    @Test
    void acceptsATokenOfWhichTheListKnowsNothing() {
        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
        assertThat(verified(verifier, token).principal().userId()).as("cached").isEqualTo("u");
        assertThat(list.lookups).as("each use is looked up").hasSize(2);
    }

    @Test
    void waitsForAListThatRespondsLater() {
        CompletableFuture<Boolean> lookup = new CompletableFuture<>();
        list.response = lookup;
        CompletableFuture<AccessToken> verification = verifier.verify(token).toCompletableFuture();
        assertThat(verification).isNotDone();

        lookup.complete(false);

        assertThat(verification.join().principal().userId()).isEqualTo("u");
    }

    @Test
    void rejectsATokenThatTheListNames() {
        list.response = CompletableFuture.completedFuture(true);
        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);

        CompletableFuture<Boolean> lookup = new CompletableFuture<>();
        list.response = lookup;
        CompletionStage<AccessToken> verification = verifier.verify(token);
        lookup.complete(true);

        assertThat(rejection(verification)).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void rejectsACachedTokenThatTheListNames() {
        verified(verifier, token);

        list.response = CompletableFuture.completedFuture(true);

        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(verifier.cached(token)).isEmpty();
    }

    @Test
    void isUnavailableWhileTheListIs() {
        list.response = CompletableFuture.failedFuture(new IOException("down"));

        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void countsACachedTokenOnceThoughItsLookupHasToBeWaitedFor() {
        verified(verifier, token);
        list.response = new CompletableFuture<>();

        assertThat(verifier.cached(token)).isEmpty();
        verifier.verify(token);

        assertThat(verifier.cacheStats())
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(1L, 1L, 1L);
    }

    // Revocation

    @Test
    void namesATokenInTheListUntilNoVerifierWouldAcceptIt() {
        done(verifier.revoke(token));

        assertThat(list.revoked).hasSize(1);
        assertThat(list.until).containsExactly(NOW.plusSeconds(900 + 30));
        verifier.verify(token);
        assertThat(list.lookups).as("under the same id").containsExactlyElementsOf(list.revoked);
    }

    @Test
    void revokesATokenWithoutAnId() {
        String nameless = token("\"x\":1");
        done(verifier.revoke(nameless));

        verifier.verify(nameless);

        assertThat(list.lookups).containsExactlyElementsOf(list.revoked);
        assertThat(list.revoked.get(0)).isNotEmpty();
    }

    @Test
    void clearsARevokedTokenFromTheCache() {
        verified(verifier, token);
        assertThat(verifier.cacheStats().size()).isEqualTo(1);

        done(verifier.revoke(token));

        assertThat(verifier.cacheStats().size()).isZero();
    }

    @Test
    void clearsATokenFromTheCacheThoughTheListFails() {
        verified(verifier, token);
        list.failing = true;

        assertThat(rejection(verifier.revoke(token))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(verifier.cacheStats().size()).isZero();
    }

    @Test
    void revokesNothingForATokenThatIsNotValid() {
        done(verifier.revoke("no token"));
        done(verifier.revoke(token + "A"));
        done(verifier.revoke("A".repeat(100_000)));

        assertThat(list.revoked).isEmpty();
    }

    @Test
    void revokesATokenOfExactlyTheMaximumLength() {
        JwtVerifier exact = JwtVerifier.builder()
                .keys(KeySource.fixed(KEY))
                .revokedTokens(list)
                .maxTokenLength(token.length())
                .time(time)
                .build();
        done(exact.revoke(token));
        assertThat(list.revoked).hasSize(1);

        String longer = token("\"jti\":\"id-12\"");
        done(exact.revoke(longer));

        assertThat(list.revoked).hasSize(1);
    }

    @Test
    void revokesThroughATokenService() {
        JwtTokenService service = JwtTokenService.builder()
                .keys(KeySource.fixed(KEY))
                .revokedTokens(list)
                .time(time)
                .build();

        done(service.revokeAccessToken(token));

        assertThat(list.revoked).hasSize(1);
    }

    @Test
    void needsAList() {
        JwtVerifier without = JwtVerifier.builder().keys(KeySource.fixed(KEY)).build();

        assertThatIllegalStateException()
                .isThrownBy(() -> without.revoke(token))
                .withMessage("revokedTokens: unset (expected: revokedTokens(...), to revoke access tokens)");
    }

    private static String token(String claims) {
        return TestToken.sign(
                KEY,
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"u\",\"fill\":\"" + "x".repeat(200) + "\"," + claims + ",\"exp\":"
                        + NOW.plus(Duration.ofMinutes(15)).getEpochSecond() + "}");
    }

    private static AccessToken verified(JwtVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private static void done(CompletionStage<Void> stage) {
        assertThat(stage.toCompletableFuture()).isCompletedWithValue(null);
    }

    private static ErrorCode rejection(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> stage.toCompletableFuture().join());
        assertThat(failure).as("the rejection").isNotNull();
        return GatewayException.from(failure).code();
    }

    /** A list that responds as a test wants it to, and notes what it is asked. */
    private static final class ListOfTest implements RevokedTokens {
        private final List<String> revoked = new ArrayList<>();
        private final List<Instant> until = new ArrayList<>();
        private final List<String> lookups = new ArrayList<>();
        private CompletionStage<Boolean> response = CompletableFuture.completedStage(false);
        private boolean failing;

        @Override
        public CompletionStage<Void> revoke(String tokenId, Instant end) {
            if (failing) {
                return CompletableFuture.failedStage(new IOException("down"));
            }
            revoked.add(tokenId);
            until.add(end);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Boolean> isRevoked(String tokenId) {
            lookups.add(tokenId);
            return response;
        }
    }
}
