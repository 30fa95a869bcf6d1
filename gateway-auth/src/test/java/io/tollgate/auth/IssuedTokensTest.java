package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token service writes into tokens, within which limits, and what it counts. */
class IssuedTokensTest {
    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.HS256);
    private static final Principal ANN = new Principal("ann", Set.of(), Set.of(), Map.of("fill", "x".repeat(200)));

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00Z"));
    private final InMemoryRefreshTokenStore store =
            InMemoryRefreshTokenStore.builder().time(time).build();

    // Claims

    @Test
    void leavesOutScopesAndRolesThatAUserDoesNotHave() throws ParseException {
        JwtTokenService tokens = service().build();

        assertThat(claims(tokens, ANN)).doesNotContainKeys("scope", "roles", "iss", "aud");
        assertThat(claims(tokens, new Principal("ann", Set.of("a"), Set.of("b"), Map.of())))
                .containsEntry("scope", "a")
                .containsKey("roles");
    }

    @Test
    void givesEachTokenAnIdOfItsOwn() throws ParseException {
        JwtTokenService tokens = service().build();

        assertThat(claims(tokens, ANN).get("jti"))
                .isNotEqualTo(claims(tokens, ANN).get("jti"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a b"})
    void issuesNoScopeThatWouldNotBeOneWord(String scope) {
        assertThatThrownBy(() -> service().build().issue(new Principal("ann", Set.of(scope), Set.of(), Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scopes: \"" + scope + "\" (expected: a word without spaces)");
    }

    @Test
    void issuesTokensOfExactlyTheMaximumLengthAndNoLonger() {
        int length = join(service().build().issue(ANN)).accessToken().length();

        assertThat(join(service().maxTokenLength(length).build().issue(ANN)).accessToken())
                .hasSize(length);
        assertThatThrownBy(
                        () -> join(service().maxTokenLength(length - 1).build().issue(ANN)))
                .hasRootCauseMessage(
                        "principal: a token of " + length + " characters (expected: at most " + (length - 1) + ")");
    }

    @Test
    void needsAKeyThatCanSign() {
        TokenKey publicKey = TokenKey.verifying(
                SignatureAlgorithm.ES256,
                TestKeys.pairOf(SignatureAlgorithm.ES256).getPublic());
        JwtTokenService verifying =
                JwtTokenService.builder().keys(KeySource.fixed(publicKey)).build();

        assertThatThrownBy(() -> join(verifying.issue(ANN)))
                .hasRootCauseMessage("keys: KeySet[TokenKey[kid=none, algorithm=ES256, verifies]] (expected: one that"
                        + " can sign)");
        assertThat(rejection(verifying.issue(ANN))).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    // Lifetimes

    @Test
    void issuesForAsLongAsIsSet() {
        JwtTokenService brief = service()
                .accessTokenTtl(Duration.ofSeconds(1))
                .clockSkew(Duration.ZERO)
                .build();
        String token = join(brief.issue(ANN)).accessToken();

        assertThat(join(brief.verify(token)).expiresAt()).isEqualTo(time.now().plusSeconds(1));
        time.advance(Duration.ofSeconds(1));
        assertThat(rejection(brief.verify(token))).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @Test
    void refreshesUntilTheLastNanosecondOfTheIdleTime() {
        JwtTokenService tokens =
                service().refreshTokenIdleTtl(Duration.ofSeconds(10)).build();
        String used = refreshToken(tokens);
        String unused = refreshToken(tokens);

        time.advance(Duration.ofSeconds(10).minusNanos(1));
        assertThat(join(tokens.refresh(used)).refreshToken()).isPresent();
        time.advance(Duration.ofNanos(1));

        assertThat(rejection(tokens.refresh(unused))).isEqualTo(CommonError.UNAUTHENTICATED);
    }

    @Test
    void endsAFamilyAfterItsWholeTimeAndDropsIt() {
        JwtTokenService tokens =
                service().refreshTokenTtl(Duration.ofSeconds(10)).build();
        String late = refreshToken(tokens);
        time.advance(Duration.ofSeconds(9));
        late = join(tokens.refresh(late)).refreshToken().orElseThrow();
        time.advance(Duration.ofSeconds(1));

        assertThat(rejection(tokens.refresh(late))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(store.size()).as("the family is gone").isZero();
    }

    @Test
    void acceptsSettingsToTheEndsOfTheirRanges() {
        assertThatCode(() -> service()
                        .accessTokenTtl(Duration.ofSeconds(1))
                        .accessTokenTtl(Duration.ofHours(24))
                        .refreshTokenTtl(Duration.ofSeconds(1))
                        .refreshTokenTtl(Duration.ofDays(400))
                        .refreshTokenIdleTtl(Duration.ofSeconds(1))
                        .refreshTokenIdleTtl(Duration.ofDays(400))
                        .refreshGrace(Duration.ZERO)
                        .refreshGrace(Duration.ofSeconds(60))
                        .build())
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> service().refreshTokenTtl(Duration.ofDays(400).plusNanos(1)))
                .hasMessage("refreshTokenTtl: PT9600H0.000000001S (expected: PT1S to PT9600H)");
        assertThatThrownBy(() -> service().refreshTokenIdleTtl(Duration.ZERO))
                .hasMessage("refreshTokenIdleTtl: PT0S (expected: PT1S to PT9600H)");
    }

    @Test
    void handsTheSettingsOfTheVerifierOn() {
        JwtTokenService legacy = service().acceptLegacyClaims(true).cacheSize(0).build();
        String former = TestToken.sign(
                KEY, "{\"alg\":\"HS256\"}", "{\"user_id\":\"u\",\"expired_at\":\"2026-11-22T12:15:00Z\"}");

        assertThat(join(legacy.verify(former)).principal().userId()).isEqualTo("u");
        assertThat(legacy.cached(former)).as("nothing is cached").isEmpty();
        assertThat(rejection(service().build().verify(former))).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void knowsThatTokensOfASecretAreCheap() {
        JwtTokenService tokens = service().build();

        assertThat(tokens.isCostly(join(tokens.issue(ANN)).accessToken())).isFalse();
    }

    // Refresh tokens

    @Test
    void issuesARefreshTokenThatNobodyCanGuessFromTheOneBefore() {
        RefreshToken first = RefreshToken.first();
        RefreshToken one = first.next();
        RefreshToken other = first.next();

        assertThat(one.familyId()).isEqualTo(first.familyId()).isEqualTo(other.familyId());
        assertThat(one.hash()).isNotEqualTo(other.hash()).isNotEqualTo(first.hash());
        assertThat(one.text().substring(22)).isNotEqualTo(other.text().substring(22));
    }

    @Test
    void sealsWithANonceThatIsNeverUsedAgain() {
        RefreshToken presented = RefreshToken.first();
        RefreshToken successor = presented.next();

        String one = SealedSuccessor.seal(presented, successor);
        String other = SealedSuccessor.seal(presented, successor);

        assertThat(one.substring(0, 16)).isNotEqualTo(other.substring(0, 16));
        assertThat(SealedSuccessor.open(presented, one).orElseThrow().text()).isEqualTo(successor.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA", "not base64!"})
    void opensNothingThatWasNotSealed(String sealed) {
        assertThat(SealedSuccessor.open(RefreshToken.first(), sealed)).isEmpty();
    }

    @Test
    void countsRotationsAndReuses() {
        JwtTokenService tokens = service().build();
        String first = refreshToken(tokens);
        String second = join(tokens.refresh(first)).refreshToken().orElseThrow();
        join(tokens.refresh(second));
        rejection(tokens.refresh(first));

        assertThat(tokens.refreshStats()).isEqualTo(new RefreshStats(2, 1));
    }

    @Test
    void countsCachedTokens() {
        JwtTokenService tokens = service().build();
        String token = join(tokens.issue(ANN)).accessToken();
        join(tokens.verify(token));
        join(tokens.verify(token));

        assertThat(tokens.cacheStats())
                .extracting(CacheStats::hits, CacheStats::misses, CacheStats::size)
                .containsExactly(1L, 1L, 1L);
    }

    @Test
    void takesAReuseForOneIfTheGraceBeganAfterTheRotation() {
        JwtTokenService strict = service().refreshGrace(Duration.ZERO).build();
        JwtTokenService lenient = service().refreshGrace(Duration.ofSeconds(10)).build();
        String first = refreshToken(strict);
        String second = join(strict.refresh(first)).refreshToken().orElseThrow();

        assertThat(rejection(lenient.refresh(first))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(rejection(lenient.refresh(second)))
                .as("the family is revoked")
                .isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(lenient.refreshStats().reuses()).isEqualTo(1);
    }

    // Texts

    @Test
    void describesItselfWithoutASecret() {
        assertThat(service().issuer("https://a.example").build().toString())
                .startsWith("JwtTokenService[")
                .contains("https://a.example")
                .doesNotContain(TestToken.base64Url(TestKeys.secretOf(SignatureAlgorithm.HS256)));
        assertThat(JwtVerifier.builder()
                        .secret("a secret of no less than 32 bytes")
                        .issuer("https://a.example")
                        .build()
                        .toString())
                .startsWith("JwtVerifier[")
                .contains("https://a.example")
                .doesNotContain("secret of");
        assertThat(RefreshToken.first()).hasToString("RefreshToken[redacted]");
        assertThat(new RefreshTokens.Next(ANN, "the token").toString())
                .startsWith("Next[")
                .doesNotContain("the token");
    }

    private JwtTokenService.Builder service() {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(KEY))
                .refreshTokenStore(store)
                .time(time);
    }

    private static Map<String, Object> claims(JwtTokenService tokens, Principal principal) throws ParseException {
        String payload = join(tokens.issue(principal)).accessToken().split("\\.")[1];
        return JSONObjectUtils.parse(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
    }

    private static String refreshToken(JwtTokenService tokens) {
        TokenPair pair = join(tokens.issue(ANN));
        return pair.refreshToken().orElseThrow();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static ErrorCode rejection(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> join(stage));
        assertThat(failure).as("the rejection").isNotNull();
        return GatewayException.from(failure).code();
    }
}
