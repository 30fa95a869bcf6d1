package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of a token: which text is malformed, which header is acceptable, and which key a token leaves. */
class TokenFormTest {
    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.HS256);
    private static final String CLAIMS = "{\"sub\":\"u\",\"exp\":4000000000}";

    private final JwtVerifier verifier =
            JwtVerifier.builder().keys(KeySource.fixed(KEY)).build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "e30",
                "e30.e30",
                ".e30.AA",
                "e30..AA",
                "..AA",
                "e30.e30.AA.",
                "e30.e30.AA.AA",
                "e30.e30..AA",
                "e3 0.e30.AA",
                "e30.e3+.AA",
                "e30.e30.A=",
                "e30.e30.A",
                "e31.e30.AA",
                "e30.e31.AA",
                "e30.e30.e31",
                "e30.e30.A1",
                "e30.e30.AR",
                "e30.e30.Aa",
                "e30.e30.A_",
            })
    void isMalformedIfItIsNotThreePartsOfBase64Url(String token) {
        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"e30.e30.", "e30.e30.AA", "e30.e30.e34", "e30.e30._-0", "W10.e30.AA"})
    void isInvalidIfOnlyItsContentIsWrong(String token) {
        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void isMalformedIfItsClaimsHaveStrayBitsThoughTheyAreSigned() {
        String stray = TestToken.signParts(KEY, TestToken.base64Url("{\"alg\":\"HS256\"}"), "e31");

        assertThat(rejection(verifier.verify(stray))).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "application/json", "text/plain"})
    void mayHaveAContentThatIsNoToken(String contentType) {
        String token = TestToken.sign(KEY, "{\"alg\":\"HS256\",\"cty\":\"" + contentType + "\"}", CLAIMS);

        assertThat(verifier.verify(token)
                        .toCompletableFuture()
                        .join()
                        .principal()
                        .userId())
                .isEqualTo("u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "application/jwt", "at+jwt"})
    void mayNotHaveATokenAsItsContent(String contentType) {
        String token = TestToken.sign(KEY, "{\"alg\":\"HS256\",\"cty\":\"" + contentType + "\"}", CLAIMS);

        assertThat(rejection(verifier.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void isNotPrinted() {
        assertThat(CompactJws.parse(TestToken.sign(KEY, "{\"alg\":\"HS256\"}", CLAIMS)))
                .hasToString("CompactJws[redacted]");
    }

    @Test
    void hasADigestThatDiffersFromThatOfAnother() {
        assertThat(TokenDigest.of("a")).isNotEqualTo(TokenDigest.of("b")).hasSameHashCodeAs(TokenDigest.of("a"));
        assertThat(TokenDigest.of("a").hashCode())
                .isNotEqualTo(TokenDigest.of("b").hashCode());
        assertThat(TokenDigest.of("a").text()).hasSize(43);
    }

    // Keys

    @Test
    void isCostlyIfItsKeyIsNoneOfTheSecretsWithAName() {
        KeySource named = any -> CompletableFuture.completedStage(KeySet.of(KEY.withKid("a")));

        assertThat(isCostly(named, "{\"alg\":\"HS256\",\"kid\":\"a\"}")).isFalse();
        assertThat(isCostly(named, "{\"alg\":\"HS256\"}")).isFalse();
        assertThat(isCostly(named, "{\"alg\":\"HS256\",\"kid\":\"b\"}"))
                .as("its source may have to search")
                .isTrue();
    }

    @Test
    void isCheapIfASecretWithoutANameMayHaveSignedIt() {
        KeySource nameless = any -> CompletableFuture.completedStage(KeySet.of(KEY, KEY.withKid("a")));

        assertThat(isCostly(nameless, "{\"alg\":\"HS256\",\"kid\":\"b\"}")).isFalse();
    }

    @Test
    void isNotCachedWhileTheKeysAreBeingFetched() {
        AtomicReference<CompletionStage<KeySet>> keys =
                new AtomicReference<>(CompletableFuture.completedStage(KeySet.of(KEY)));
        JwtVerifier waiting = JwtVerifier.builder().keys(any -> keys.get()).build();
        String token = TestToken.sign(KEY, "{\"alg\":\"HS256\"}", CLAIMS);
        waiting.verify(token).toCompletableFuture().join();
        assertThat(waiting.cached(token)).isPresent();

        keys.set(new CompletableFuture<>());

        assertThat(waiting.cached(token)).isEmpty();
    }

    @Test
    void isVerifiedByASecretWithoutANameWithoutAWaitForOtherSources() {
        KeySource both = KeySource.all(KeySource.fixed(KEY), any -> new CompletableFuture<>());
        String token = TestToken.sign(KEY, "{\"alg\":\"HS256\",\"kid\":\"any\"}", CLAIMS);

        CompletionStage<?> verification =
                JwtVerifier.builder().keys(both).build().verify(token);

        assertThat(verification.toCompletableFuture()).isCompleted();
    }

    @Test
    void hasTheFormerTimesOnlyIfItHasThem() {
        JwtVerifier legacy = JwtVerifier.builder()
                .keys(KeySource.fixed(KEY))
                .acceptLegacyClaims(true)
                .time(new VirtualTime(Instant.parse("2026-11-22T12:00:00Z")))
                .build();
        String bare = TestToken.sign(
                KEY, "{\"alg\":\"HS256\"}", "{\"user_id\":\"u\",\"expired_at\":\"2026-11-22T12:15:00Z\"}");

        assertThat(legacy.verify(bare).toCompletableFuture().join().id()).isEmpty();
    }

    // Failures of keys and stores

    @Test
    void blamesKeysAndStoresThatCannotBeReachedAndNoOthers() {
        assertThat(code(new IOException("down", new IllegalStateException("inner"))))
                .isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(code(new CompletionException(new IOException("down")))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(code(new CompletionException("alone", null))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(code(new IllegalStateException("bug"))).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(code(new IllegalArgumentException("bug"))).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(code(Rejection.expired())).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    private static ErrorCode code(Throwable failure) {
        return Stages.gatewayError(failure).code();
    }

    private static boolean isCostly(KeySource keys, String header) {
        return JwtVerifier.builder()
                .keys(keys)
                .build()
                .isCostly(TestToken.base64Url(header) + ".e30." + TestToken.base64Url("forged"));
    }

    private static ErrorCode rejection(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> stage.toCompletableFuture().join());
        assertThat(failure).as("the rejection").isNotNull();
        return GatewayException.from(failure).code();
    }
}
