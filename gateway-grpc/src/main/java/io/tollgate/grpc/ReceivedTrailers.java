package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Observes the trailers that come from the wire, of any attempt of one call, and none that the client library makes. */
final class ReceivedTrailers extends ClientStreamTracer.Factory {
    volatile @Nullable Metadata last;

    /** Returns the last trailers of a call with these options; null if there are none, or nobody observes them. */
    static @Nullable Metadata of(CallOptions options) {
        for (ClientStreamTracer.Factory factory : options.getStreamTracerFactories()) {
            if (factory instanceof ReceivedTrailers received) {
                return received.last;
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
