package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * What a verified access token says; never the token itself.
 *
 * @param principal who it speaks for
 * @param id the token's id (claim {@code jti})
 * @param expiresAt when it ends (claim {@code exp})
 */
public record AccessToken(Principal principal, Optional<String> id, Instant expiresAt) {
    public AccessToken {
        requireNonNull(principal, "principal");
        requireNonNull(id, "id");
        requireNonNull(expiresAt, "expiresAt");
    }
}
