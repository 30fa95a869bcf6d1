/**
 * Tokens: {@link io.tollgate.api.token.TokenVerifier} checks access tokens,
 * {@link io.tollgate.api.token.TokenService} also issues, refreshes and revokes, and
 * {@link io.tollgate.api.token.BearerAuthenticator} turns an {@code Authorization} header into a verified token or a
 * failure that any server can answer with.
 */
@NullMarked
package io.tollgate.api.token;

import org.jspecify.annotations.NullMarked;
