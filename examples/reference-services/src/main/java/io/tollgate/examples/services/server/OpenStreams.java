package io.tollgate.examples.services.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends the streams, such as a health check that watches, which would otherwise hold up a shutdown for as long as it may take. */
final class OpenStreams implements ServerInterceptor {
    private final Set<Stream<?, ?>> streams = ConcurrentHashMap.newKeySet();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
            return next.startCall(call, headers);
        }
        Stream<Q, A> stream = new Stream<>(call);
        streams.add(stream);
        return new SimpleForwardingServerCallListener<>(next.startCall(stream, headers)) {
            @Override
            public void onCancel() {
                streams.remove(stream);
                super.onCancel();
            }

            @Override
            public void onComplete() {
                streams.remove(stream);
                super.onComplete();
            }
        };
    }

    void end() {
        for (Stream<?, ?> stream : streams) {
            stream.close(Status.UNAVAILABLE.withDescription("The service is shutting down."), new Metadata());
        }
    }

    /** A call that several threads may close or write to, of which gRPC permits one at a time. */
    private static final class Stream<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean closed;

        Stream(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                super.close(status, trailers);
            }
        }
    }
}
