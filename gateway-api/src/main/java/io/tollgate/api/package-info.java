/**
 * Types that all modules share: {@link io.tollgate.api.GatewayException}, the one exception that crosses their borders, with its
 * {@linkplain io.tollgate.api.ErrorCode codes}; {@link io.tollgate.api.Principal}, the user of a request; {@link
 * io.tollgate.api.CallContext}, the id, the deadline and the cancellation of a request; {@link io.tollgate.api.TimeSource}, the
 * clocks; and {@link io.tollgate.api.Redaction}, which keeps credentials out of messages.
 */
@NullMarked
package io.tollgate.api;

import org.jspecify.annotations.NullMarked;
