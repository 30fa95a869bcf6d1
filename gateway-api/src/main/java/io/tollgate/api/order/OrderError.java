package io.tollgate.api.order;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;

/** The errors of ticket purchases, beside those that {@linkplain io.tollgate.api.CommonError any service} may have. */
public enum OrderError implements ErrorCode {
    /** The event's id has characters or a length that no id has. */
    INVALID_EVENT_ID(ErrorType.VALIDATION_ERROR, 400),
    /** No ticket is left. */
    SOLD_OUT(ErrorType.CONFLICT_ERROR, 409),
    /** The user waits for a ticket of this event already. */
    ALREADY_IN_QUEUE(ErrorType.CONFLICT_ERROR, 409),
    /** The idempotency key was used for another event. */
    IDEMPOTENCY_KEY_REUSED(ErrorType.CONFLICT_ERROR, 409),
    /** The queue of the event is full; {@code Retry-After} says when to try again. */
    QUEUE_FULL(ErrorType.SERVICE_ERROR, 503);

    private final ErrorType type;
    private final int httpStatus;

    OrderError(ErrorType type, int httpStatus) {
        this.type = type;
        this.httpStatus = httpStatus;
    }

    @Override
    public ErrorType type() {
        return type;
    }

    @Override
    public int httpStatus() {
        return httpStatus;
    }
}
