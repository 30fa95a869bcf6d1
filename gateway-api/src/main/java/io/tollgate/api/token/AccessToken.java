package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * The content of a verified access token; never the token itself.
 *
 * @param principal the user of the token
 * @param id the id of the token (claim {@code jti})
 * @param expiresAt the end of the token (claim {@code exp})
 */
public record AccessToken(Principal principal, Optional<String> id, Instant expiresAt) {
    public AccessToken {
        requireNonNull(principal, "principal");
        requireNonNull(id, "id");
        requireNonNull(expiresAt, "expiresAt");
    }
}
