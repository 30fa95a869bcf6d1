package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.token.TokenPair;
import java.util.Optional;

/**
 * A user who has just logged in or registered.
 *
 * @param tokens the tokens that the user service issued; absent if it leaves that to the gateway
 */
public record Session(User user, Optional<TokenPair> tokens) {
    public Session {
        requireNonNull(user, "user");
        requireNonNull(tokens, "tokens");
    }
}
