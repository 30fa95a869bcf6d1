package io.tollgate.api.guard;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Accepts the tokens {@code ann}, {@code bob} and {@code carl}, who has the scope {@code write}; {@code expired} was valid
 * once, {@code keyless} cannot be verified now, and all others are forged.
 */
final class NamedTokens implements TokenVerifier {
    private static final Set<String> VALID = Set.of("ann", "bob", "carl");

    private final List<String> verified = new ArrayList<>();
    private final boolean costly;
    private final Set<String> cached;

    private NamedTokens(boolean costly, Set<String> cached) {
        this.costly = costly;
        this.cached = cached;
    }

    /** A verifier that no budget applies to, with nothing in its cache. */
    static NamedTokens cheap() {
        return new NamedTokens(false, Set.of());
    }

    /** A verifier of asymmetric signatures that has these tokens in its cache. */
    static NamedTokens costly(String... cached) {
        return new NamedTokens(true, Set.of(cached));
    }

    @Override
    public synchronized CompletionStage<AccessToken> verify(String token) {
        verified.add(token);
        return VALID.contains(token)
                ? CompletableFuture.completedStage(accessToken(token))
                : CompletableFuture.failedStage(GatewayException.of(error(token), "No."));
    }

    private static CommonError error(String token) {
        return switch (token) {
            case "expired" -> CommonError.TOKEN_EXPIRED;
            case "keyless" -> CommonError.SERVICE_UNAVAILABLE;
            default -> CommonError.INVALID_TOKEN;
        };
    }

    static AccessToken accessToken(String user) {
        Set<String> scopes = user.equals("carl") ? Set.of("write") : Set.of();
        return new AccessToken(new Principal(user, scopes, Set.of(), Map.of()), Optional.empty(), Instant.MAX);
    }

    @Override
    public Optional<AccessToken> cached(String token) {
        return cached.contains(token) ? Optional.of(accessToken(token)) : Optional.empty();
    }

    @Override
    public boolean isCostly(String token) {
        return costly;
    }

    /** The tokens that were verified, in order. */
    synchronized List<String> verified() {
        return List.copyOf(verified);
    }
}
