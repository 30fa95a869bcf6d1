package io.tollgate.api;

/** The errors that any service may return: those of HTTP, of gRPC, of tokens and of limits. */
public enum CommonError implements ErrorCode {
    /** The request is malformed, or fields of it are missing or wrong; {@code details.violations} names them. */
    INVALID_REQUEST(ErrorType.VALIDATION_ERROR, 400),
    /** The body is not one JSON object, or has duplicate properties. */
    INVALID_JSON(ErrorType.VALIDATION_ERROR, 400),
    /** A service does not accept a value of the request (gRPC {@code INVALID_ARGUMENT}). */
    INVALID_ARGUMENT(ErrorType.VALIDATION_ERROR, 400),
    /** A value is outside the range that a service accepts (gRPC {@code OUT_OF_RANGE}). */
    OUT_OF_RANGE(ErrorType.VALIDATION_ERROR, 400),
    /** The body is larger than the server accepts. */
    BODY_TOO_LARGE(ErrorType.VALIDATION_ERROR, 413),
    /** The {@code Content-Type} is not one that the route accepts. */
    UNSUPPORTED_MEDIA_TYPE(ErrorType.VALIDATION_ERROR, 415),
    /** The server does not support the HTTP version of the request (RFC 9110, section 15.6.6). */
    HTTP_VERSION_NOT_SUPPORTED(ErrorType.VALIDATION_ERROR, 505),

    /** The state of the system does not permit the request (gRPC {@code FAILED_PRECONDITION}). */
    PRECONDITION_FAILED(ErrorType.PRECONDITION_ERROR, 400),

    /** The route needs an access token, and the request has none. */
    MISSING_TOKEN(ErrorType.AUTHENTICATION_ERROR, 401),
    /** The {@code Authorization} header has another form than {@code Bearer <token>}, or its token is no JWT. */
    INVALID_TOKEN_FORMAT(ErrorType.AUTHENTICATION_ERROR, 401),
    /** The token's signature or claims are wrong, or the token is revoked. */
    INVALID_TOKEN(ErrorType.AUTHENTICATION_ERROR, 401),
    /** The token was valid until it expired. */
    TOKEN_EXPIRED(ErrorType.AUTHENTICATION_ERROR, 401),
    /** Credentials or a refresh token are wrong (gRPC {@code UNAUTHENTICATED}); the message never has the reason. */
    UNAUTHENTICATED(ErrorType.AUTHENTICATION_ERROR, 401),

    /** The user is authenticated but lacks the permission (gRPC {@code PERMISSION_DENIED}). */
    PERMISSION_DENIED(ErrorType.AUTHORIZATION_ERROR, 403),
    /** The token lacks a scope or a role that the route needs (RFC 6750, section 3.1). */
    INSUFFICIENT_SCOPE(ErrorType.AUTHORIZATION_ERROR, 403),

    /** The service does not have the resource (gRPC {@code NOT_FOUND}). */
    RESOURCE_NOT_FOUND(ErrorType.NOT_FOUND_ERROR, 404),
    /** No route has this path. */
    ROUTE_NOT_FOUND(ErrorType.NOT_FOUND_ERROR, 404),

    /** The path exists and does not accept this method; {@code Allow} lists those it accepts. */
    METHOD_NOT_ALLOWED(ErrorType.METHOD_ERROR, 405),

    /** The resource exists already (gRPC {@code ALREADY_EXISTS}), such as an account with that email. */
    RESOURCE_ALREADY_EXISTS(ErrorType.CONFLICT_ERROR, 409),
    /** Another operation interfered (gRPC {@code ABORTED}); the client may send the request again. */
    OPERATION_ABORTED(ErrorType.CONFLICT_ERROR, 409),

    /** A rate limit rejects the request; {@code Retry-After} has the time to wait. */
    RATE_LIMIT_EXCEEDED(ErrorType.RATE_LIMIT_ERROR, 429),

    /** The server or a service failed (gRPC {@code INTERNAL}); the cause is in the log. */
    INTERNAL_SERVER_ERROR(ErrorType.INTERNAL_ERROR, 500),
    /** A service lost data that cannot be recovered (gRPC {@code DATA_LOSS}). */
    DATA_LOSS(ErrorType.INTERNAL_ERROR, 500),
    /** A service failed for a reason that it does not report (gRPC {@code UNKNOWN}). */
    UNKNOWN_ERROR(ErrorType.INTERNAL_ERROR, 500),

    /** The service does not implement the method (gRPC {@code UNIMPLEMENTED}). */
    METHOD_NOT_IMPLEMENTED(ErrorType.NOT_IMPLEMENTED_ERROR, 501),

    /** The service is unreachable, or reports that it is unavailable (gRPC {@code UNAVAILABLE}). */
    SERVICE_UNAVAILABLE(ErrorType.SERVICE_ERROR, 503),
    /** The circuit breaker of the service is open, so the call was not sent. */
    CIRCUIT_OPEN(ErrorType.SERVICE_ERROR, 503),
    /** The server already handles the maximum of concurrent requests. */
    OVERLOADED(ErrorType.SERVICE_ERROR, 503),

    /** The response did not arrive in time (gRPC {@code DEADLINE_EXCEEDED}). */
    REQUEST_TIMEOUT(ErrorType.TIMEOUT_ERROR, 504);

    private final ErrorType type;
    private final int httpStatus;

    CommonError(ErrorType type, int httpStatus) {
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
