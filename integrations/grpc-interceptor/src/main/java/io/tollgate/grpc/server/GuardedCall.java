package io.tollgate.grpc.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.http.RequestIds;
import io.tollgate.grpc.GrpcErrors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A call as its handler sees it: adds the headers of the admission, settles it by the status, and lets the guard end the call
 * while the handler uses it.
 *
 * <p>A call must not be used by two threads at once. If the guard ends it while the handler is inside a method, the handler's
 * thread does so when it leaves the method: nobody waits, and no lock is held while gRPC runs code of others.
 */
class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private enum Use {
        IDLE,
        BUSY,
        BUSY_AND_ENDING,
        ENDED
    }

    private record Ending(Status status, Metadata trailers) {}

    private final String requestId;
    private final AtomicReference<Use> use = new AtomicReference<>(Use.IDLE);
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

    // Used by one thread at a time: set before the handler starts, and then only while the call is in use.
    private @Nullable Admitted admitted;
    private boolean headersSent;
    private boolean closed;

    GuardedCall(ServerCall<Q, A> call, String requestId) {
        super(call);
        this.requestId = requestId;
    }

    String requestId() {
        return requestId;
    }

    /** Sets the admission, before the handler starts. */
    void admit(Admitted admission) {
        this.admitted = admission;
    }

    /** Ends the call with an error of the guard. */
    void reject(GatewayException error, @Nullable Admission admission) {
        StatusRuntimeException rejection = GrpcErrors.toStatusRuntimeException(error);
        Metadata trailers = rejection.getTrailers() == null ? new Metadata() : rejection.getTrailers();
        error.headers().forEach((name, value) -> TextKeys.add(trailers, name, value));
        if (admission != null) {
            admission.forEachHeader((name, value) -> TextKeys.add(trailers, name, value));
        }
        end(rejection.getStatus(), trailers);
    }

    /** Ends the call, unless it is closed; from then on, the handler's use of it has no effect. Callable by any thread. */
    void end(Status status, Metadata trailers) {
        if (!ending.compareAndSet(null, new Ending(status, trailers))) {
            return;
        }
        while (true) {
            if (use.compareAndSet(Use.IDLE, Use.ENDED)) {
                endNow();
                return;
            }
            if (use.compareAndSet(Use.BUSY, Use.BUSY_AND_ENDING)) {
                return;
            }
        }
    }

    /** Returns whether the guard has ended the call. */
    boolean isEnded() {
        return ending.get() != null;
    }

    /** Settles the admission of a call whose client has left. */
    void clientLeft() {
        Admitted admission = admitted;
        if (admission != null) {
            admission.close();
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {
        use(() -> {
            headersSent = true;
            addHeaders(headers);
            super.sendHeaders(headers);
        });
    }

    @Override
    public void sendMessage(A message) {
        use(() -> super.sendMessage(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
        use(() -> closeNow(status, trailers));
    }

    /** Returns true also if the guard has ended the call, so that the handler stops its work. */
    @Override
    public boolean isCancelled() {
        return isEnded() || super.isCancelled();
    }

    private void use(Runnable operation) {
        if (!use.compareAndSet(Use.IDLE, Use.BUSY)) {
            if (!isEnded()) {
                operation.run(); // The handler uses the call while it uses it, in a callback that gRPC ran at once.
            }
            return;
        }
        try {
            operation.run();
        } finally {
            if (!use.compareAndSet(Use.BUSY, Use.IDLE)) {
                use.set(Use.ENDED);
                endNow();
            }
        }
    }

    private void endNow() {
        Ending how = ending.get();
        if (how != null && !closed) {
            closeNow(how.status, how.trailers);
        }
    }

    private void closeNow(Status status, Metadata trailers) {
        closed = true;
        if (!headersSent) {
            addHeaders(trailers); // The response has no headers, only trailers.
        }
        try {
            settle(status, trailers);
        } finally {
            super.close(status, trailers);
        }
    }

    private void settle(Status status, Metadata trailers) {
        Admitted admission = admitted;
        if (admission == null) {
            return;
        }
        if (status.isOk()) {
            admission.settle(200);
        } else {
            admission.settle(GrpcErrors.code(status, trailers));
        }
    }

    private void addHeaders(Metadata metadata) {
        Admitted admission = admitted;
        if (admission != null) {
            admission.forEachHeader((name, value) -> TextKeys.add(metadata, name, value));
        }
        TextKeys.add(metadata, RequestIds.HEADER, requestId);
    }
}
