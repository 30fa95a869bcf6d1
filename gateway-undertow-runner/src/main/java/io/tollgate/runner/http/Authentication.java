package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.token.BearerAuthenticator;
import java.util.concurrent.CompletionStage;

/**
 * Finds the user of a request whose route takes a token. A bad token does not end the request here: it is first charged
 * to the client's address, so that guessing tokens costs tokens, and then refused by {@link Authorization}.
 */
public final class Authentication implements Filter {
    private final BearerAuthenticator authenticator;
    private final RequestObserver observer;

    /** Authenticates with {@code authenticator}, and tells {@code observer}. */
    public Authentication(BearerAuthenticator authenticator, RequestObserver observer) {
        this.observer = requireNonNull(observer, "observer");
        this.authenticator = requireNonNull(authenticator, "authenticator");
    }

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        Route route = request.match().route();
        if (route == null || !route.authenticated()) {
            return next.handle(request);
        }
        return Stages.flatHandle(authenticator.authenticate(request.headers("Authorization")), (token, failure) -> {
            if (failure != null) {
                GatewayException refusal = GatewayException.from(failure);
                request.refusal(refusal);
                observer.authenticated(request, refusal.code());
            } else {
                request.principal(requireNonNull(token, "token").principal());
                observer.authenticated(request, null);
            }
            return next.handle(request);
        });
    }
}
