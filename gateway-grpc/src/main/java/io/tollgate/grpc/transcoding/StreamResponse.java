package io.tollgate.grpc.transcoding;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response of a method that streams. It has a status when the first message comes or the call ends, so that a call that fails
 * at once is an error like any other; or, if the service is silent, with the first heartbeat. From then on it is the publisher of
 * the body, and its subscription.
 *
 * <p>One message at a time is requested of gRPC, and only if the subscriber has requested more: what the client does not read
 * stays in the flow control of the connection, and then with the service.
 *
 * <p>Events come from gRPC, from the subscriber and from the timer, on any thread. Each notes what happened and calls {@link
 * #advance}, in which one thread at a time acts on all that was noted.
 */
final class StreamResponse extends ClientCall.Listener<byte[]>
        implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(StreamResponse.class);
    /** For the server to subscribe, which it does at once, or never if the client has left. */
    private static final long SUBSCRIBE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Binding binding;
    private final StreamFrames frames;
    private final long idleNanos;
    private final long heartbeatNanos;
    private final CompletableFuture<HttpResponse> result = new CompletableFuture<>();

    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean subscribed = new AtomicBoolean();
    /** Nobody receives anything any more. */
    private volatile boolean over;

    private volatile @Nullable ClientCall<byte[], byte[]> call;
    private volatile Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
    private volatile byte @Nullable [] message;
    /** The first message as it is sent, made before the head: one that cannot be written is an error like any other. */
    private @Nullable ByteBuffer firstFrame;

    private volatile @Nullable Ending ending;
    private volatile @Nullable IllegalArgumentException illegalDemand;
    private volatile boolean heartbeatDue;
    private volatile @Nullable Future<?> alarm;

    /** When the wait for the message began that was requested last, and when something was last written. */
    private volatile long waitingSince = System.nanoTime();

    private volatile long writtenAt = waitingSince;
    /** When a heartbeat was last due. */
    private volatile long beatAt = waitingSince;

    private volatile boolean waiting = true;

    /** @param error null if the service has sent everything */
    private record Ending(@Nullable GatewayException error) {}

    private StreamResponse(Binding binding, StreamFrames frames) {
        this.binding = binding;
        this.frames = frames;
        this.idleNanos = binding.service().streamIdleTimeout().toNanos();
        this.heartbeatNanos = binding.service().heartbeat().toNanos();
    }

    static CompletionStage<HttpResponse> of(Binding binding, HttpRequestHead head, Caller caller, byte[] request) {
        return of(
                binding,
                new StreamFrames(binding.responses(), head, caller.context().requestId()),
                head,
                caller,
                request);
    }

    static CompletionStage<HttpResponse> of(
            Binding binding, StreamFrames frames, HttpRequestHead head, Caller caller, byte[] request) {
        StreamResponse response = new StreamResponse(binding, frames);
        try {
            response.started(RawCall.start(binding, head, caller, request, 1, response));
        } catch (RuntimeException e) {
            response.end(new Ending(UnaryResponse.broken(binding + " could not be called", e)));
        }
        return response.result;
    }

    /** Goes on with what may have come meanwhile. */
    private void started(ClientCall<byte[], byte[]> running) {
        call = running;
        if (over) {
            stop("the client left");
        } else {
            setAlarm();
            advance();
        }
    }

    // What happens, on any thread

    @Override
    public void onMessage(byte[] received) {
        message = received;
        waiting = false;
        advance();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        GatewayException error = null;
        if (!status.isOk()) {
            try {
                error = Failures.of(status, trailers, binding.spec().codecs());
            } catch (Throwable e) { // whatever it is, it must reach the client as an error
                error = unusable(e);
            }
        }
        end(new Ending(error));
    }

    /** Ends the stream after what has been received. The first end counts. */
    private void end(Ending how) {
        synchronized (this) {
            if (ending != null) {
                return;
            }
            ending = how;
        }
        advance();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> added) {
        if (!subscribed.compareAndSet(false, true)) {
            added.onSubscribe(new Nothing());
            added.onError(new IllegalStateException("subscriber: a second one (expected: one)"));
            return;
        }
        added.onSubscribe(this);
        subscriber = added;
        advance();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            // Reactive Streams, rule 3.9
            illegalDemand = new IllegalArgumentException("n: " + n + " (expected: > 0)");
        } else {
            demand.updateAndGet(before -> before + n < 0 ? Long.MAX_VALUE : before + n);
        }
        advance();
    }

    /** The client has left. */
    @Override
    public void cancel() {
        finish();
        stop("the client left");
    }

    private void stop(String reason) {
        ClientCall<byte[], byte[]> running = call;
        if (running != null) {
            running.cancel(reason, null);
        }
    }

    private void finish() {
        over = true;
        Future<?> running = alarm;
        if (running != null) {
            running.cancel(false);
        }
    }

    // What follows from it, on one thread at a time

    private void advance() {
        if (events.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                act();
            } catch (Throwable e) { // of a subscriber, which must not throw
                log.warn("{}: the stream is cancelled since its subscriber threw", binding, e);
                cancel();
            }
            seen = events.addAndGet(-seen);
        } while (seen != 0);
    }

    private void act() {
        if (!result.isDone()) {
            begin();
        }
        Flow.Subscriber<? super ByteBuffer> to = subscriber;
        while (to != null && !over && step(to)) {
            // Until there is nothing to do, or no demand for it.
        }
    }

    /** Completes the head of the response, if it is known by now. */
    private void begin() {
        byte[] first = message;
        Ending how = ending;
        try {
            if (first != null || (heartbeatDue && !frames.needsFirst())) {
                firstFrame = first == null ? null : frames.message(first);
                writtenAt = System.nanoTime();
                result.complete(frames.response(first, this));
            } else if (how != null && how.error != null) {
                finish();
                result.completeExceptionally(how.error);
            } else if (how != null) {
                writtenAt = System.nanoTime();
                result.complete(frames.response(null, this));
            }
        } catch (Throwable e) { // the first message cannot be read
            finish();
            stop("unusable message");
            result.completeExceptionally(unusable(e));
        }
    }

    /** Does the next thing; returns whether there may be more to do. */
    private boolean step(Flow.Subscriber<? super ByteBuffer> to) {
        IllegalArgumentException illegal = illegalDemand;
        if (illegal != null) {
            finish();
            stop("illegal demand");
            to.onError(illegal);
            return false;
        }
        byte[] received = message;
        Ending how = ending;
        boolean wanted = demand.get() > 0;
        if (received != null) {
            return wanted && pass(received, to);
        }
        if (how != null) {
            return conclude(how, wanted, to);
        }
        if (heartbeatDue && (wanted || !frames.hasHeartbeats())) {
            heartbeatDue = false; // which has only begun the response, in a form without comments
            if (frames.hasHeartbeats()) {
                send(frames.heartbeat(), to);
                return true;
            }
        }
        ClientCall<byte[], byte[]> running = call;
        if (wanted && !waiting && running != null) {
            waitingSince = System.nanoTime();
            waiting = true;
            running.request(1);
        }
        return message != null || ending != null;
    }

    private boolean pass(byte[] received, Flow.Subscriber<? super ByteBuffer> to) {
        ByteBuffer frame = firstFrame;
        firstFrame = null;
        message = null;
        try {
            frame = frame == null ? frames.message(received) : frame;
        } catch (Throwable e) {
            synchronized (this) {
                ending = new Ending(unusable(e));
            }
            stop("unusable message");
            return true;
        }
        heartbeatDue = false;
        if (frame.hasRemaining()) {
            send(frame, to);
        }
        return true;
    }

    private boolean conclude(Ending how, boolean wanted, Flow.Subscriber<? super ByteBuffer> to) {
        GatewayException error = how.error;
        ByteBuffer last;
        try {
            last = error == null ? frames.end() : frames.error(error);
        } catch (Throwable e) { // only the end of the connection is left to tell the client
            error = unusable(e);
            last = null;
        }
        if (last != null && !wanted) {
            return false;
        }
        if (error != null && error.code().isServerFault()) {
            log.warn("{}: stream failed with {}", binding, error.code().name(), error);
        }
        finish();
        if (last != null) {
            send(last, to);
        }
        if (error != null && last == null) {
            to.onError(error);
        } else {
            to.onComplete();
        }
        return false;
    }

    /** Returns the error of what cannot be passed on, from any cause: a codec that failed otherwise is an error too. */
    private GatewayException unusable(Throwable fault) {
        return fault instanceof GatewayException known
                ? known
                : UnaryResponse.broken(binding + " responded with what cannot be understood", fault);
    }

    private void send(ByteBuffer frame, Flow.Subscriber<? super ByteBuffer> to) {
        demand.updateAndGet(before -> before == Long.MAX_VALUE ? before : before - 1);
        writtenAt = System.nanoTime();
        to.onNext(frame);
    }

    // Time

    /** Sets the alarm for the next moment at which something may be due. */
    private void setAlarm() {
        long now = System.nanoTime();
        long next = waiting ? waitingSince + idleNanos - now : idleNanos;
        if (hasHeartbeats()) {
            next = Math.min(next, Math.max(writtenAt, beatAt) + heartbeatNanos - now);
        }
        if (!subscribed.get()) {
            next = Math.min(next, SUBSCRIBE_NANOS);
        }
        alarm = StreamTimer.after(Math.max(next, 1), this::onAlarm);
        if (over) {
            finish();
        }
    }

    private boolean hasHeartbeats() {
        return frames.hasHeartbeats() || !result.isDone();
    }

    private void onAlarm() {
        if (over) {
            return;
        }
        long now = System.nanoTime();
        if (waiting && now - waitingSince >= idleNanos) {
            end(new Ending(GatewayException.of(CommonError.REQUEST_TIMEOUT, "The service sent nothing for too long.")));
            stop("idle for too long");
        } else if (result.isDone() && !subscribed.get() && now - writtenAt >= SUBSCRIBE_NANOS) {
            cancel();
        } else if (hasHeartbeats() && now - Math.max(writtenAt, beatAt) >= heartbeatNanos) {
            beatAt = now;
            heartbeatDue = true;
            advance();
        }
        if (!over && ending == null) {
            setAlarm();
        }
    }

    /** The subscription of a subscriber that gets an error. */
    private record Nothing() implements Flow.Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
