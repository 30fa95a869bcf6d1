package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Maps gRPC statuses to errors of the HTTP contract, and back.
 *
 * <p>A client, which called a service with a generated stub:
 *
 * <pre>{@code
 * try {
 *     return library.getBook(request);
 * } catch (StatusRuntimeException e) {
 *     throw GrpcErrors.from(e);
 * }
 * }</pre>
 *
 * <p>A service, which fails a call with an error that a gateway in front of it understands:
 *
 * <pre>{@code
 * observer.onError(GrpcErrors.toStatusRuntimeException(GatewayException.of(LibraryError.BOOK_LENT, "Lent until Friday.")));
 * }</pre>
 */
public final class GrpcErrors {
    private static final String KEY_REUSED = "IDEMPOTENCY_KEY_REUSED";
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(1);

    private static final Map<String, ErrorCode> KNOWN = Stream.<ErrorCode[]>of(
                    CommonError.values(), OrderError.values())
            .flatMap(Stream::of)
            .collect(Collectors.toUnmodifiableMap(ErrorCode::name, Function.identity()));

    private GrpcErrors() {}

    /**
     * Returns the error for an exception of a stub: a {@link StatusRuntimeException} or {@link StatusException}, also inside a
     * {@link CompletionException} or {@link ExecutionException}, as {@link #from(Status, Metadata)} returns it. Any other
     * exception becomes what {@link GatewayException#from} makes of it.
     */
    public static GatewayException from(Throwable failure) {
        Throwable t = requireNonNull(failure, "failure");
        while ((t instanceof CompletionException || t instanceof ExecutionException) && t.getCause() != null) {
            t = t.getCause();
        }
        if (t instanceof StatusRuntimeException e) {
            return from(e.getStatus(), e.getTrailers(), e);
        }
        if (t instanceof StatusException e) {
            return from(e.getStatus(), e.getTrailers(), e);
        }
        return GatewayException.from(t);
    }

    /**
     * Returns the error for a status that is not OK. The status decides on the code, the HTTP status and, unless the client may
     * read the service's own text, the message. Of the {@code google.rpc} details, {@code BadRequest} becomes
     * {@linkplain GatewayException#violations() violations}, {@code RetryInfo} (or else the trailer
     * {@code grpc-retry-pushback-ms}) becomes {@linkplain GatewayException#retryAfter() the time to wait}, and
     * {@code ErrorInfo} with the domain {@code tollgate.io} the code, where it agrees with the status.
     *
     * <p>The client may read the text of a 4xx, as one printable line of at most 256 characters, if the service sent it. Text of
     * a 5xx, and of statuses that the client library made, is only in the cause. A status with a cause was made on this side:
     * those from the wire have none, and calls through {@link Upstream#channel()} give one to all others.
     * {@code RESOURCE_EXHAUSTED} made on this side, as for a message that is too large, is an internal error.
     *
     * @param trailers the trailers that came with the status, if there are any
     */
    public static GatewayException from(Status status, @Nullable Metadata trailers) {
        requireFailure(status);
        return from(status, trailers, new StatusRuntimeException(status, trailers));
    }

    /**
     * Returns the status for an error, with the trailers that carry the rest of it: {@code ErrorInfo} with the code as its
     * reason and {@code tollgate.io} as its domain, {@code BadRequest} with the violations (as many as fit into the 8 KiB of
     * trailers that a client accepts), {@code QuotaFailure} with the rate-limit policies that reject the request, {@code
     * RetryInfo} and {@code grpc-retry-pushback-ms} with the time to wait.
     *
     * <p>On the other side {@link #from} makes of it the same code, violations, time to wait and, for a 4xx, message. Headers,
     * further details and the cause stay here (the error is the cause of the status, which does not travel). A code that is no
     * constant of Tollgate's own takes the HTTP status of the gRPC status, and one of a 5xx its usual code.
     */
    public static StatusRuntimeException toStatusRuntimeException(GatewayException error) {
        Status status = status(error.code())
                .toStatus()
                .withDescription(OneLine.of(error.getMessage()))
                .withCause(error);
        return new ErrorStatusException(status, StatusDetails.trailers(status, error));
    }

    /**
     * Returns the code of the error that a call of this server ends with, for metrics and charges: that of the {@link
     * GatewayException} of which {@link #toStatusRuntimeException} made the status, else the code that a client finds by
     * {@link #from(Status, Metadata)}.
     *
     * @param status not OK
     * @param trailers the trailers that go out with the status
     */
    public static ErrorCode code(Status status, Metadata trailers) {
        requireFailure(status);
        if (status.getCause() instanceof GatewayException e) {
            return e.code();
        }
        return code(status.getCode(), usual(status.getCode()), StatusDetails.of(trailers));
    }

    private static void requireFailure(Status status) {
        if (status.isOk()) {
            throw new IllegalArgumentException("status: OK (expected: a failure)");
        }
    }

    private static GatewayException from(Status status, @Nullable Metadata trailers, Exception cause) {
        if (status.getCause() instanceof GatewayException e) {
            return e;
        }
        return error(CallFailure.of(status, trailers), cause);
    }

    /** Returns the error for a call that failed. */
    static GatewayException of(CallFailure failure) {
        return error(failure, failure.cause());
    }

    private static GatewayException error(CallFailure failure, Exception cause) {
        StatusDetails details = StatusDetails.of(failure);
        Status.Code status = failure.status().getCode();
        CommonError usual = isOwnLimit(failure) ? CommonError.INTERNAL_SERVER_ERROR : usual(status);
        ErrorCode code = code(status, usual, details);
        GatewayException.Builder error =
                GatewayException.builder(code, message(code, usual, failure)).cause(cause);
        if (code.type() == ErrorType.AUTHENTICATION_ERROR) {
            error.header("WWW-Authenticate", "Bearer");
        }
        if (!code.isServerFault()) {
            error.violations(details.violations());
        }
        Optional<Duration> wait = details.retryAfter();
        if (wait.isEmpty() && code.type() == ErrorType.RATE_LIMIT_ERROR) {
            wait = Optional.of(DEFAULT_WAIT);
        }
        wait.ifPresent(error::retryAfter);
        return error.build();
    }

    /**
     * Returns the error for a response, or a way of not responding, that no working service would give.
     *
     * @param call the upstream and the method
     * @param fault the fault of the response, for the log
     */
    static GatewayException fault(String call, String fault, @Nullable Throwable cause) {
        return GatewayException.builder(
                        CommonError.INTERNAL_SERVER_ERROR, FixedMessages.of(CommonError.INTERNAL_SERVER_ERROR))
                .cause(new IllegalStateException(call + ": " + fault, cause))
                .build();
    }

    /** Returns the error for a call that the circuit breaker rejected. */
    static GatewayException circuitOpen(Duration wait) {
        return GatewayException.builder(CommonError.CIRCUIT_OPEN, FixedMessages.of(CommonError.CIRCUIT_OPEN))
                .retryAfter(wait)
                .build();
    }

    /** Returns whether this side's own limit was too low for a message: waiting does not help, and no client sent too much. */
    private static boolean isOwnLimit(CallFailure failure) {
        String description = failure.status().getDescription();
        return failure.status().getCode() == Status.Code.RESOURCE_EXHAUSTED
                && !failure.genuine()
                // With which a server that has too much to do resets a stream.
                && (description == null || !description.contains("ENHANCE_YOUR_CALM"));
    }

    private static CommonError usual(Status.Code status) {
        return switch (status) {
            case INVALID_ARGUMENT -> CommonError.INVALID_ARGUMENT;
            case NOT_FOUND -> CommonError.RESOURCE_NOT_FOUND;
            case ALREADY_EXISTS -> CommonError.RESOURCE_ALREADY_EXISTS;
            case PERMISSION_DENIED -> CommonError.PERMISSION_DENIED;
            case UNAUTHENTICATED -> CommonError.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> CommonError.RATE_LIMIT_EXCEEDED;
            case FAILED_PRECONDITION -> CommonError.PRECONDITION_FAILED;
            case ABORTED -> CommonError.OPERATION_ABORTED;
            case OUT_OF_RANGE -> CommonError.OUT_OF_RANGE;
            case UNIMPLEMENTED -> CommonError.METHOD_NOT_IMPLEMENTED;
            case INTERNAL -> CommonError.INTERNAL_SERVER_ERROR;
            case UNAVAILABLE -> CommonError.SERVICE_UNAVAILABLE;
            case DATA_LOSS -> CommonError.DATA_LOSS;
            case DEADLINE_EXCEEDED, CANCELLED -> CommonError.REQUEST_TIMEOUT;
            case UNKNOWN, OK -> CommonError.UNKNOWN_ERROR;
        };
    }

    private static ErrorCode code(Status.Code status, CommonError usual, StatusDetails details) {
        return switch (status) {
            // Deployed order services report it under each of these.
            case ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED ->
                details.hasReason(KEY_REUSED) ? OrderError.IDEMPOTENCY_KEY_REUSED : named(status, usual, details);
            default -> named(status, usual, details);
        };
    }

    /** Returns the code that {@link #toStatusRuntimeException} wrote, if that agrees with the status. */
    private static ErrorCode named(Status.Code status, CommonError usual, StatusDetails details) {
        String reason = details.ownReason();
        if (reason == null) {
            return usual;
        }
        ErrorCode known = KNOWN.get(reason);
        if (known != null) {
            return status(known) == status ? known : usual;
        }
        // The name of a server fault may reveal more of the service than its clients may see.
        return usual.isServerFault() || !ErrorCode.isName(reason)
                ? usual
                : ErrorCode.of(reason, usual.type(), usual.httpStatus());
    }

    private static Status.Code status(ErrorCode code) {
        if (code == CommonError.OUT_OF_RANGE) {
            return Status.Code.OUT_OF_RANGE;
        }
        if (code == CommonError.RESOURCE_ALREADY_EXISTS) {
            return Status.Code.ALREADY_EXISTS;
        }
        if (code == CommonError.DATA_LOSS) {
            return Status.Code.DATA_LOSS;
        }
        if (code == CommonError.UNKNOWN_ERROR) {
            return Status.Code.UNKNOWN;
        }
        return switch (code.type()) {
            case VALIDATION_ERROR -> Status.Code.INVALID_ARGUMENT;
            case PRECONDITION_ERROR -> Status.Code.FAILED_PRECONDITION;
            case AUTHENTICATION_ERROR -> Status.Code.UNAUTHENTICATED;
            case AUTHORIZATION_ERROR -> Status.Code.PERMISSION_DENIED;
            case NOT_FOUND_ERROR -> Status.Code.NOT_FOUND;
            case METHOD_ERROR, NOT_IMPLEMENTED_ERROR -> Status.Code.UNIMPLEMENTED;
            case CONFLICT_ERROR -> Status.Code.ABORTED;
            case RATE_LIMIT_ERROR -> Status.Code.RESOURCE_EXHAUSTED;
            case INTERNAL_ERROR -> Status.Code.INTERNAL;
            case SERVICE_ERROR -> Status.Code.UNAVAILABLE;
            case TIMEOUT_ERROR -> Status.Code.DEADLINE_EXCEEDED;
        };
    }

    private static String message(ErrorCode code, CommonError usual, CallFailure failure) {
        String theirs = failure.status().getDescription();
        String line = theirs == null || code.isServerFault() || !failure.genuine() ? "" : OneLine.of(theirs);
        return line.isEmpty() ? FixedMessages.of(KNOWN.containsValue(code) ? code : usual) : line;
    }

    /** Without a stack trace, which its cause has if the error is not an expected outcome. */
    private static final class ErrorStatusException extends StatusRuntimeException {
        private static final long serialVersionUID = 1L;

        ErrorStatusException(Status status, Metadata trailers) {
            super(status, trailers);
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // changes nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
