package io.tollgate.examples.services.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.tollgate.examples.services.database.DatabaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what nobody expected, once, and tells the caller no more than that it happened. What a method fails with on
 * purpose, a {@code StatusRuntimeException}, passes unchanged.
 */
final class Failures implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String requestId = RequestId.current();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        super.close(statusToSend(status, requestId), trailers);
                    }
                },
                headers);
    }

    /** An observer makes UNKNOWN with a cause of an exception that says nothing of a status. */
    private static Status statusToSend(Status status, String requestId) {
        Throwable cause = status.getCause();
        if (status.getCode() != Status.Code.UNKNOWN || cause == null) {
            return status;
        }
        if (cause instanceof DatabaseException e && e.isTransient()) {
            RequestId.logging(requestId, () -> log.warn("the database is busy", e));
            return Status.UNAVAILABLE.withDescription("The service is busy. Please try again.");
        }
        RequestId.logging(requestId, () -> log.error("a call failed unexpectedly", cause));
        return Status.INTERNAL.withDescription("The service failed to handle the request.");
    }
}
