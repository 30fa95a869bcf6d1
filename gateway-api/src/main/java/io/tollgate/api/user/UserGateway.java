package io.tollgate.api.user;

import io.tollgate.api.CallContext;
import io.tollgate.api.token.TokenPair;
import java.util.concurrent.CompletionStage;

/**
 * The user service, as seen from the gateway. Implementations are thread-safe and never block; stages complete on a
 * thread of the implementation, which dependents must not block, and fail with a
 * {@link io.tollgate.api.GatewayException}. A context that is cancelled or out of time ends its call.
 */
public interface UserGateway {
    /** Creates an account. Fails with {@code RESOURCE_ALREADY_EXISTS} if the email or username is taken. */
    CompletionStage<Session> register(Registration registration, CallContext context);

    /** Checks credentials. Fails with {@code UNAUTHENTICATED} and one fixed message, whatever the reason. */
    CompletionStage<Session> login(Credentials credentials, CallContext context);

    /** Exchanges a refresh token. Never retried. Fails with {@code UNAUTHENTICATED} where it is not valid any more. */
    CompletionStage<TokenPair> refresh(String refreshToken, CallContext context);
}
