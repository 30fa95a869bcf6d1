package io.tollgate.grpc;

import io.grpc.Status;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a gRPC status becomes an error of the contract. An upstream's own words reach the client only for
 * a 4xx and only where they are its own; whatever else is known is in the cause, for the log.
 */
final class GrpcErrors {
    private static final String KEY_REUSED = "IDEMPOTENCY_KEY_REUSED";
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(1);

    private GrpcErrors() {}

    /** The error for a call that ended badly. */
    static GatewayException of(CallFailure failure) {
        StatusDetails details = StatusDetails.of(failure);
        ErrorCode code = code(failure.status().getCode(), details);
        GatewayException.Builder error =
                GatewayException.builder(code, message(code, failure)).cause(failure.cause());
        if (code == CommonError.UNAUTHENTICATED) {
            error.header("WWW-Authenticate", "Bearer");
        }
        if (!code.isServerFault()) {
            error.violations(details.violations());
        }
        details.retryAfter().ifPresent(error::retryAfter);
        if (code == CommonError.RATE_LIMIT_EXCEEDED && details.retryAfter().isEmpty()) {
            error.retryAfter(DEFAULT_WAIT);
        }
        return error.build();
    }

    /** The error for a login that ended badly: it never tells whether the account exists. */
    static GatewayException ofLogin(CallFailure failure) {
        return switch (failure.status().getCode()) {
            case UNAUTHENTICATED, NOT_FOUND, PERMISSION_DENIED ->
                GatewayException.builder(CommonError.UNAUTHENTICATED, "The email or the password is wrong.")
                        .header("WWW-Authenticate", "Bearer")
                        .cause(failure.cause())
                        .build();
            default -> of(failure);
        };
    }

    /**
     * The error for an answer, or a way of not answering, that no working service would give.
     *
     * @param call who was asked what
     * @param fault what was wrong with the answer, for the log
     */
    static GatewayException fault(String call, String fault, @Nullable Throwable cause) {
        return GatewayException.builder(CommonError.INTERNAL_SERVER_ERROR, fixed(CommonError.INTERNAL_SERVER_ERROR))
                .cause(new IllegalStateException(call + ": " + fault, cause))
                .build();
    }

    private static ErrorCode code(Status.Code status, StatusDetails details) {
        return switch (status) {
            case INVALID_ARGUMENT -> CommonError.INVALID_ARGUMENT;
            case NOT_FOUND -> CommonError.RESOURCE_NOT_FOUND;
            case ALREADY_EXISTS -> orKeyReused(CommonError.RESOURCE_ALREADY_EXISTS, details);
            case PERMISSION_DENIED -> CommonError.PERMISSION_DENIED;
            case UNAUTHENTICATED -> CommonError.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> CommonError.RATE_LIMIT_EXCEEDED;
            case FAILED_PRECONDITION -> orKeyReused(CommonError.PRECONDITION_FAILED, details);
            case ABORTED -> orKeyReused(CommonError.OPERATION_ABORTED, details);
            case OUT_OF_RANGE -> CommonError.OUT_OF_RANGE;
            case UNIMPLEMENTED -> CommonError.METHOD_NOT_IMPLEMENTED;
            case INTERNAL -> CommonError.INTERNAL_SERVER_ERROR;
            case UNAVAILABLE -> CommonError.SERVICE_UNAVAILABLE;
            case DATA_LOSS -> CommonError.DATA_LOSS;
            case DEADLINE_EXCEEDED, CANCELLED -> CommonError.REQUEST_TIMEOUT;
            case UNKNOWN, OK -> CommonError.UNKNOWN_ERROR;
        };
    }

    private static ErrorCode orKeyReused(ErrorCode code, StatusDetails details) {
        return details.hasReason(KEY_REUSED) ? OrderError.IDEMPOTENCY_KEY_REUSED : code;
    }

    private static String message(ErrorCode code, CallFailure failure) {
        String theirs = failure.status().getDescription();
        if (theirs == null || code.isServerFault() || !failure.genuine()) {
            return fixed(code);
        }
        String line = OneLine.of(theirs);
        return line.isEmpty() ? fixed(code) : line;
    }

    private static String fixed(ErrorCode code) {
        if (code == OrderError.IDEMPOTENCY_KEY_REUSED) {
            return "The idempotency key was used for another request.";
        }
        return code instanceof CommonError common ? fixed(common) : "The service failed to handle the request.";
    }

    private static String fixed(CommonError code) {
        return switch (code) {
            case INVALID_ARGUMENT -> "The request has a value that the service does not accept.";
            case RESOURCE_NOT_FOUND -> "There is no such resource.";
            case RESOURCE_ALREADY_EXISTS -> "The resource exists already.";
            case PERMISSION_DENIED -> "You may not do that.";
            case UNAUTHENTICATED -> "The service does not know who is asking.";
            case RATE_LIMIT_EXCEEDED -> "A limit of the service is exhausted; try again later.";
            case PRECONDITION_FAILED -> "The state of the resource does not admit this request.";
            case OPERATION_ABORTED -> "The operation was aborted; try it again.";
            case OUT_OF_RANGE -> "The request has a value that is out of range.";
            case METHOD_NOT_IMPLEMENTED -> "The service does not implement this operation.";
            case SERVICE_UNAVAILABLE -> "The service is not available at the moment; try again later.";
            case CIRCUIT_OPEN -> "The service is having trouble and gets a pause; try again later.";
            case DATA_LOSS -> "The service lost data.";
            case REQUEST_TIMEOUT -> "The service did not answer in time.";
            case UNKNOWN_ERROR -> "The service failed for an unknown reason.";
            default -> "The service failed to handle the request.";
        };
    }

    /** The error for a call that the circuit breaker did not let through. */
    static GatewayException circuitOpen(Duration wait) {
        return GatewayException.builder(CommonError.CIRCUIT_OPEN, fixed(CommonError.CIRCUIT_OPEN))
                .retryAfter(wait)
                .build();
    }
}
