package io.tollgate.examples.services.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One line per call: method, status, time. Nothing of what it carried. Health checks are logged at debug. */
final class CallLog implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(CallLog.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Line line = new Line(call.getMethodDescriptor().getFullMethodName(), RequestId.current());
        ServerCall<Q, A> logged = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                line.write(status);
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(logged, headers)) {
            @Override
            public void onCancel() {
                if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
                    line.write(Status.CANCELLED.withDescription("the caller did not wait for the answer"));
                }
                super.onCancel();
            }
        };
    }

    /** Written once: a call that was cancelled may still be closed. */
    private static final class Line {
        private final long startNanos = System.nanoTime();
        private final AtomicBoolean written = new AtomicBoolean();
        private final String method;
        private final String requestId;

        Line(String method, String requestId) {
            this.method = method;
            this.requestId = requestId;
        }

        void write(Status status) {
            if (written.getAndSet(true)) {
                return;
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            Level level = method.startsWith("grpc.health.") ? Level.DEBUG : Level.INFO;
            String why = status.getDescription() == null ? "" : ": " + status.getDescription();
            RequestId.logging(
                    requestId, () -> log.atLevel(level).log("{} {} in {} ms{}", method, status.getCode(), millis, why));
        }
    }
}
