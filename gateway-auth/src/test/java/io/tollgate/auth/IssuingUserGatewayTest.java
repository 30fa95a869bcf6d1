package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class IssuingUserGatewayTest {
    private static final CallContext CONTEXT = CallContext.of("request-1");
    private static final Session OF_THE_SERVICE = new Session(
            new User("user-1", "ann@example.com", "ann", Optional.empty(), Optional.empty()),
            Optional.of(new TokenPair("access of the service", Optional.of("refresh of the service"))));

    private final JwtTokenService tokens =
            JwtTokenService.builder().secret("x".repeat(32)).build();

    @Test
    void tokensAreIssuedInPlaceOfThoseOfTheService() {
        UserGateway users = issuing(CompletableFuture.completedFuture(OF_THE_SERVICE));

        for (CompletionStage<Session> stage : List.of(
                users.login(new Credentials("ann@example.com", "password"), CONTEXT),
                users.register(new Registration("ann@example.com", "ann", "password"), CONTEXT))) {
            Session session = stage.toCompletableFuture().join();
            TokenPair pair = session.tokens().orElseThrow();
            assertThat(session.user()).isEqualTo(OF_THE_SERVICE.user());
            assertThat(tokens.verify(pair.accessToken()).toCompletableFuture().join())
                    .satisfies(token -> {
                        assertThat(token.principal().userId()).isEqualTo("user-1");
                        assertThat(token.principal().scopes()).containsExactly("tickets");
                    });
            assertThat(users.refresh(pair.refreshToken().orElseThrow(), CONTEXT)
                            .toCompletableFuture()
                            .join())
                    .isNotEqualTo(pair);
        }
    }

    @Test
    void aLoginThatFailsIssuesNothingAndFailsAlike() {
        GatewayException failure = GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The service is down.");
        UserGateway users = issuing(CompletableFuture.failedFuture(failure));

        assertThatThrownBy(() -> users.login(new Credentials("ann@example.com", "password"), CONTEXT)
                        .toCompletableFuture()
                        .join())
                .hasCause(failure);
        assertThat(tokens.refreshStats().rotations()).isZero();
    }

    private UserGateway issuing(CompletionStage<Session> session) {
        return new IssuingUserGateway(
                new UserGateway() {
                    @Override
                    public CompletionStage<Session> register(Registration registration, CallContext context) {
                        return session;
                    }

                    @Override
                    public CompletionStage<Session> login(Credentials credentials, CallContext context) {
                        return session;
                    }

                    @Override
                    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
                        throw new AssertionError("the service is never called to refresh");
                    }
                },
                tokens,
                List.of("tickets"));
    }
}
