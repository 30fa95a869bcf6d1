package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request that is made again, after a pause, while it fails with {@code UNAVAILABLE} before anything of a
 * response has come. Its listener sees one call. At most one attempt is in flight.
 */
final class RetryingCall<Q, A> extends ClientCall<Q, A> {
    /** Ends an attempt on a backend that does not respond, so that another can follow on another backend. */
    static final CallOptions.Key<Runnable> ABANDON = CallOptions.Key.create("tollgate-abandon-attempt");

    private static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final String NO_RESPONSE = "the backend does not respond";

    private final Retries retries;
    private final Channel next;
    private final MethodDescriptor<Q, A> method;
    private final CallOptions options;
    private final Context context = Context.current();
    private @Nullable Listener<A> listener;
    private @Nullable Metadata headers;
    private int attempts; // one at a time
    private @Nullable Q message; // these are set before the first attempt can be followed by another
    private boolean compressed = true;

    private @Nullable Attempt current; // from here on guarded by this
    private long requested;
    private boolean complete;
    private @Nullable Ending early;
    private @Nullable Ending last;
    private @Nullable Ending cancelled;
    private boolean ended;

    /** @param reserved whether the next attempt is within the budget already */
    private record Ending(Status status, Metadata trailers, boolean reserved) {
        Ending(Status status, Metadata trailers) {
            this(status, trailers, false);
        }
    }

    RetryingCall(Retries retries, Channel next, MethodDescriptor<Q, A> method, CallOptions options) {
        this.retries = retries;
        this.next = next;
        this.method = method;
        this.options = options;
    }

    @Override
    public void start(Listener<A> callListener, Metadata callHeaders) {
        listener = callListener;
        headers = callHeaders;
        attempt();
    }

    private void attempt() {
        boolean again = attempts > 0; // then the request is complete
        Metadata sent = new Metadata();
        sent.merge(requireNonNull(headers, "headers"));
        if (again) {
            sent.put(PREVIOUS_ATTEMPTS, Integer.toString(attempts));
        }
        attempts++;
        Attempt attempt = new Attempt();
        ClientCall<Q, A> call = SharedDeadlines.newCall(next, method, options.withOption(ABANDON, attempt));
        attempt.call = call;
        call.start(attempt, sent);
        if (!compressed) {
            call.setMessageCompression(false);
        }
        if (again) { // while cancel() does not see the attempt: gRPC rejects a request on a call that is cancelled
            call.sendMessage(requireNonNull(message, "message"));
            call.halfClose();
        }
        long demand;
        Ending stop;
        synchronized (this) {
            current = attempt;
            demand = requested;
            stop = cancelled;
        }
        if (stop != null) {
            call.cancel(stop.status.getDescription(), stop.status.getCause());
            return;
        }
        request(call, demand);
        if (again) {
            attempt.sent();
        }
    }

    @Override
    public void request(int count) {
        ClientCall<Q, A> call;
        synchronized (this) {
            requested += count;
            call = currentCall();
        }
        if (call != null) {
            call.request(count);
        }
    }

    private static void request(ClientCall<?, ?> call, long demand) {
        if (demand > 0) {
            call.request((int) Math.min(Integer.MAX_VALUE, demand));
        }
    }

    @Override
    public void sendMessage(Q request) {
        message = request;
        ClientCall<Q, A> call = currentCall();
        if (call != null) {
            call.sendMessage(request);
        }
    }

    @Override
    public void halfClose() {
        Attempt attempt;
        Ending ended;
        synchronized (this) {
            complete = true;
            attempt = current;
            ended = early;
            early = null;
        }
        if (ended != null) {
            closed(ended);
        } else if (attempt != null) {
            attempt.call().halfClose();
            attempt.sent();
        }
    }

    /** Cancels the attempt in flight, or the pause before the next one. */
    @Override
    public void cancel(@Nullable String reason, @Nullable Throwable cause) {
        Ending ending = new Ending(Status.CANCELLED.withDescription(reason).withCause(cause), new Metadata());
        ClientCall<Q, A> call;
        Ending ended;
        synchronized (this) {
            cancelled = ending;
            call = currentCall();
            ended = early;
            early = null;
        }
        if (ended != null) {
            release(ended);
            close(ending);
        } else if (!stopWaiting(ending) && call != null) {
            call.cancel(reason, cause);
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compressed = enabled;
        ClientCall<Q, A> call = currentCall();
        if (call != null) {
            call.setMessageCompression(enabled);
        }
    }

    @Override
    public boolean isReady() {
        ClientCall<Q, A> call = currentCall();
        return call != null && call.isReady();
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<Q, A> call = currentCall();
        return call == null ? Attributes.EMPTY : call.getAttributes();
    }

    /** Ends the call during the pause before its next attempt; returns whether there was one. */
    private boolean stopWaiting(Ending ending) {
        if (!retries.stopsWaiting(this)) {
            return false;
        }
        retries.budget().release();
        close(ending);
        return true;
    }

    /** Ends the call with the failure of its last attempt, during the pause before the next one. */
    void giveUp() {
        Ending ending;
        synchronized (this) {
            ending = last;
        }
        retries.budget().release();
        close(requireNonNull(ending, "last"));
    }

    /** Ends the call with the end of an attempt, or waits for the next attempt. The request is complete. */
    private void closed(Ending ending) {
        Optional<Duration> pause = pause(ending);
        if (pause.isEmpty() || isOver() || !(ending.reserved || retries.budget().reserve())) {
            release(ending);
            close(ending);
            return;
        }
        synchronized (this) {
            last = ending;
            current = null;
        }
        if (!retries.later(this, pause.get().toNanos(), () -> context.run(this::again))) {
            retries.budget().release();
            close(ending);
        } else if (isCancelled()) { // perhaps before there was a pause to end
            stopWaiting(ending);
        }
    }

    private void release(Ending ending) {
        if (ending.reserved) {
            retries.budget().release();
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled != null || context.isCancelled();
    }

    private synchronized boolean isOver() {
        return ended || isCancelled();
    }

    private void again() {
        if (isCancelled()) {
            giveUp();
            return;
        }
        retries.budget().begin();
        try {
            attempt();
        } catch (Throwable e) { // there is no caller for whom to throw it
            close(new Ending(Status.fromThrowable(e), new Metadata()));
        }
    }

    /** Returns the time to the next attempt, if there is to be one. */
    private Optional<Duration> pause(Ending ending) {
        if (ending.status.getCode() != Status.Code.UNAVAILABLE || attempts == Retries.MAX_ATTEMPTS) {
            return Optional.empty();
        }
        long most = FIRST_PAUSE.toNanos() << attempts;
        Duration usual = Duration.ofNanos(ThreadLocalRandom.current().nextLong(most / 4, most));
        CallFailure failure = new CallFailure(method.getFullMethodName(), ending.status, ending.trailers, true);
        return StatusDetails.of(failure).pause(usual).filter(this::isInTime);
    }

    private boolean isInTime(Duration pause) {
        Deadline deadline = options.getDeadline();
        return deadline == null || deadline.timeRemaining(TimeUnit.NANOSECONDS) > pause.toNanos();
    }

    private void close(Ending ending) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        context.run(() -> listener().onClose(ending.status, ending.trailers)); // not in that of an attempt's deadline
    }

    private synchronized @Nullable ClientCall<Q, A> currentCall() {
        return current == null ? null : current.call();
    }

    private Listener<A> listener() {
        return requireNonNull(listener, "listener");
    }

    /** Listens to one attempt. */
    private final class Attempt extends Listener<A> implements Runnable {
        private @Nullable ClientCall<Q, A> call;
        private boolean sent; // from here on guarded by this
        private boolean responded;
        private boolean abandoned; // the next attempt is within the budget then
        private boolean left;
        private boolean closed;

        ClientCall<Q, A> call() {
            return requireNonNull(call, "call");
        }

        /** Leaves the backend if another attempt may follow: without one, a late response is better than none. */
        @Override
        public void run() {
            if (attempts == Retries.MAX_ATTEMPTS
                    || !isInTime(FIRST_PAUSE.multipliedBy(1L << attempts))
                    || !retries.budget().reserve()) {
                return;
            }
            synchronized (this) {
                if (closed || responded || abandoned) {
                    retries.budget().release();
                    return;
                }
                abandoned = true;
            }
            leave();
        }

        /** The request has been sent: before that, gRPC rejects what is done with a call that is cancelled. */
        void sent() {
            synchronized (this) {
                sent = true;
            }
            leave();
        }

        private void leave() {
            synchronized (this) {
                if (!abandoned || !sent || responded || left || closed) {
                    return;
                }
                left = true;
            }
            call().cancel(NO_RESPONSE, null);
        }

        /** Returns whether the response is passed on. It is dropped once the backend was left: another attempt follows. */
        private synchronized boolean responds() {
            responded |= !left;
            return responded;
        }

        @Override
        public void onHeaders(Metadata received) {
            if (responds()) {
                listener().onHeaders(received);
            }
        }

        @Override
        public void onMessage(A received) {
            if (responds()) {
                listener().onMessage(received);
            }
        }

        @Override
        public void onReady() {
            listener().onReady();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean cancel = isCancelled();
            Ending ending;
            boolean over;
            synchronized (this) {
                closed = true;
                // Its response may have been on its way when the backend was left.
                boolean late = left && (status.isOk() || status.getCode() == Status.Code.CANCELLED);
                Status end = late
                        ? (cancel ? Status.CANCELLED : Status.UNAVAILABLE).withDescription(NO_RESPONSE)
                        : LostConnection.repaired(status, trailers, options);
                ending = new Ending(end, trailers, abandoned);
                over = responded || end.isOk();
            }
            if (over) {
                release(ending);
                close(ending);
                return;
            }
            synchronized (RetryingCall.this) {
                if (!complete && cancelled == null) {
                    early = ending;
                    return;
                }
            }
            closed(ending);
        }
    }
}
