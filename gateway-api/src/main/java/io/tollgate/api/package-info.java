/**
 * What every module shares: the one exception that crosses their borders ({@link io.tollgate.api.GatewayException}
 * with its {@linkplain io.tollgate.api.ErrorCode codes}), who is asking
 * ({@link io.tollgate.api.Principal}) and on whose behalf and until when
 * ({@link io.tollgate.api.CallContext}).
 */
@NullMarked
package io.tollgate.api;

import org.jspecify.annotations.NullMarked;
