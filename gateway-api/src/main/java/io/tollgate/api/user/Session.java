package io.tollgate.api.user;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.token.TokenPair;
import java.util.Optional;

/**
 * A user who has just proved who they are.
 *
 * @param tokens what the user service issued; absent where it leaves that to the gateway
 */
public record Session(User user, Optional<TokenPair> tokens) {
    public Session {
        requireNonNull(user, "user");
        requireNonNull(tokens, "tokens");
    }
}
