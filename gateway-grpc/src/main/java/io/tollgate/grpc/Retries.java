package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * The innermost interceptor of an upstream: sends calls again that failed with {@code UNAVAILABLE}, where their method was named
 * or their options say so, and the {@link RetryBudget} allows it. gRPC's own retries have no budget that counts calls, do not tell what they withhold,
 * and do not see that {@code UNKNOWN: channel closed} is a lost connection. Its transparent retries, of calls that no server
 * has seen, stay with it.
 */
final class Retries implements ClientInterceptor {
    /** Of a call, the first one included. */
    static final int MAX_ATTEMPTS = 3;

    private final Set<String> methods;
    private final RetryBudget budget;
    private final Timer timer;
    private final Set<RetryingCall<?, ?>> pausing = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Retries(Set<String> methods, RetryBudget budget, Timer timer) {
        this.methods = Set.copyOf(methods);
        this.budget = budget;
        this.timer = timer;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        boolean retried = methods.contains(method.getFullMethodName()) || options.getOption(Upstream.RETRY);
        if (!retried || !method.getType().clientSendsOneMessage()) {
            return new OnceCall<>(SharedDeadlines.newCall(next, method, options), options);
        }
        budget.called();
        return new RetryingCall<>(this, next, method, options);
    }

    RetryBudget budget() {
        return budget;
    }

    /**
     * Runs the next attempt of a call after a pause.
     *
     * @return whether it will run; if not, the call has to end with what it has
     */
    boolean later(RetryingCall<?, ?> call, long nanos, Runnable attempt) {
        pausing.add(call);
        try {
            timer.after(nanos, () -> {
                if (pausing.remove(call)) {
                    attempt.run();
                }
            });
        } catch (RejectedExecutionException e) {
            return !pausing.remove(call);
        }
        return !closed || !pausing.remove(call);
    }

    /** Ends the pause of a call that is cancelled; returns whether there was one. */
    boolean stopsWaiting(RetryingCall<?, ?> call) {
        return pausing.remove(call);
    }

    /** Ends the calls that wait for their next attempt, with the failure of their last one. */
    void close() {
        closed = true;
        for (RetryingCall<?, ?> call : List.copyOf(pausing)) {
            if (pausing.remove(call)) {
                call.giveUp();
            }
        }
    }

    /** A call that is made once. What follows its end is in the context of the caller, not in that of a shared deadline. */
    private static final class OnceCall<Q, A> extends SimpleForwardingClientCall<Q, A> {
        private final CallOptions options;
        private final Context context = Context.current();

        OnceCall(ClientCall<Q, A> call, CallOptions options) {
            super(call);
            this.options = options;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            Context previous = context.attach();
                            try {
                                super.onClose(LostConnection.repaired(status, trailers, options), trailers);
                            } finally {
                                context.detach(previous);
                            }
                        }
                    },
                    headers);
        }
    }
}
