package io.tollgate.api;

/**
 * The closed set of errors: the {@code code} property of an error response, with the {@link ErrorType} it belongs to and
 * the HTTP status it is answered with.
 */
public enum ErrorCode {
    INVALID_REQUEST(ErrorType.VALIDATION_ERROR, 400),
    INVALID_JSON(ErrorType.VALIDATION_ERROR, 400),
    INVALID_EVENT_ID(ErrorType.VALIDATION_ERROR, 400),
    INVALID_ARGUMENT(ErrorType.VALIDATION_ERROR, 400),
    OUT_OF_RANGE(ErrorType.VALIDATION_ERROR, 400),
    BODY_TOO_LARGE(ErrorType.VALIDATION_ERROR, 413),
    UNSUPPORTED_MEDIA_TYPE(ErrorType.VALIDATION_ERROR, 415),

    PRECONDITION_FAILED(ErrorType.PRECONDITION_ERROR, 400),

    MISSING_TOKEN(ErrorType.AUTHENTICATION_ERROR, 401),
    INVALID_TOKEN_FORMAT(ErrorType.AUTHENTICATION_ERROR, 401),
    INVALID_TOKEN(ErrorType.AUTHENTICATION_ERROR, 401),
    TOKEN_EXPIRED(ErrorType.AUTHENTICATION_ERROR, 401),
    UNAUTHENTICATED(ErrorType.AUTHENTICATION_ERROR, 401),

    PERMISSION_DENIED(ErrorType.AUTHORIZATION_ERROR, 403),
    INSUFFICIENT_SCOPE(ErrorType.AUTHORIZATION_ERROR, 403),

    RESOURCE_NOT_FOUND(ErrorType.NOT_FOUND_ERROR, 404),
    ROUTE_NOT_FOUND(ErrorType.NOT_FOUND_ERROR, 404),

    METHOD_NOT_ALLOWED(ErrorType.METHOD_ERROR, 405),

    RESOURCE_ALREADY_EXISTS(ErrorType.CONFLICT_ERROR, 409),
    OPERATION_ABORTED(ErrorType.CONFLICT_ERROR, 409),
    SOLD_OUT(ErrorType.CONFLICT_ERROR, 409),
    ALREADY_IN_QUEUE(ErrorType.CONFLICT_ERROR, 409),
    IDEMPOTENCY_KEY_REUSED(ErrorType.CONFLICT_ERROR, 409),

    RATE_LIMIT_EXCEEDED(ErrorType.RATE_LIMIT_ERROR, 429),

    INTERNAL_SERVER_ERROR(ErrorType.INTERNAL_ERROR, 500),
    DATA_LOSS(ErrorType.INTERNAL_ERROR, 500),
    UNKNOWN_ERROR(ErrorType.INTERNAL_ERROR, 500),

    METHOD_NOT_IMPLEMENTED(ErrorType.NOT_IMPLEMENTED_ERROR, 501),

    SERVICE_UNAVAILABLE(ErrorType.SERVICE_ERROR, 503),
    CIRCUIT_OPEN(ErrorType.SERVICE_ERROR, 503),
    OVERLOADED(ErrorType.SERVICE_ERROR, 503),
    QUEUE_FULL(ErrorType.SERVICE_ERROR, 503),

    REQUEST_TIMEOUT(ErrorType.TIMEOUT_ERROR, 504);

    private final ErrorType type;
    private final int httpStatus;

    ErrorCode(ErrorType type, int httpStatus) {
        this.type = type;
        this.httpStatus = httpStatus;
    }

    /** The family this code belongs to. */
    public ErrorType type() {
        return type;
    }

    /** The HTTP status that answers it, 400 to 504. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the fault is on this side: the HTTP status is 500 or above. */
    public boolean isServerFault() {
        return httpStatus >= 500;
    }
}
