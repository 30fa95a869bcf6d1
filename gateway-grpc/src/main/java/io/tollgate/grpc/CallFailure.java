package io.tollgate.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * A call that ended badly.
 *
 * @param call who was asked what, for the log: {@code user-service Login}
 * @param genuine whether the status and the trailers are what the upstream sent, and not what the client library made
 *     of an HTTP answer, of a broken connection or of its own limits
 */
record CallFailure(String call, Status status, Metadata trailers, boolean genuine) {
    /** What Http2ClientStreamTransportState says of trailers that had an HTTP status and no {@code grpc-status}. */
    private static final String INFERRED = "missing GRPC status, inferred error from HTTP status code";

    /**
     * The failure of a call.
     *
     * @param received the trailers that came from the wire, of which gRPC hands on the same instance exactly where it
     *     also hands on their status
     */
    static CallFailure of(String call, Status status, Metadata trailers, Object received) {
        String description = status.getDescription();
        boolean genuine = received == trailers && (description == null || !description.endsWith(INFERRED));
        return new CallFailure(call, readable(status, genuine), trailers, genuine);
    }

    /** A failure found on this side. */
    static CallFailure local(String call, Status status) {
        return new CallFailure(call, status, new Metadata(), false);
    }

    /** An answer that cannot be read is the upstream's fault; gRPC reports it as a cancellation, with the fault as cause. */
    private static Status readable(Status status, boolean genuine) {
        boolean unreadable = !genuine
                && status.getCode() == Status.Code.CANCELLED
                && status.getCause() instanceof StatusRuntimeException;
        return unreadable ? Status.fromThrowable(status.getCause()) : status;
    }

    /** For the log. */
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
}
