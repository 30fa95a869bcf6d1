/**
 * Stores for refresh tokens.
 *
 * <p>A {@link io.tollgate.auth.refresh.RefreshTokenStore} keeps a family per login, and replaces its token on each use. There
 * is one {@linkplain io.tollgate.auth.refresh.InMemoryRefreshTokenStore in memory} and one {@linkplain
 * io.tollgate.auth.refresh.RedisRefreshTokenStore in Redis}. A store of your own must pass {@code RefreshTokenStoreContract}
 * of {@code gateway-auth-testkit}.
 */
@NullMarked
package io.tollgate.auth.refresh;

import org.jspecify.annotations.NullMarked;
