package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times and sizes of tokens: exactly at a boundary, just before it and just beyond it. */
class TokenBoundariesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String HS256 = "{\"alg\":\"HS256\"}";
    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.HS256);
    private static final Duration NANO = Duration.ofNanos(1);

    private final VirtualTime time = new VirtualTime(NOW);

    // Expiry

    @ParameterizedTest
    @CsvSource({"0, 0", "30, 30", "300, 300"})
    void acceptsATokenUntilTheLastNanosecondOfItsExpiryAndTheSkew(long skew, long lasting) {
        JwtVerifier verifier = verifier().clockSkew(Duration.ofSeconds(skew)).build();
        String token = expiringIn(10);

        time.advance(Duration.ofSeconds(10 + lasting).minus(NANO));
        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
        time.advance(NANO);

        assertThat(rejection(verifier, token)).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nbf", "iat"})
    void acceptsATokenFromTheNanosecondAtWhichItIsNoMoreThanTheSkewAhead(String claim) {
        JwtVerifier verifier = verifier().clockSkew(Duration.ofSeconds(30)).build();
        String token = token("\"exp\":" + at(900) + ",\"" + claim + "\":" + at(60));

        time.advance(Duration.ofSeconds(30).minus(NANO));
        assertThat(rejection(verifier, token)).isEqualTo(CommonError.INVALID_TOKEN);
        time.advance(NANO);

        assertThat(verified(verifier, token).principal().userId()).isEqualTo("u");
    }

    @ParameterizedTest
    @CsvSource({
        "exp, 253402300799, true",
        "exp, 253402300800, false",
        "exp, -1, false",
        "exp, 1.5, false",
        "exp, \"4000000000\", false",
        "iat, 0, true",
        "iat, -1, false",
        "nbf, 0, true",
        "nbf, -1, false",
    })
    void readsTimesFromTheEpochToTheEndOfTheCalendar(String claim, String value, boolean accepted) {
        String exp = claim.equals("exp") ? "" : ",\"exp\":" + at(900);
        CompletionStage<AccessToken> verification =
                verifier().build().verify(token("\"" + claim + "\":" + value + exp));

        assertThat(verification.toCompletableFuture().isCompletedExceptionally())
                .isEqualTo(!accepted);
    }

    @Test
    void readsTheEpochAsAnExpiryThatHasPassed() {
        assertThat(rejection(verifier().build(), token("\"exp\":0"))).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    // The cache

    @Test
    void cachesATokenUntilTheLastNanosecondBeforeItExpires() {
        JwtVerifier verifier = verifier().build();
        String token = expiringIn(10);
        verified(verifier, token);

        time.advance(Duration.ofSeconds(10).minus(NANO));
        assertThat(verifier.cached(token)).isPresent();
        time.advance(NANO);

        assertThat(verifier.cached(token)).isEmpty();
        assertThat(verifier.cacheStats().size()).as("the expired entry is gone").isZero();
    }

    @Test
    void cachesNoTokenThatOnlyTheSkewKeepsAlive() {
        JwtVerifier verifier = verifier().build();
        String token = expiringIn(10);
        time.advance(Duration.ofSeconds(10));

        verified(verifier, token);
        assertThat(verifier.cacheStats())
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(0L, 1L, 0L);

        verified(verifier, token);
        assertThat(verifier.cacheStats())
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(0L, 2L, 0L);
    }

    @Test
    void cachesATokenThatIsVerifiedInItsLastNanosecond() {
        JwtVerifier verifier = verifier().build();
        String token = expiringIn(10);
        time.advance(Duration.ofSeconds(10).minus(NANO));

        verified(verifier, token);

        assertThat(verifier.cacheStats().size()).isEqualTo(1);
    }

    @Test
    void verifiesAnExpiredEntryAnewAndCountsThatAsAMiss() {
        JwtVerifier verifier = verifier().build();
        String token = expiringIn(10);
        verified(verifier, token);
        time.advance(Duration.ofSeconds(10));

        verified(verifier, token);

        assertThat(verifier.cacheStats())
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(0L, 2L, 0L);
    }

    // Length

    @Test
    void readsATokenOfExactlyTheMaximumLengthAndNoneThatIsLonger() {
        String token = expiringIn(900);
        JwtVerifier exact = verifier().maxTokenLength(token.length()).build();
        JwtVerifier shorter = verifier().maxTokenLength(token.length() - 1).build();

        assertThat(verified(exact, token).principal().userId()).isEqualTo("u");
        assertThat(exact.cached(token)).isPresent();
        assertThat(rejection(shorter, token)).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThat(shorter.cached(token)).isEmpty();
        assertThat(shorter.cacheStats())
                .as("unread")
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(0L, 0L, 0L);
    }

    @Test
    void judgesTheCostOfATokenOfExactlyTheMaximumLength() {
        TokenKey pair = TestKeys.of(SignatureAlgorithm.ES256);
        String forged = TestToken.base64Url("{\"alg\":\"ES256\"}") + "." + "A".repeat(400) + ".AAAA";

        assertThat(verifier(pair).maxTokenLength(forged.length()).build().isCostly(forged))
                .isTrue();
        assertThat(verifier(pair).maxTokenLength(forged.length() - 1).build().isCostly(forged))
                .isFalse();
    }

    @Test
    void acceptsSettingsToTheEndsOfTheirRanges() {
        assertThatCode(() -> JwtVerifier.builder()
                        .clockSkew(Duration.ZERO)
                        .clockSkew(Duration.ofMinutes(5))
                        .maxTokenLength(256)
                        .maxTokenLength(65_536)
                        .cacheSize(0)
                        .cacheSize(10_000_000))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> JwtVerifier.builder().clockSkew(NANO.negated()))
                .hasMessage("clockSkew: PT-0.000000001S (expected: PT0S to PT5M)");
        assertThatThrownBy(() -> JwtVerifier.builder().maxTokenLength(65_537))
                .hasMessage("maxTokenLength: 65537 (expected: 256 to 65536)");
        assertThatThrownBy(() -> JwtVerifier.builder().cacheSize(10_000_001))
                .hasMessage("cacheSize: 10000001 (expected: 0 to 10000000)");
    }

    // The user

    @ParameterizedTest
    @CsvSource({
        "'\"sub\":\"\"', false",
        "'\"sub\":\"  \"', false",
        "'\"sub\":\"a\\nb\"', false",
        "'\"sub\":\"a\\u007fb\"', false",
        "'\"sub\":7', false",
        "'\"sub\":null', false",
        "'\"user_id\":null,\"sub\":\"u\"', false",
        "'\"sub\":\"u\",\"jti\":7', false",
        "'\"sub\":\"u\",\"scope\":7', false",
        "'\"sub\":\"u\",\"scope\":[7]', false",
        "'\"sub\":\"u\",\"scope\":null', true",
        "'\"sub\":\"u\",\"token_type\":\"Refresh\"', false",
        "'\"sub\":\"u\",\"type\":\"refresh_token\"', false",
        "'\"sub\":\"u\",\"use\":\"refresh\"', false",
        "'\"sub\":\"u\",\"use\":\"access\"', true",
        "'\"sub\":\"u\"', true",
    })
    void readsNoTokenWithoutAUserOrWithClaimsOfTheWrongKind(String claims, boolean accepted) {
        String token = TestToken.sign(KEY, HS256, "{\"exp\":" + at(900) + "," + claims + "}");

        CompletionStage<AccessToken> verification = verifier().build().verify(token);

        assertThat(verification.toCompletableFuture().isCompletedExceptionally())
                .isEqualTo(!accepted);
    }

    private JwtVerifier.Builder verifier() {
        return verifier(KEY);
    }

    private JwtVerifier.Builder verifier(TokenKey key) {
        return JwtVerifier.builder().keys(KeySource.fixed(key)).time(time);
    }

    private static String expiringIn(long seconds) {
        return token("\"exp\":" + at(seconds));
    }

    private static long at(long seconds) {
        return NOW.getEpochSecond() + seconds;
    }

    /** Returns a token of the user {@code u}; longer than the shortest maximum. */
    private static String token(String claims) {
        return TestToken.sign(KEY, HS256, "{\"sub\":\"u\",\"fill\":\"" + "x".repeat(200) + "\"," + claims + "}");
    }

    private static AccessToken verified(JwtVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private static ErrorCode rejection(JwtVerifier verifier, String token) {
        Throwable failure = catchThrowable(() -> verified(verifier, token));
        assertThat(failure).as("the rejection").isNotNull();
        return GatewayException.from(failure).code();
    }
}
