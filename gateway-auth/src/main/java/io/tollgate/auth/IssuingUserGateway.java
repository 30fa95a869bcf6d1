package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

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
 * Issues tokens for a user service that only knows accounts and passwords:
 *
 * <pre>{@code
 * UserGateway users = new IssuingUserGateway(new GrpcUserGateway(upstream), tokens, List.of("tickets"));
 * }</pre>
 *
 * <p>Tokens that the service sends all the same are dropped, and it is never called to refresh. Thread-safe.
 */
public final class IssuingUserGateway implements UserGateway {
    private final UserGateway users;
    private final TokenService tokens;
    private final Set<String> scopes;

    /**
     * Creates one.
     *
     * @param users checks passwords
     * @param tokens issues and refreshes
     * @param scopes of every token
     */
    public IssuingUserGateway(UserGateway users, TokenService tokens, List<String> scopes) {
        this.users = requireNonNull(users, "users");
        this.tokens = requireNonNull(tokens, "tokens");
        this.scopes = new LinkedHashSet<>(scopes);
    }

    @Override
    public CompletionStage<Session> register(Registration registration, CallContext context) {
        return users.register(registration, context).thenCompose(session -> issue(session, context));
    }

    @Override
    public CompletionStage<Session> login(Credentials credentials, CallContext context) {
        return users.login(credentials, context).thenCompose(session -> issue(session, context));
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        return tokens.refresh(refreshToken, context);
    }

    private CompletionStage<Session> issue(Session session, CallContext context) {
        Principal principal = new Principal(session.user().id(), scopes, Set.of(), Map.of());
        return tokens.issue(principal, context).thenApply(pair -> new Session(session.user(), Optional.of(pair)));
    }
}
