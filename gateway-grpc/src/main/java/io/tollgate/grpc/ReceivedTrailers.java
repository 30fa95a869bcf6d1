package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Observes the trailers that come from the wire, of any attempt of one call, and none that the client library makes; and the backend
 * to which the last attempt went.
 */
final class ReceivedTrailers extends ClientStreamTracer.Factory {
    volatile @Nullable Metadata last;
    volatile Breaker.@Nullable Serving backend;

    /** Returns the last trailers of a call with these options; null if there are none, or nobody observes them. */
    static @Nullable Metadata of(CallOptions options) {
        ReceivedTrailers received = find(options);
        return received == null ? null : received.last;
    }

    /** Notes the backend that an attempt of a call with these options goes to. */
    static void pickedFor(CallOptions options, Breaker.Serving backend) {
        ReceivedTrailers received = find(options);
        if (received != null) {
            received.backend = backend;
        }
    }

    private static @Nullable ReceivedTrailers find(CallOptions options) {
        for (ClientStreamTracer.Factory factory : options.getStreamTracerFactories()) {
            if (factory instanceof ReceivedTrailers received) {
                return received;
            }
        }
        return null;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void inboundTrailers(Metadata trailers) {
                last = trailers;
            }
        };
    }
}
