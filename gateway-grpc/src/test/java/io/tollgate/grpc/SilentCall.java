package io.tollgate.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;

/** A call that sends nothing and gets no response. */
public class SilentCall<Q, A> extends ClientCall<Q, A> {
    @Override
    public void start(Listener<A> listener, Metadata headers) {}

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String reason, Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
}
