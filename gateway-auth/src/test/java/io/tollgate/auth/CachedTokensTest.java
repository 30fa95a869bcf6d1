package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.LocalKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.InMemoryRevokedTokens;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CachedTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.ES256).withKid("a");

    private final VirtualTime time = new VirtualTime(NOW);
    private final LocalKeys keys = LocalKeys.builder().keys(KEY).build();
    private final JwtVerifier verifier = verifier(keys).build();
    private final String token = token(900);

    @Test
    void hasATokenOnceItWasVerified() {
        assertThat(verifier.cached(token)).isEmpty();

        AccessToken verified = verify(verifier, token);

        assertThat(verifier.cached(token)).contains(verified);
        assertThat(verifier.cached(token)).as("allocated once").isSameAs(verifier.cached(token));
    }

    @Test
    void hasNoTokenThatWasRejected() {
        String forged = token + "A";
        verifier.verify(forged);

        assertThat(verifier.cached(forged)).isEmpty();
        assertThat(verifier.cached("")).isEmpty();
        assertThat(verifier.cached("x".repeat(100_000))).isEmpty();
    }

    @Test
    void verifiesATokenThatWasNotCachedAsAnyOther() {
        String other = token(901);

        assertThat(verifier.cached(token)).isEmpty();
        assertThat(verify(verifier, other).expiresAt()).isEqualTo(NOW.plusSeconds(901));
        assertThat(verifier.cached(token)).isEmpty();
        assertThat(verify(verifier, token).expiresAt()).isEqualTo(NOW.plusSeconds(900));
    }

    @Test
    void dropsATokenWhenItExpires() {
        verify(verifier, token);

        time.advance(Duration.ofSeconds(899));
        assertThat(verifier.cached(token)).isPresent();
        time.advance(Duration.ofSeconds(1));
        assertThat(verifier.cached(token)).isEmpty();
    }

    @Test
    void freesThePlaceOfATokenThatHasExpiredOrWhoseKeyIsGone() {
        verify(verifier, token);
        assertThat(verifier.cacheStats().size()).isEqualTo(1);
        time.advance(Duration.ofMinutes(15).minusNanos(1));
        assertThat(verifier.cached(token)).isPresent();

        time.advance(Duration.ofNanos(1));
        assertThat(verifier.cached(token)).isEmpty();
        assertThat(verifier.cacheStats()).isEqualTo(new CacheStats(1, 1, 0, 0));

        String other = token(1_800);
        verify(verifier, other);
        keys.replace(KeySet.of());
        assertThat(verifier.cached(other)).isEmpty();
        assertThat(verifier.cacheStats().size()).isZero();
    }

    @Test
    void cachesNoTokenThatOnlyTheClockSkewKeepsAlive() {
        time.advance(Duration.ofMinutes(15));

        assertThat(verify(verifier, token).principal().userId()).isEqualTo("u");

        assertThat(verifier.cacheStats().size()).isZero();
    }

    @Test
    void freesThePlaceOfATokenThatIsRevoked() {
        JwtVerifier revoking = verifier(keys)
                .revokedTokens(InMemoryRevokedTokens.builder().build())
                .build();
        verify(revoking, token);
        assertThat(revoking.cacheStats().size()).isEqualTo(1);

        revoking.revoke(token).toCompletableFuture().join();

        assertThat(revoking.cacheStats().size()).isZero();
        assertThat(revoking.verify(token).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void dropsTheTokensOfARetiredKey() {
        verify(verifier, token);

        keys.replace(KeySet.of(TestKeys.of(SignatureAlgorithm.HS256)));

        assertThat(verifier.cached(token)).isEmpty();
    }

    @Test
    void hasNoTokenWhileTheKeysAreNotAtHand() {
        AtomicReference<CompletionStage<KeySet>> stage =
                new AtomicReference<>(CompletableFuture.completedStage(KeySet.of(KEY)));
        JwtVerifier waiting = verifier(kid -> stage.get()).build();
        verify(waiting, token);
        assertThat(waiting.cached(token)).isPresent();

        stage.set(CompletableFuture.failedStage(new IOException("down")));
        assertThat(waiting.cached(token)).isEmpty();
        stage.set(new CompletableFuture<>());
        assertThat(waiting.cached(token)).isEmpty();
    }

    @Test
    void knowsTheKeyOfASourceThatHasEachKeyOnlyWhenAskedForIt() {
        JwtVerifier byName = verifier(
                        kid -> CompletableFuture.completedStage(kid.kid().isPresent() ? KeySet.of(KEY) : KeySet.of()))
                .build();

        verify(byName, token);

        assertThat(byName.cached(token)).isPresent();
    }

    @Test
    void hasNoRevokedToken() {
        InMemoryRevokedTokens list = InMemoryRevokedTokens.builder().build();
        JwtVerifier revoking = verifier(keys).revokedTokens(list).build();
        JwtVerifier elsewhere = verifier(keys).revokedTokens(list).build();
        verify(revoking, token);
        verify(elsewhere, token);
        assertThat(elsewhere.cached(token)).isPresent();

        revoking.revoke(token).toCompletableFuture().join();

        assertThat(revoking.cached(token)).isEmpty();
        assertThat(elsewhere.cached(token)).isEmpty();
    }

    @Test
    void hasNoTwinOfARevokedToken() {
        InMemoryRevokedTokens list = InMemoryRevokedTokens.builder().build();
        JwtVerifier revoking = verifier(keys).revokedTokens(list).build();
        String twin = TestToken.twin(token);
        assertThat(twin).isNotEqualTo(token);
        verify(revoking, twin);
        assertThat(revoking.cached(twin)).as("a second valid signature").isPresent();

        revoking.revoke(token).toCompletableFuture().join();

        assertThat(revoking.cached(twin)).isEmpty();
        assertThat(revoking.verify(twin).toCompletableFuture()).isCompletedExceptionally();
        assertThat(verifier(keys).revokedTokens(list).build().verify(twin).toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void revokesOnlyTheTokenThatWasRevoked() {
        JwtVerifier revoking = verifier(keys)
                .revokedTokens(InMemoryRevokedTokens.builder().build())
                .build();

        revoking.revoke(token(600)).toCompletableFuture().join();

        assertThat(verify(revoking, token(601)).principal().userId()).isEqualTo("u");
    }

    @Test
    void hasNoTokenWhoseRevocationSomebodyHasToBeAskedFor() {
        AtomicReference<CompletionStage<Boolean>> answer =
                new AtomicReference<>(CompletableFuture.completedStage(false));
        RevokedTokens list = new RevokedTokens() {
            @Override
            public CompletionStage<Void> revoke(String tokenId, Instant until) {
                throw new AssertionError("not asked to revoke");
            }

            @Override
            public CompletionStage<Boolean> isRevoked(String tokenId) {
                return answer.get();
            }
        };
        JwtVerifier asking = verifier(keys).revokedTokens(list).build();
        verify(asking, token);
        assertThat(asking.cached(token)).isPresent();

        CompletableFuture<Boolean> later = new CompletableFuture<>();
        answer.set(later);
        assertThat(asking.cached(token)).isEmpty();
        CompletableFuture<AccessToken> waiting = asking.verify(token).toCompletableFuture();
        assertThat(waiting).isNotDone();
        later.complete(false);
        assertThat(waiting.join().principal().userId()).isEqualTo("u");
        assertThat(asking.cached(token)).isPresent();

        answer.set(CompletableFuture.completedStage(true));
        assertThat(asking.cached(token)).isEmpty();
        assertThat(error(asking.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
        answer.set(CompletableFuture.failedStage(new IOException("down")));
        assertThat(asking.cached(token)).isEmpty();
        assertThat(error(asking.verify(token))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void countsEachTokenOnce() {
        verifier.cached(token);
        verify(verifier, token);
        verifier.cached(token);
        verifier.cached(token);

        assertThat(verifier.cacheStats()).isEqualTo(new CacheStats(2, 1, 1, 1024));
    }

    @Test
    void asksNoKeySourceForATokenThatIsNotCached() {
        AtomicInteger asked = new AtomicInteger();
        JwtVerifier counting = verifier(kid -> {
                    asked.incrementAndGet();
                    return new CompletableFuture<>();
                })
                .build();

        assertThat(counting.cached(token)).isEmpty();

        assertThat(asked).hasValue(0);
    }

    @Test
    void hasTheTokensThatATokenServiceVerified() {
        JwtTokenService service = JwtTokenService.builder().keys(keys).build();
        String issued =
                service.issue(Principal.of("u")).toCompletableFuture().join().accessToken();
        assertThat(service.cached(issued)).isEmpty();

        service.verify(issued);

        assertThat(service.cached(issued).orElseThrow().principal().userId()).isEqualTo("u");
        assertThat(service.isCostly(issued)).isTrue();
    }

    private static ErrorCode error(CompletionStage<?> stage) {
        return stage.handle((value, failure) -> GatewayException.from(failure).code())
                .toCompletableFuture()
                .join();
    }

    private JwtVerifier.Builder verifier(KeySource source) {
        return JwtVerifier.builder().keys(source).time(time);
    }

    private static String token(long secondsToLive) {
        return TestToken.sign(
                KEY,
                "{\"alg\":\"ES256\",\"kid\":\"a\"}",
                "{\"sub\":\"u\",\"exp\":" + (NOW.getEpochSecond() + secondsToLive) + "}");
    }

    private static AccessToken verify(JwtVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }
}
