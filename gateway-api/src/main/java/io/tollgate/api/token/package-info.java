/**
 * Access and refresh tokens: {@link io.tollgate.api.token.TokenVerifier} verifies access tokens, {@link
 * io.tollgate.api.token.TokenService} also issues, refreshes and revokes, {@link
 * io.tollgate.api.token.BearerAuthenticator} verifies the token of an {@code Authorization} header, and {@link
 * io.tollgate.api.token.AccessRule} holds the requirements of a route.
 */
@NullMarked
package io.tollgate.api.token;

import org.jspecify.annotations.NullMarked;
