package io.tollgate.api.order;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;

/** The errors of ticket purchases, in addition to those of {@linkplain io.tollgate.api.CommonError any service}. */
public enum OrderError implements ErrorCode {
    /** The id of the event is too long, or has characters that no id has. */
    INVALID_EVENT_ID(ErrorType.VALIDATION_ERROR, 400),
    /** No ticket is left. */
    SOLD_OUT(ErrorType.CONFLICT_ERROR, 409),
    /** The user is already in the queue for a ticket of this event. */
    ALREADY_IN_QUEUE(ErrorType.CONFLICT_ERROR, 409),
    /** The idempotency key was used for another event. */
    IDEMPOTENCY_KEY_REUSED(ErrorType.CONFLICT_ERROR, 409),
    /** The queue of the event is full; {@code Retry-After} has the time to wait. */
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
