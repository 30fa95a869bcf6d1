package io.tollgate.api.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerAuthenticatorTest {
    private static final AccessToken ANN = new AccessToken(Principal.of("ann"), Optional.empty(), Instant.MAX);
    private static final TokenVerifier VERIFIER = token -> switch (token) {
        case "good" -> CompletableFuture.completedStage(ANN);
        case "expired" ->
            CompletableFuture.failedStage(GatewayException.of(CommonError.TOKEN_EXPIRED, "The \"token\" has expired."));
        default ->
            CompletableFuture.failedStage(
                    GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "No keys at the moment."));
    };

    private final BearerAuthenticator authenticator = BearerAuthenticator.of(VERIFIER);

    @ParameterizedTest
    @ValueSource(strings = {"Bearer good", "bearer good", "BEARER  good", " Bearer good "})
    void acceptsTheSchemeInAnyCase(String header) {
        assertThat(authenticate(List.of(header))).isEqualTo(ANN);
    }

    @Test
    void challengesWithoutAnErrorWhereNoTokenWasGiven() {
        GatewayException e = refused(List.of());

        assertThat(e.code()).isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(e.headers()).containsEntry("WWW-Authenticate", "Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic YTpi", "Bearer", "Bearer ", "good", "Bearergood"})
    void refusesWhatIsNotABearerToken(String header) {
        GatewayException e = refused(List.of(header));

        assertThat(e.code()).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThat(e.headers()).containsEntry("WWW-Authenticate", "Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer two words", "Bearer a,b", "Bearer =", "Bearer ümlaut", "Bearer \"good\""})
    void refusesATokenOfForbiddenCharactersAsInvalid(String header) {
        GatewayException e = refused(List.of(header));

        assertThat(e.code()).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThat(e.headers().get("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
    }

    @Test
    void refusesTwoHeadersEvenWhenBothAreGood() {
        assertThat(refused(List.of("Bearer good", "Bearer good")).code()).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
    }

    @Test
    void addsTheChallengeToWhatTheVerifierRefuses() {
        GatewayException e = refused(List.of("Bearer expired"));

        assertThat(e.code()).isEqualTo(CommonError.TOKEN_EXPIRED);
        assertThat(e.headers())
                .containsEntry(
                        "WWW-Authenticate",
                        "Bearer error=\"invalid_token\", error_description=\"The 'token' has expired.\"");
    }

    @Test
    void passesOnWhatIsNotTheTokensFault() {
        GatewayException e = refused(List.of("Bearer other"));

        assertThat(e.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(e.headers()).isEmpty();
    }

    @Test
    void waitsForAVerifierThatHasToAsk() {
        CompletableFuture<AccessToken> remote = new CompletableFuture<>();
        CompletionStage<AccessToken> result =
                BearerAuthenticator.of(token -> remote).authenticate(List.of("Bearer good"));
        CompletableFuture<AccessToken> seen = result.toCompletableFuture();
        assertThat(seen).isNotDone();

        remote.complete(ANN);

        assertThat(seen).isCompletedWithValue(ANN);
    }

    private AccessToken authenticate(List<String> headers) {
        return authenticator.authenticate(headers).toCompletableFuture().join();
    }

    private GatewayException refused(List<String> headers) {
        return GatewayException.from(catchThrowable(() -> authenticate(headers)));
    }
}
