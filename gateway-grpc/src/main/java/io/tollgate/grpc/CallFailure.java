package io.tollgate.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed.
 *
 * @param call the upstream and the method, for the log: {@code user-service Login}
 * @param genuine whether the upstream sent the status and the trailers; false where the client library made them of an HTTP
 *     response, of a broken connection or of its own limits
 */
record CallFailure(String call, Status status, Metadata trailers, boolean genuine) {
    /** The description that Http2ClientStreamTransportState gives to trailers with an HTTP status and no {@code grpc-status}. */
    private static final String INFERRED = "missing GRPC status, inferred error from HTTP status code";

    /**
     * Returns the failure of a call whose trailers were observed.
     *
     * @param received the trailers that came from the wire, of which gRPC hands on the same instance exactly where it
     *     also hands on their status
     */
    static CallFailure of(String call, Status status, Metadata trailers, @Nullable Object received) {
        boolean genuine = received == trailers && !isInferred(status);
        return new CallFailure(call, readable(status, genuine), trailers, genuine);
    }

    /**
     * Returns the failure of a call of which only the status and the trailers are known. A status from the wire has no cause,
     * and {@link UpstreamChannel} gives one to all others, with {@link #marked}.
     */
    static CallFailure of(Status status, @Nullable Metadata trailers) {
        boolean genuine = status.getCause() == null && !isInferred(status);
        return new CallFailure(
                "a gRPC call", readable(status, genuine), trailers == null ? new Metadata() : trailers, genuine);
    }

    /** Returns a failure found on this side. */
    static CallFailure local(String call, Status status) {
        return new CallFailure(call, status, new Metadata(), false);
    }

    /** Returns {@code status} with a cause, so that it is not taken for one that the service sent. */
    static Status marked(Status status) {
        return status.getCause() == null ? status.withCause(new NotFromTheService()) : status;
    }

    private static boolean isInferred(Status status) {
        String description = status.getDescription();
        return description != null && description.endsWith(INFERRED);
    }

    /**
     * Returns the status that tells what happened. A response that cannot be read is the upstream's fault, and gRPC reports a
     * cancellation with the fault as its cause; and a lost connection is reported in several ways.
     */
    private static Status readable(Status status, boolean genuine) {
        if (genuine) {
            return status;
        }
        boolean unreadable =
                status.getCode() == Status.Code.CANCELLED && status.getCause() instanceof StatusRuntimeException;
        return LostConnection.repaired(unreadable ? Status.fromThrowable(status.getCause()) : status);
    }

    /** Returns the failure as an exception for the log. */
    RuntimeException cause() {
        return new UpstreamStatusException(call, status, trailers);
    }

    /** Without a stack trace, which would show this library's own frames and nothing of the upstream. */
    private static final class UpstreamStatusException extends StatusRuntimeException {
        private static final long serialVersionUID = 1L;

        private final String call;

        UpstreamStatusException(String call, Status status, Metadata trailers) {
            super(status, trailers);
            this.call = call;
        }

        @Override
        public String getMessage() {
            return call + ": " + super.getMessage();
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // changes nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** The cause of a status that the client library made and gave no cause. */
    private static final class NotFromTheService extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFromTheService() {
            super("the client made this status, not the service", null, false, false);
        }
    }
}
