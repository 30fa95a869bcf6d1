package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call with one request and one answer. However it ends, its stage completes, its permit is given back and its
 * listener comes off the context.
 *
 * @param <Q> the request
 * @param <A> the answer
 * @param <R> what the answer becomes
 */
final class UnaryCall<Q, A, R> extends ClientCall.Listener<A> {
    private final MethodDescriptor<Q, A> method;
    private final String name;
    private final Function<A, R> answer;
    private final Function<CallFailure, GatewayException> refusal;
    private final Breaker breaker;
    private final int permit;
    private final long startedAt = System.nanoTime();
    private final ReceivedTrailers received = new ReceivedTrailers();
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile CallContext.@Nullable Registration cancellation;
    private @Nullable A message; // callbacks come one at a time
    private boolean tooMany;

    UnaryCall(
            MethodDescriptor<Q, A> method,
            String name,
            Function<A, R> answer,
            Function<CallFailure, GatewayException> refusal,
            Breaker breaker,
            int permit) {
        this.method = method;
        this.name = name;
        this.answer = answer;
        this.refusal = refusal;
        this.breaker = breaker;
        this.permit = permit;
    }

    /** Sends the request. */
    CompletionStage<R> start(Channel channel, CallOptions options, Q request, CallContext context) {
        ClientCall<Q, A> call = null;
        try {
            call = channel.newCall(method, options.withStreamTracerFactory(received));
            call.start(this, CallMetadata.of(context));
            // Two, so that a second message, which breaks the protocol, is noticed.
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
            follow(context, call);
        } catch (Throwable e) { // a channel that was handed in, or its interceptors, may throw anything
            end(Breaker.Outcome.NOTHING, GrpcErrors.fault(name, "the call could not be made", e));
            if (call != null) {
                call.cancel("the call could not be made", e);
            }
        }
        return result.minimalCompletionStage();
    }

    private void follow(CallContext context, ClientCall<Q, A> call) {
        CallContext.Registration registration = context.onCancel(() -> call.cancel("nobody waits any more", null));
        cancellation = registration;
        if (ended.get()) {
            registration.close();
        }
    }

    @Override
    public void onMessage(A value) {
        tooMany = message != null;
        message = value;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!status.isOk()) {
            CallFailure failure = CallFailure.of(name, status, trailers, received.last);
            end(Breaker.Outcome.of(failure), refusal.apply(failure));
            return;
        }
        A value = message;
        if (value == null || tooMany) {
            String fault = value == null ? "answered without a message" : "answered with more than one message";
            end(Breaker.Outcome.SUCCESS, GrpcErrors.fault(name, fault, null));
            return;
        }
        R mapped;
        try {
            mapped = answer.apply(value);
        } catch (GatewayException e) {
            end(Breaker.Outcome.SUCCESS, e);
            return;
        } catch (RuntimeException e) {
            end(Breaker.Outcome.SUCCESS, GrpcErrors.fault(name, "answered with what cannot be understood", e));
            return;
        }
        if (settle(Breaker.Outcome.SUCCESS)) {
            result.complete(mapped);
        }
    }

    private void end(Breaker.Outcome outcome, GatewayException error) {
        if (settle(outcome)) {
            result.completeExceptionally(error);
        }
    }

    private boolean settle(Breaker.Outcome outcome) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        CallContext.Registration registration = cancellation;
        if (registration != null) {
            registration.close();
        }
        breaker.settle(permit, outcome, System.nanoTime() - startedAt);
        return true;
    }

    /** Sees the trailers that come from the wire, of whichever attempt; what the library makes up does not come by here. */
    private static final class ReceivedTrailers extends ClientStreamTracer.Factory {
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
}
