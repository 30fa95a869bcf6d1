package io.tollgate.runner.auth;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A user service that knows accounts and passwords, with tokens of the gateway's own. Tokens that the service sends all
 * the same are dropped, and it is never asked to refresh.
 */
final class IssuingUsers implements UserGateway {
    private final UserGateway users;
    private final TokenService tokens;
    private final Set<String> scopes;

    IssuingUsers(UserGateway users, TokenService tokens, List<String> scopes) {
        this.users = users;
        this.tokens = tokens;
        this.scopes = new LinkedHashSet<>(scopes);
    }

    @Override
    public CompletionStage<Session> register(Registration registration, CallContext context) {
        return users.register(registration, context).thenCompose(this::issue);
    }

    @Override
    public CompletionStage<Session> login(Credentials credentials, CallContext context) {
        return users.login(credentials, context).thenCompose(this::issue);
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        return tokens.refresh(refreshToken);
    }

    private CompletionStage<Session> issue(Session session) {
        Principal principal = new Principal(session.user().id(), scopes, Set.of(), Map.of());
        return tokens.issue(principal).thenApply(pair -> new Session(session.user(), Optional.of(pair)));
    }
}
