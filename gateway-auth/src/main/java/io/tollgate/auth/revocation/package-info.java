/**
 * Lists of access tokens that are rejected before they expire.
 *
 * <p>{@link io.tollgate.auth.revocation.RevokedTokens} is such a list, {@linkplain
 * io.tollgate.auth.revocation.InMemoryRevokedTokens in memory} or {@linkplain
 * io.tollgate.auth.revocation.RedisRevokedTokens shared through Redis}. A list of your own must pass {@code
 * RevokedTokensContract} of {@code gateway-auth-testkit}.
 */
@NullMarked
package io.tollgate.auth.revocation;

import org.jspecify.annotations.NullMarked;
