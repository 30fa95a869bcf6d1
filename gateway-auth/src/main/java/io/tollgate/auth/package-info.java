/**
 * JWT access tokens and rotating refresh tokens.
 *
 * <ul>
 *   <li>{@link io.tollgate.auth.JwtVerifier} verifies tokens that somebody else issued;
 *       {@link io.tollgate.auth.JwtTokenService} also issues, refreshes and revokes.
 *   <li>Keys: a {@link io.tollgate.auth.TokenKey} is a key and the one algorithm it is used with, a
 *       {@link io.tollgate.auth.KeySet} what is good at one moment, and a {@link io.tollgate.auth.KeySource} where it comes
 *       from: {@link io.tollgate.auth.KeySource#of(TokenKey...) fixed}, {@link io.tollgate.auth.LocalKeys set by the
 *       application}, {@link io.tollgate.auth.FileKeys in files}, {@link io.tollgate.auth.RemoteKeys at a URL}, or
 *       {@link io.tollgate.auth.KeySource#all several of these}.
 *   <li>Refresh tokens live in a {@link io.tollgate.auth.RefreshTokenStore}:
 *       {@link io.tollgate.auth.InMemoryRefreshTokenStore in memory}, {@link io.tollgate.auth.RedisRefreshTokenStore in
 *       Redis}, or wherever {@code RefreshTokenStoreContract} passes, which this module's test artifact ships.
 *   <li>Access tokens can be refused before they expire through {@link io.tollgate.auth.RevokedTokens}:
 *       {@link io.tollgate.auth.InMemoryRevokedTokens in memory} or {@link io.tollgate.auth.RedisRevokedTokens in Redis}.
 * </ul>
 *
 * <p>To rotate a key without refusing a valid token:
 *
 * <ol>
 *   <li>put the new key behind the old one, and wait until every verifier has the new set;
 *   <li>put it first: it signs from now on;
 *   <li>wait for as long as an access token lives, and the clock skew;
 *   <li>take the old key out.
 * </ol>
 *
 * <p>A key that has leaked is taken out at once; every token that it signed is refused from then on, remembered or not.
 */
@NullMarked
package io.tollgate.auth;

import org.jspecify.annotations.NullMarked;
