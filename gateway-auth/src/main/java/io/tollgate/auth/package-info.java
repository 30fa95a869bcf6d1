/**
 * Signed access tokens (JWT) and rotating refresh tokens.
 *
 * <ul>
 *   <li>{@link io.tollgate.auth.JwtVerifier} verifies the tokens of another issuer.
 *   <li>{@link io.tollgate.auth.JwtTokenService} also issues, refreshes and revokes.
 * </ul>
 *
 * <p>Both need signing keys, see {@link io.tollgate.auth.keys}. Refresh tokens are kept in a store of {@link
 * io.tollgate.auth.refresh}. To reject access tokens before they expire, both take a list of {@link
 * io.tollgate.auth.revocation}.
 *
 * <pre>{@code
 * TokenService tokens = JwtTokenService.builder()
 *         .keys(FileKeys.builder().file(KeyFile.of(Path.of("keys/current.pem"))).build())
 *         .refreshTokenStore(RedisRefreshTokenStore.builder().client(redis).build())
 *         .build();
 * }</pre>
 */
@NullMarked
package io.tollgate.auth;

import org.jspecify.annotations.NullMarked;
