package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
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
 * One call with one request and one response. However it ends, its stage completes, its permit is returned and its callback
 * is removed from the context.
 *
 * @param <Q> the request
 * @param <A> the response
 * @param <R> what becomes of the response
 */
final class UnaryCall<Q, A, R> extends ClientCall.Listener<A> {
    private final Calls calls;
    private final MethodDescriptor<Q, A> method;
    private final Function<A, R> response;
    private final Function<CallFailure, GatewayException> failure;
    private final Breaker.Permit permit;
    private final boolean hurried;
    private final ReceivedTrailers received = new ReceivedTrailers();
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile CallContext.@Nullable Registration cancellation;
    private @Nullable A message; // callbacks come one at a time
    private boolean tooMany;

    UnaryCall(
            Calls calls,
            MethodDescriptor<Q, A> method,
            Function<A, R> response,
            Function<CallFailure, GatewayException> failure,
            Breaker.Permit permit,
            boolean hurried) {
        this.calls = calls;
        this.method = method;
        this.response = response;
        this.failure = failure;
        this.permit = permit;
        this.hurried = hurried;
    }

    /** Sends the request. */
    CompletionStage<R> start(CallOptions options, Q request, CallContext context) {
        ClientCall<Q, A> call = null;
        try {
            call = calls.channel().newCall(method, options.withStreamTracerFactory(received));
            call.start(this, CallMetadata.of(context));
            // Two, so that a second message, which breaks the protocol, is noticed.
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
            follow(context, call);
        } catch (Throwable e) { // a channel that was handed in, or its interceptors, may throw anything
            end(Breaker.Outcome.NOTHING, null, fault("the call could not be made", e));
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
                CallFailure failed = CallFailure.of(calls.name(method), status, trailers, received.last);
                outcome = Breaker.Outcome.of(failed, hurried);
                throw failure.apply(failed);
            }
            mapped = response.apply(onlyMessage());
        } catch (GatewayException e) {
            end(outcome, null, e);
            return;
        } catch (UnusableResponseException e) {
            end(outcome, null, fault(e.fault(), null));
            return;
        } catch (Throwable e) { // whatever it is, it must reach the caller
            end(outcome, null, fault("responded with what cannot be understood", e));
            return;
        }
        end(outcome, mapped, null);
    }

    private A onlyMessage() {
        A value = message;
        if (value == null || tooMany) {
            throw new UnusableResponseException("responded with " + (tooMany ? "more than one message" : "no message"));
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
            calls.breaker().settle(permit, outcome, received.backend);
        } finally {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                result.complete(value);
            }
        }
    }

    private GatewayException fault(String fault, @Nullable Throwable cause) {
        return GrpcErrors.fault(calls.name(method), fault, cause);
    }

    /** Cancels a call that could not be made in full. */
    static void abandon(ClientCall<?, ?> call, Throwable reason) {
        try {
            call.cancel("the call could not be made", reason);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }
}
