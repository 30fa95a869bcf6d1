package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
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
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtVerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final long EXP = NOW.getEpochSecond() + 900;
    private static final String HS256 = "{\"alg\":\"HS256\"}";

    private final VirtualTime time = new VirtualTime(NOW);
    private final TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);
    private final JwtVerifier verifier = verifier(KeySource.fixed(key)).build();

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void verifiesATokenOfEachAlgorithm(SignatureAlgorithm algorithm) {
        TokenKey one = TestKeys.of(algorithm);

        AccessToken token = verified(
                verifier(KeySource.fixed(one)).build(),
                TestToken.sign(one, "{\"alg\":\"" + algorithm + "\"}", claims("\"user_id\":\"user-1\"")));

        assertThat(token.principal()).isEqualTo(Principal.of("user-1"));
        assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(EXP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"JWT", "jwt", "at+jwt", "AT+JWT", "application/jwt", "application/at+jwt", "Application/AT+JWT"})
    void acceptsTheTypesOfAnAccessToken(String typ) {
        String token =
                TestToken.sign(key, "{\"alg\":\"HS256\",\"typ\":\"" + typ + "\"}", claims("\"user_id\":\"user-1\""));

        assertThat(verified(verifier, token).principal().userId()).isEqualTo("user-1");
    }

    @Test
    void takesTheUserFromUserIdBeforeSub() {
        assertThat(principal("\"user_id\":\"a\",\"sub\":\"b\"").userId()).isEqualTo("a");
        assertThat(principal("\"sub\":\"b\"").userId()).isEqualTo("b");
    }

    @Test
    void readsScopesAndRolesAsWordsOrArrays() {
        Principal words = principal("\"sub\":\"u\",\"scope\":\"b a  c\",\"roles\":\"admin\"");
        Principal arrays = principal("\"sub\":\"u\",\"scope\":[\"b\",\"a\",\"c\"],\"roles\":[\"admin\"]");

        assertThat(words.scopes()).containsExactly("b", "a", "c");
        assertThat(words.roles()).containsExactly("admin");
        assertThat(arrays).isEqualTo(words);
    }

    @Test
    void handsOnTheOtherClaims() {
        Principal principal = principal("\"sub\":\"u\",\"plan\":\"gold\",\"age\":7,\"nothing\":null,\"iss\":\"x\"");

        assertThat(principal.claims()).containsOnlyKeys("plan", "age");
        assertThat(principal.claim("plan")).contains("gold");
        assertThat(principal.claim("age")).contains("7");
    }

    @Test
    void acceptsTheSameNameInDifferentObjects() {
        String claims =
                "\"sub\":\"u\",\"x\":{\"a\":{\"a\":\"a\",\"b\":\"\\\"{,a\\\\\"}, \"b\" : [{\"a\":1},{\"a\":\"\\n\"}]}";

        assertThat(principal(claims).claims()).containsOnlyKeys("x");
    }

    @Test
    void tellsTheTokensId() {
        assertThat(verified(verifier, TestToken.sign(key, HS256, claims("\"sub\":\"u\",\"jti\":\"id-1\"")))
                        .id())
                .contains("id-1");
    }

    @Test
    void findsTheAudienceInAList() {
        JwtVerifier strict = verifier(KeySource.fixed(key)).audience("tickets").build();

        assertThat(verified(strict, TestToken.sign(key, HS256, claims("\"sub\":\"u\",\"aud\":[\"a\",\"tickets\"]")))
                        .principal()
                        .userId())
                .isEqualTo("u");
        assertThat(refused(strict, TestToken.sign(key, HS256, claims("\"sub\":\"u\",\"aud\":[\"a\",\"b\"]"))))
                .isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(refused(strict, TestToken.sign(key, HS256, claims("\"sub\":\"u\""))))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "nbf, 30, true",
        "nbf, 31, false",
        "iat, 30, true",
        "iat, 31, false",
        "exp, -29, true",
        "exp, -30, false"
    })
    void allowsForClocksThatDifferByThirtySeconds(String claim, long offset, boolean accepted) {
        String time = "\"" + claim + "\":" + (NOW.getEpochSecond() + offset);
        String exp = claim.equals("exp") ? "" : ",\"exp\":" + EXP;
        String token = TestToken.sign(key, HS256, "{\"sub\":\"u\"," + time + exp + "}");

        assertThat(verifier.verify(token).toCompletableFuture().isCompletedExceptionally())
                .isEqualTo(!accepted);
    }

    @Test
    void saysExpiredOnlyOfATokenThatIsOtherwiseGood() {
        String expired = "{\"sub\":\"u\",\"exp\":" + (NOW.getEpochSecond() - 60) + "}";

        assertThat(refused(verifier, TestToken.sign(key, HS256, expired))).isEqualTo(CommonError.TOKEN_EXPIRED);
        assertThat(refused(verifier, TestToken.sign(TestKeys.fresh(SignatureAlgorithm.HS256), HS256, expired)))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void asksForTheKeyThatTheTokenNames() {
        TokenKey a = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("a");
        TokenKey b = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("b");
        JwtVerifier both = verifier(KeySource.fixed(a, b)).build();

        assertThat(verified(both, named(a, "a")).principal().userId()).isEqualTo("u");
        assertThat(verified(both, named(b, "b")).principal().userId()).isEqualTo("u");
        assertThat(refused(both, named(b, "a"))).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(refused(both, named(a, "c"))).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void triesAllKeysOfTheAlgorithmForATokenThatNamesNone() {
        TokenKey a = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("a");
        TokenKey b = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("b");
        JwtVerifier both = verifier(KeySource.fixed(a, b)).build();

        assertThat(verified(both, TestToken.sign(b, HS256, claims("\"sub\":\"u\"")))
                        .principal()
                        .userId())
                .isEqualTo("u");
    }

    @Test
    void letsAKeyWithoutANameVerifyWhateverNameTheIssuerHasForIt() {
        assertThat(verified(verifier, named(key, "whatever")).principal().userId())
                .isEqualTo("u");
    }

    @Test
    void remembersATokenUntilItExpiresAndNoLonger() {
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\""));
        CompletionStage<AccessToken> first = verifier.verify(token);

        assertThat(verifier.verify(token) == verifier.verify(token)).isTrue();
        assertThat(verifier.verify(token) == first).isFalse();
        time.advance(Duration.ofSeconds(899));
        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
        time.advance(Duration.ofSeconds(31));
        assertThat(refused(verifier, token)).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @Test
    void countsWhatItRemembersAndWhatNot() {
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\""));
        verified(verifier, token);
        verified(verifier, token);
        verified(verifier, token);
        refused(verifier, token + "A");

        assertThat(verifier.cacheStats()).isEqualTo(new CacheStats(2, 2, 1, 1024));
    }

    @Test
    void forgetsTheTokensOfARetiredKey() {
        TokenKey old = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("old");
        TokenKey young = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("young");
        AtomicReference<KeySet> keys = new AtomicReference<>(KeySet.of(young, old));
        JwtVerifier rotating =
                verifier(kid -> CompletableFuture.completedStage(keys.get())).build();
        String token = named(old, "old");
        verified(rotating, token);
        verified(rotating, token);

        keys.set(KeySet.of(young));

        assertThat(refused(rotating, token)).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void worksWithoutRememberingAnything() {
        JwtVerifier forgetful = verifier(KeySource.fixed(key)).cacheSize(0).build();
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\""));

        assertThat(verified(forgetful, token)).isEqualTo(verified(forgetful, token));
    }

    @Test
    void waitsForKeysThatAreNotAtHand() {
        CompletableFuture<KeySet> arriving = new CompletableFuture<>();
        CompletableFuture<AccessToken> verification = verifier(kid -> arriving)
                .build()
                .verify(TestToken.sign(key, HS256, claims("\"sub\":\"u\"")))
                .toCompletableFuture();

        assertThat(verification).isNotDone();
        arriving.complete(KeySet.of(key));
        assertThat(verification.join().principal().userId()).isEqualTo("u");
    }

    @Test
    void saysUnavailableWhenThereAreNoKeysToBeHad() {
        JwtVerifier keyless = verifier(kid -> CompletableFuture.failedStage(new IOException("down")))
                .build();

        assertThat(refused(keyless, TestToken.sign(key, HS256, claims("\"sub\":\"u\""))))
                .isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void handsOutStagesThatNobodyElseCanComplete() {
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\""));
        verifier.verify(token);

        verifier.verify(token).toCompletableFuture().obtrudeValue(null);

        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
    }

    @Test
    void readsTokensUpToTheirMaximumLengthAndNoLongerOnes() {
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\",\"pad\":\"" + "x".repeat(300) + "\""));
        InMemoryRevokedTokens revoked = InMemoryRevokedTokens.builder().build();
        JwtVerifier exact = verifier(KeySource.fixed(key))
                .maxTokenLength(token.length())
                .revokedTokens(revoked)
                .build();
        JwtVerifier shorter = verifier(KeySource.fixed(key))
                .maxTokenLength(token.length() - 1)
                .revokedTokens(revoked)
                .build();

        assertThat(verified(exact, token).principal().userId()).isEqualTo("u");
        assertThat(exact.cached(token)).isPresent();
        assertThat(refused(shorter, token)).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThat(shorter.cached(token)).isEmpty();
        assertThat(shorter.isCostly(token)).isFalse();
        shorter.revoke(token).toCompletableFuture().join();
        assertThat(exact.cached(token)).as("revoked only by who reads it").isPresent();
        exact.revoke(token).toCompletableFuture().join();
        assertThat(exact.cached(token)).isEmpty();
    }

    @Test
    void acceptsATokenUntilJustBeforeTheEndOfTheClockSkew() {
        String token = TestToken.sign(key, HS256, claims("\"sub\":\"u\""));

        time.advance(Duration.ofSeconds(930).minusNanos(1));
        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
        time.advance(Duration.ofNanos(1));
        assertThat(refused(verifier, token)).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @Test
    void listsARevokedTokenUntilTheEndOfTheClockSkew() {
        AtomicReference<Instant> end = new AtomicReference<>();
        RevokedTokens list = new RevokedTokens() {
            @Override
            public CompletionStage<Void> revoke(String tokenId, Instant until) {
                end.set(until);
                return CompletableFuture.completedStage(null);
            }

            @Override
            public CompletionStage<Boolean> isRevoked(String tokenId) {
                return CompletableFuture.completedStage(false);
            }
        };
        JwtVerifier revoking =
                verifier(KeySource.fixed(key)).revokedTokens(list).build();

        revoking.revoke("no token").toCompletableFuture().join();
        assertThat(end).hasNullValue();
        revoking.revoke(TestToken.sign(key, HS256, claims("\"sub\":\"u\"")))
                .toCompletableFuture()
                .join();

        assertThat(end).hasValue(Instant.ofEpochSecond(EXP + 30));
    }

    @Test
    void revokesNothingWhileItCannotTellWhetherTheTokenIsValid() {
        JwtVerifier keyless = verifier(query -> CompletableFuture.failedStage(new IOException("down")))
                .revokedTokens(InMemoryRevokedTokens.builder().build())
                .build();

        assertThat(keyless.revoke(TestToken.sign(key, HS256, claims("\"sub\":\"u\"")))
                        .toCompletableFuture())
                .isCompletedExceptionally();
        assertThatThrownBy(() -> verifier.revoke("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("revokedTokens: unset (expected: revokedTokens(...), to revoke access tokens)");
    }

    @Test
    void acceptsSettingsAtTheirBounds() {
        assertThat(JwtVerifier.builder().clockSkew(Duration.ofMinutes(5)).clockSkew(Duration.ZERO))
                .isNotNull();
        assertThat(JwtVerifier.builder().maxTokenLength(256).maxTokenLength(65_536))
                .isNotNull();
        assertThat(JwtVerifier.builder().cacheSize(10_000_000).cacheSize(0)).isNotNull();
        assertThatThrownBy(() -> JwtVerifier.builder().maxTokenLength(65_537))
                .hasMessage("maxTokenLength: 65537 (expected: 256 to 65536)");
        assertThatThrownBy(() -> JwtVerifier.builder().cacheSize(10_000_001))
                .hasMessage("cacheSize: 10000001 (expected: 0 to 10000000)");
    }

    @Test
    void needsKeys() {
        assertThatThrownBy(() -> JwtVerifier.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("keys: unset (expected: keys(...) or secret(...) before build())");
    }

    @Test
    void saysWhatIsWrongWithASetting() {
        assertThatThrownBy(() -> JwtVerifier.builder().clockSkew(Duration.ofMinutes(6)))
                .hasMessage("clockSkew: PT6M (expected: PT0S to PT5M)");
        assertThatThrownBy(() -> JwtVerifier.builder().maxTokenLength(255))
                .hasMessage("maxTokenLength: 255 (expected: 256 to 65536)");
        assertThatThrownBy(() -> JwtVerifier.builder().cacheSize(-1))
                .hasMessage("cacheSize: -1 (expected: 0 to 10000000)");
    }

    private JwtVerifier.Builder verifier(KeySource keys) {
        return JwtVerifier.builder().keys(keys).time(time);
    }

    private static String named(TokenKey key, String kid) {
        return TestToken.sign(
                key, "{\"alg\":\"" + key.algorithm() + "\",\"kid\":\"" + kid + "\"}", claims("\"sub\":\"u\""));
    }

    private static String claims(String members) {
        return "{" + members + ",\"exp\":" + EXP + "}";
    }

    private Principal principal(String members) {
        return verified(verifier, TestToken.sign(key, HS256, claims(members))).principal();
    }

    private static AccessToken verified(JwtVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private static ErrorCode refused(JwtVerifier verifier, String token) {
        Throwable failure = catchThrowable(() -> verified(verifier, token));
        assertThat(failure).as("the refusal").isNotNull();
        return GatewayException.from(failure).code();
    }
}
