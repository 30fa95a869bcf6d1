package io.tollgate.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.util.ForwardingClientStreamTracer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call on one backend: tells {@link Silence} that the backend owes a response, and gRPC's detection of outliers
 * which endings are the fault of the backend.
 */
final class WatchedCall extends ForwardingClientStreamTracer {
    private static final ClientStreamTracer NOTHING = new ClientStreamTracer() {};

    private final BackendConnection backend;
    private final ClientStreamTracer below;
    private final @Nullable Runnable abandon;
    private final long since = System.nanoTime();
    private boolean waiting; // the transport makes these calls one after the other
    private boolean responded;

    private WatchedCall(BackendConnection backend, ClientStreamTracer below, @Nullable Runnable abandon) {
        this.backend = backend;
        this.below = below;
        this.abandon = abandon;
    }

    @Override
    protected ClientStreamTracer delegate() {
        return below;
    }

    @Override
    public void streamCreated(Attributes attributes, Metadata headers) {
        waiting = true;
        backend.silence().began(abandon);
        super.streamCreated(attributes, headers);
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        responded();
        super.inboundHeaders(headers);
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        responded();
        super.inboundTrailers(trailers);
    }

    @Override
    public void inboundMessage(int sequence) {
        backend.silence().heard();
        super.inboundMessage(sequence);
    }

    private void responded() {
        responded = true;
        if (waiting) {
            waiting = false;
            backend.silence().responded(abandon);
        }
    }

    @Override
    public void streamClosed(Status status) {
        if (waiting) {
            waiting = false;
            backend.silence().ended(abandon, status.getCode() == Status.Code.DEADLINE_EXCEEDED);
        }
        super.streamClosed(isFault(status) ? status : Status.OK);
    }

    /**
     * Returns whether the backend is to blame. What it says about a request is no fault, as clients choose those; nor is a
     * deadline, which they may choose too, unless it was long.
     */
    private boolean isFault(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> true;
            case DEADLINE_EXCEEDED ->
                !responded && Calls.isFairTime(System.nanoTime() - since, backend.deadlineNanos());
            case UNKNOWN, INTERNAL -> !responded;
            default -> false;
        };
    }

    static final class Factory extends ClientStreamTracer.Factory {
        private final BackendConnection backend;
        private final CallOptions options;
        private final ClientStreamTracer.@Nullable Factory below;

        Factory(BackendConnection backend, CallOptions options, ClientStreamTracer.@Nullable Factory below) {
            this.backend = backend;
            this.options = options;
            this.below = below;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
            ClientStreamTracer tracer = below == null ? NOTHING : below.newClientStreamTracer(info, headers);
            return new WatchedCall(
                    backend, tracer, backend.hasAlternatives() ? options.getOption(RetryingCall.ABANDON) : null);
        }
    }
}
