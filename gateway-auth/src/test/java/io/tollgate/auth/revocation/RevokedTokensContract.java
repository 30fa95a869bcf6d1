package io.tollgate.auth.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TestKeys;
import io.tollgate.auth.keys.TokenKey;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Everything that {@link RevokedTokens} promises, as a verifier sees it. A list's test extends this and constructs the list.
 */
public abstract class RevokedTokensContract {
    private final TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);

    /** The list under test, up to date. */
    protected abstract RevokedTokens list();

    @Test
    void refusesARevokedTokenAtOnceAlsoWhereItIsRemembered() {
        JwtTokenService tokens = service();
        String token = issue(tokens);
        join(tokens.verify(token));
        join(tokens.verify(token));

        join(tokens.revokeAccessToken(token));

        assertThat(refusal(tokens.verify(token))).contains(CommonError.INVALID_TOKEN);
        assertThat(refusal(tokens.verify(token))).contains(CommonError.INVALID_TOKEN);
    }

    @Test
    void leavesOtherTokensOfTheSameUserAlone() {
        JwtTokenService tokens = service();
        String token = issue(tokens);
        String other = issue(tokens);

        join(tokens.revokeAccessToken(token));

        assertThat(join(tokens.verify(other)).principal().userId()).isEqualTo("u");
    }

    @Test
    void revokesATokenThatHasNoId() {
        JwtTokenService tokens = service();
        String token = withoutId();
        String other = withoutId();
        join(tokens.verify(token));

        join(tokens.revokeAccessToken(token));

        assertThat(refusal(tokens.verify(token))).contains(CommonError.INVALID_TOKEN);
        assertThat(join(tokens.verify(other)).principal().userId()).isEqualTo("u");
    }

    @Test
    void takesRevocationOfATokenThatIsNotAcceptedForDone() {
        JwtTokenService tokens = service();

        join(tokens.revokeAccessToken("no token"));
        join(tokens.revokeAccessToken("x".repeat(10_000)));
        join(tokens.revokeAccessToken(issue(tokens) + "A"));
    }

    @Test
    void tellsTheOtherVerifiersOfTheList() {
        JwtTokenService tokens = service();
        JwtVerifier elsewhere = JwtVerifier.builder()
                .keys(KeySource.fixed(key))
                .revokedTokens(list())
                .build();
        String token = issue(tokens);
        join(elsewhere.verify(token));

        join(tokens.revokeAccessToken(token));

        assertThat(refusal(elsewhere.verify(token))).contains(CommonError.INVALID_TOKEN);
    }

    private JwtTokenService service() {
        return JwtTokenService.builder()
                .keys(KeySource.fixed(key))
                .revokedTokens(list())
                .build();
    }

    private String withoutId() {
        return TestKeys.sign(
                key,
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"u\",\"n\":\"" + UUID.randomUUID() + "\",\"exp\":"
                        + Instant.now().plusSeconds(900).getEpochSecond() + "}");
    }

    protected static String issue(JwtTokenService tokens) {
        return join(tokens.issue(Principal.of("u"))).accessToken();
    }

    protected static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** Empty where the token was accepted. */
    protected static Optional<ErrorCode> refusal(CompletionStage<AccessToken> stage) {
        return stage.handle((value, failure) -> Optional.ofNullable(failure)
                        .map(e -> GatewayException.from(e).code()))
                .toCompletableFuture()
                .join();
    }
}
