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
    private final Breaker.Permit permit;
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
            Breaker.Permit permit) {
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
            end(Breaker.Outcome.NOTHING, null, GrpcErrors.fault(name, "the call could not be made", e));
            if (call != null) {
                abandon(call, e);
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
        Breaker.Outcome outcome = Breaker.Outcome.SUCCESS;
        R mapped;
        try {
            if (!status.isOk()) {
                CallFailure failure = CallFailure.of(name, status, trailers, received.last);
                outcome = Breaker.Outcome.of(failure);
                throw refusal.apply(failure);
            }
            mapped = answer.apply(onlyMessage());
        } catch (GatewayException e) {
            end(outcome, null, e);
            return;
        } catch (Throwable e) { // whatever it is, it must reach the one who waits
            end(outcome, null, GrpcErrors.fault(name, "answered with what cannot be understood", e));
            return;
        }
        end(outcome, mapped, null);
    }

    private A onlyMessage() {
        A value = message;
        if (value == null || tooMany) {
            throw GrpcErrors.fault(name, "answered with " + (tooMany ? "more than one message" : "no message"), null);
        }
        return value;
    }

    /** Ends the call, once: with an error, or else with a value. */
    private void end(Breaker.Outcome outcome, @Nullable R value, @Nullable GatewayException error) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            CallContext.Registration registration = cancellation;
            if (registration != null) {
                registration.close();
            }
            breaker.settle(permit, outcome, System.nanoTime() - startedAt);
        } finally {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                result.complete(value);
            }
        }
    }

    private static void abandon(ClientCall<?, ?> call, Throwable reason) {
        try {
            call.cancel("the call could not be made", reason);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
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
