package io.tollgate.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Observes the trailers that come from the wire, of any attempt of one call, and none that the client library makes. */
final class ReceivedTrailers extends ClientStreamTracer.Factory {
    volatile @Nullable Metadata last;

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
