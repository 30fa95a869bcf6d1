package io.tollgate.api.user;

import io.tollgate.api.CallContext;
import io.tollgate.api.token.TokenPair;
import java.util.concurrent.CompletionStage;

/**
 * Calls the user service. Implementations are thread-safe and never block. Stages complete on a thread of the
 * implementation, which dependents must not block, and fail with a {@link io.tollgate.api.GatewayException}. A call
 * ends when its context is cancelled or the deadline passes. {@code UserGatewayContract} of {@code gateway-testkit} tests an
 * implementation.
 */
public interface UserGateway {
    /** Creates an account. Fails with {@code RESOURCE_ALREADY_EXISTS} if the email or the username is taken. */
    CompletionStage<Session> register(Registration registration, CallContext context);

    /** Checks credentials. Fails with {@code UNAUTHENTICATED} and one fixed message, whatever the reason. */
    CompletionStage<Session> login(Credentials credentials, CallContext context);

    /**
     * Exchanges a refresh token. Never retried. Fails with {@code UNAUTHENTICATED} if the token is not valid any more.
     */
    CompletionStage<TokenPair> refresh(String refreshToken, CallContext context);
}
