package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call with one request and a stream of responses, which its subscriber requests. Demand is passed on to gRPC, whose flow
 * control stops the service; nothing is buffered here. However the call ends, the subscriber receives the end once, the permit
 * is returned and the callback is removed from the context.
 *
 * @param <Q> the request
 * @param <A> a response
 */
final class StreamCall<Q, A> extends ClientCall.Listener<A> implements Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(StreamCall.class);

    private final Calls calls;
    private final MethodDescriptor<Q, A> method;
    private final CallContext context;
    private final Flow.Subscriber<? super A> subscriber;
    private final HeldPermit permit;

    /** The subscriber has received its last signal, or cancelled. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile boolean closed;
    private volatile boolean unbounded;
    private volatile @Nullable IllegalArgumentException illegalDemand;
    private volatile CallContext.@Nullable Registration cancellation;
    private @Nullable ClientCall<Q, A> started; // guarded by this
    private long early; // demand before the start, guarded by this

    private StreamCall(
            Calls calls,
            MethodDescriptor<Q, A> method,
            CallContext context,
            Flow.Subscriber<? super A> subscriber,
            HeldPermit permit) {
        this.calls = calls;
        this.method = method;
        this.context = context;
        this.subscriber = subscriber;
        this.permit = permit;
    }

    /** Makes the call for {@code subscriber}, or fails it with the reason why there is none. */
    static <Q, A> void start(
            Calls calls,
            MethodDescriptor<Q, A> method,
            Q request,
            CallContext context,
            Flow.Subscriber<? super A> subscriber) {
        Deadline deadline = Calls.deadline(context);
        if (context.isCancelled() || (deadline != null && deadline.isExpired())) {
            reject(subscriber, GrpcErrors.of(CallFailure.local(calls.name(method), Calls.tooLate(context))));
            return;
        }
        Breaker.Permit granted = calls.breaker().acquire();
        if (granted == null) {
            reject(subscriber, GrpcErrors.circuitOpen(calls.breaker().retryAfter()));
            return;
        }
        HeldPermit permit = new HeldPermit(calls.breaker(), granted);
        permit.probeForAtMost(calls.deadlineNanos());
        new StreamCall<>(calls, method, context, subscriber, permit).start(request, deadline);
    }

    private void start(Q request, @Nullable Deadline deadline) {
        ClientCall<Q, A> call = null;
        try {
            // Demand and cancellation may come from now on, from any thread.
            subscriber.onSubscribe(this);
            if (isOver()) {
                permit.settle(Breaker.Outcome.NOTHING);
                fail(illegalDemand);
                return;
            }
            call = calls.channel().newCall(method, options(deadline));
            call.start(this, CallMetadata.of(context));
            call.sendMessage(request);
            call.halfClose();
            follow(call);
            begin(call);
        } catch (Throwable e) { // a channel that was handed in, or its interceptors, may throw anything
            permit.settle(Breaker.Outcome.NOTHING);
            try {
                fail(GrpcErrors.fault(calls.name(method), "the call could not be made", e));
            } finally {
                if (call != null) {
                    UnaryCall.abandon(call, e);
                }
            }
        }
    }

    private CallOptions options(@Nullable Deadline deadline) {
        CallOptions options = CallOptions.DEFAULT.withStreamTracerFactory(permit.received);
        return deadline == null ? options : options.withDeadline(deadline);
    }

    private void follow(ClientCall<Q, A> call) {
        CallContext.Registration registration = context.onCancel(() -> call.cancel("nobody waits any more", null));
        cancellation = registration;
        if (closed) {
            registration.close();
        }
    }

    /** Passes on the demand of the subscriber until now. */
    private void begin(ClientCall<Q, A> call) {
        long demand;
        synchronized (this) {
            started = call;
            demand = early;
        }
        if (isOver()) {
            call.cancel("the subscriber cancelled", null);
        } else if (demand > 0) {
            demand(call, demand);
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            // Reactive Streams, rule 3.9; signalled when the call has ended, so that signals do not overlap.
            illegalDemand = new IllegalArgumentException("n: " + n + " (expected: > 0)");
            cancelCall();
            return;
        }
        ClientCall<Q, A> call;
        synchronized (this) {
            call = started;
            if (call == null) {
                early = early + n < 0 ? Long.MAX_VALUE : early + n;
                return;
            }
        }
        demand(call, n);
    }

    private void demand(ClientCall<Q, A> call, long n) {
        if (n > Integer.MAX_VALUE) {
            unbounded = true;
        }
        call.request((int) Math.min(n, Integer.MAX_VALUE));
    }

    @Override
    public void cancel() {
        if (ended.compareAndSet(false, true)) {
            cancelCall();
        }
    }

    private void cancelCall() {
        ClientCall<Q, A> call;
        synchronized (this) {
            call = started;
        }
        if (call != null) {
            call.cancel("the subscriber cancelled", null);
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        permit.settle(Breaker.Outcome.SUCCESS);
    }

    @Override
    public void onMessage(A value) {
        if (isOver()) {
            return;
        }
        try {
            subscriber.onNext(value);
        } catch (Throwable e) {
            log.warn("{}: subscriber threw, call is cancelled", calls.name(method), e);
            cancel();
            return;
        }
        if (unbounded) {
            request(1);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        closed = true;
        CallContext.Registration registration = cancellation;
        if (registration != null) {
            registration.close();
        }
        CallFailure failure =
                status.isOk() ? null : CallFailure.of(calls.name(method), status, trailers, permit.received.last);
        permit.settle(
                failure == null ? Breaker.Outcome.SUCCESS : Breaker.Outcome.of(failure, context.hasClientDeadline()));
        if (illegalDemand != null) {
            fail(illegalDemand);
        } else if (failure != null) {
            fail(GrpcErrors.of(failure));
        } else if (ended.compareAndSet(false, true)) {
            subscriber.onComplete();
        }
    }

    private boolean isOver() {
        return ended.get() || illegalDemand != null;
    }

    private void fail(@Nullable RuntimeException error) {
        if (error != null && ended.compareAndSet(false, true)) {
            subscriber.onError(error);
        }
    }

    /** Subscribes and fails at once, as Reactive Streams requires of a publisher that has nothing to send. */
    private static void reject(Flow.Subscriber<?> subscriber, GatewayException error) {
        AtomicBoolean cancelled = new AtomicBoolean();
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled.set(true);
            }
        });
        if (!cancelled.get()) {
            subscriber.onError(error);
        }
    }
}
