package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.CallContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The channel of an upstream as stubs see it: each call is bounded by the deadline, the circuit breaker and its context. */
final class UpstreamChannel extends Channel {
    private final Calls calls;

    UpstreamChannel(Calls calls) {
        this.calls = calls;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return new BoundedCall<>(calls, method, options);
    }

    @Override
    public String authority() {
        return calls.channel().authority();
    }

    /** A call that exists, for gRPC and for interceptors, from its start on, and not at all if it is rejected. */
    private static final class BoundedCall<Q, A> extends ForwardingClientCall<Q, A> {
        private final Calls calls;
        private final MethodDescriptor<Q, A> method;
        private final CallOptions options;
        private volatile ClientCall<Q, A> delegate = new NoCall<>();
        private volatile boolean started;
        private volatile @Nullable Status cancelled;

        BoundedCall(Calls calls, MethodDescriptor<Q, A> method, CallOptions options) {
            this.calls = calls;
            this.method = method;
            this.options = options;
        }

        @Override
        protected ClientCall<Q, A> delegate() {
            return delegate;
        }

        /** Cancels the call, as soon as it has started: gRPC starts no call that was cancelled before. */
        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            cancelled = Status.CANCELLED.withDescription(message).withCause(cause);
            if (started) {
                delegate.cancel(message, cause);
            }
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            CallContext context = options.getOption(Upstream.CALL_CONTEXT);
            Status early = cancelled;
            Deadline deadline = deadline(context);
            if (early == null && context != null && context.isCancelled()) {
                early = Calls.tooLate(context);
            } else if (early == null && deadline != null && deadline.isExpired()) {
                early = Calls.NO_TIME_LEFT;
            }
            if (early != null) {
                listener.onClose(CallFailure.marked(early), new Metadata());
                return;
            }
            Breaker.Permit granted = calls.breaker().acquire();
            if (granted == null) {
                StatusRuntimeException open = GrpcErrors.toStatusRuntimeException(
                        GrpcErrors.circuitOpen(calls.breaker().retryAfter()));
                listener.onClose(open.getStatus(), trailers(open));
                return;
            }
            HeldPermit permit = new HeldPermit(calls.breaker(), granted);
            if (method.getType() != MethodDescriptor.MethodType.UNARY) {
                permit.probeForAtMost(calls.deadlineNanos());
            }
            try {
                start(listener, headers, context, options.withDeadline(deadline), permit);
            } catch (Throwable e) { // of an interceptor, and the stub's to handle
                permit.settle(Breaker.Outcome.NOTHING);
                throw e;
            } finally {
                started = true;
            }
            Status meanwhile = cancelled;
            if (meanwhile != null) {
                delegate.cancel(meanwhile.getDescription(), meanwhile.getCause());
            }
        }

        private void start(
                Listener<A> listener,
                Metadata headers,
                @Nullable CallContext context,
                CallOptions bounded,
                HeldPermit permit) {
            boolean hurried = context != null && isHurried(context);
            BoundedListener<A> bound = new BoundedListener<>(listener, calls, method, permit, hurried);
            CallOptions traced = bounded.withStreamTracerFactory(permit.received);
            if (context == null) {
                delegate = calls.channel().newCall(method, traced);
                delegate.start(bound, headers);
                return;
            }
            CallMetadata.addTo(headers, context);
            // gRPC's own context cancels from any thread, also while the stub still sends; ClientCall.cancel may not.
            Context.CancellableContext cancellable = Context.current().withCancellation();
            Context previous = cancellable.attach();
            try {
                delegate = calls.channel().newCall(method, traced);
                delegate.start(bound, headers);
            } catch (Throwable e) {
                cancellable.cancel(null);
                throw e;
            } finally {
                cancellable.detach(previous);
            }
            bound.follow(cancellable, context.onCancel(() -> cancellable.cancel(null)));
        }

        private boolean isHurried(CallContext context) {
            return method.getType() == MethodDescriptor.MethodType.UNARY
                    ? calls.isHurried(context)
                    : context.hasClientDeadline();
        }

        /** Returns the earliest of the deadlines of the stub, of the context and, for one response, of the upstream. */
        private @Nullable Deadline deadline(@Nullable CallContext context) {
            Deadline deadline = options.getDeadline();
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                deadline = earlier(deadline, Deadline.after(calls.deadlineNanos(), TimeUnit.NANOSECONDS));
            }
            return context == null ? deadline : earlier(deadline, Calls.deadline(context));
        }

        private static @Nullable Deadline earlier(@Nullable Deadline one, @Nullable Deadline other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            return one.minimum(other);
        }

        private static Metadata trailers(StatusRuntimeException error) {
            Metadata trailers = error.getTrailers();
            return trailers == null ? new Metadata() : trailers;
        }
    }

    /** Returns the permit and removes the callback when the call ends. */
    private static final class BoundedListener<A> extends SimpleForwardingClientCallListener<A> {
        private final Calls calls;
        private final MethodDescriptor<?, A> method;
        private final HeldPermit permit;
        private final boolean hurried;
        private final boolean streams;
        private volatile boolean closed;
        private volatile @Nullable Runnable release;

        BoundedListener(
                ClientCall.Listener<A> listener,
                Calls calls,
                MethodDescriptor<?, A> method,
                HeldPermit permit,
                boolean hurried) {
            super(listener);
            this.calls = calls;
            this.method = method;
            this.permit = permit;
            this.hurried = hurried;
            this.streams = !method.getType().serverSendsOneMessage();
        }

        void follow(Context.CancellableContext cancellable, CallContext.Registration registration) {
            Runnable done = () -> {
                registration.close();
                cancellable.cancel(null);
            };
            release = done;
            if (closed) {
                done.run();
            }
        }

        @Override
        public void onHeaders(Metadata headers) {
            if (streams) {
                permit.settle(Breaker.Outcome.SUCCESS);
            }
            super.onHeaders(headers);
        }

        @Override
        public void onMessage(A message) {
            try {
                super.onMessage(message);
            } catch (Throwable e) {
                // The stub's observer threw it. gRPC ends the call with it, just as with a response that cannot be
                // read.
                permit.settle(Breaker.Outcome.SUCCESS);
                throw e;
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            closed = true;
            Runnable done = release;
            if (done != null) {
                done.run();
            }
            if (status.isOk()) {
                permit.settle(Breaker.Outcome.SUCCESS);
                super.onClose(status, trailers);
                return;
            }
            CallFailure failure = CallFailure.of(calls.name(method), status, trailers, permit.received.last);
            permit.settle(Breaker.Outcome.of(failure, hurried));
            super.onClose(failure.genuine() ? status : CallFailure.marked(status), trailers);
        }
    }

    /** Stands in for a call that does not exist yet, or never will. */
    private static final class NoCall<Q, A> extends ClientCall<Q, A> {
        /** A sender that sends for as long as the call is ready would otherwise never end. */
        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {}

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
    }
}
