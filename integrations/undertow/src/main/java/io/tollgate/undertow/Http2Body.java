package io.tollgate.undertow;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * The body of one request in HTTP/2. Keeps what arrives, at first no more than a window, which is opened again when the body is
 * read; limits its size before and while it arrives, and drops what the endpoint did not read. Belongs to the connection's I/O
 * thread but for {@link #read}.
 */
final class Http2Body {
    private static final byte[] EMPTY = {};
    private static final int FIRST_BUFFER = 1024;
    private static final int DISCARD_MILLIS = 5_000;
    private static final int EVICTION_MILLIS = 1_000;

    private final Http2Stream stream;
    private final ServerSettings.Limits limits;
    private final long length;
    private final boolean awaitsContinue;
    private final XnioIoThread thread;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private byte[] bytes = EMPTY;
    private int size;

    /** The length of {@link #bytes} while they are counted as arriving. */
    private int counted;

    private long total;

    /** The bytes that have arrived, and for which the client has no credit yet. */
    private int unread;

    private boolean requested;

    /** Set once the client was told to send the body that it announced. */
    private boolean continued;

    private boolean ended;

    /** Ends a stream whose rest is dropped, and does not end; null before that. */
    private @Nullable Runnable endOfDropped;

    private @Nullable GatewayException failure;
    private XnioExecutor.@Nullable Key timer;

    /**
     * Awaits a body.
     *
     * @param length as announced, or -1
     * @param awaitsContinue whether the client sends it only after a response with status 100
     */
    Http2Body(Http2Stream stream, ServerSettings.Limits limits, long length, boolean awaitsContinue) {
        this.stream = stream;
        this.limits = limits;
        this.length = length;
        this.awaitsContinue = awaitsContinue;
        this.thread = stream.connection().thread();
    }

    /** Has the body at once if there is none: who asks for it later on another thread needs no hop to this one. */
    void takeArrived() {
        if (stream.isRemoteEnded()) {
            begin();
        }
    }

    /** Returns the whole body, under the rules of {@link ServerRequest#body()}. Any thread may call this, once. */
    CompletionStage<byte[]> read() {
        if (result.isDone()) {
            return result;
        }
        if (Thread.currentThread() == thread) {
            begin();
        } else {
            try {
                thread.execute(this::begin);
            } catch (RejectedExecutionException e) {
                result.completeExceptionally(
                        GatewayException.builder(CommonError.SERVICE_UNAVAILABLE, "The gateway is shutting down.")
                                .cause(e)
                                .build());
            }
        }
        return result;
    }

    private void begin() {
        if (ended || endOfDropped != null) {
            return; // The request has had its response meanwhile, and the result has failed.
        }
        requested = true;
        if (length > limits.maxBodySize()) {
            fail(Rejections.bodyTooLarge(limits.maxBodySize()));
        } else if (failure != null) {
            result.completeExceptionally(failure);
        } else if (stream.isRemoteEnded()) {
            complete();
        } else if (length >= FIRST_BUFFER && !stream.connection().guarded().fits(length)) {
            fail(Rejections.overloaded());
        } else {
            stream.awaitBody();
            schedule(limits.readTimeout().toMillis(), this::tooSlow);
            if (awaitsContinue && total == 0 && !stream.transaction().hasResponded()) {
                continued = true;
                stream.proceed();
            }
            giveCredit();
        }
    }

    /** Returns whether more content, and perhaps the end, would be what the head has announced. */
    boolean isSound(int more, boolean ends) {
        return length < 0 || (ends ? total + more == length : total + more <= length);
    }

    /** Takes content, and perhaps the end. */
    void receive(ByteBuffer content, int flow, boolean ends) {
        boolean sound = isSound(content.remaining(), ends);
        total += content.remaining();
        unread += flow; // Before a failure, which may end the stream.
        if (!sound) {
            fail(Rejections.incompleteBody());
        } else if (endOfDropped == null && failure == null && !keep(content)) {
            fail(Rejections.overloaded());
        } else if (endOfDropped == null && total > limits.maxBodySize()) {
            fail(Rejections.bodyTooLarge(limits.maxBodySize()));
        }
        if (ends) {
            end(sound);
        } else if (endOfDropped != null || (requested && failure == null)) {
            giveCredit();
        }
    }

    private void end(boolean sound) {
        cancelTimer();
        if (sound && failure == null && requested) {
            complete();
        }
    }

    private boolean keep(ByteBuffer content) {
        int count = content.remaining();
        if (size + count > bytes.length) {
            long wanted = Math.max(length > 0 && size > 0 ? length : 0, Math.max(size + count, 2L * bytes.length));
            int larger = (int) Math.min(wanted, limits.maxBodySize() + Http2Frame.MAX_SIZE);
            larger = Math.max(larger, size + count);
            if (!memory().hold(larger - bytes.length)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, larger);
            count();
        }
        content.get(bytes, size, count);
        size += count;
        return true;
    }

    private void complete() {
        cancelTimer();
        stream.endBody();
        giveCredit();
        result.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
    }

    private void giveCredit() {
        int bytesRead = unread;
        unread = 0;
        stream.credit(bytesRead);
    }

    /** Returns whether the body is still arriving for an endpoint, so that its request can be rejected. */
    boolean isEvictable() {
        return requested && !result.isDone() && endOfDropped == null;
    }

    /**
     * Gives the body up in favour of others: rejects the request, and resets the stream if the response is not written soon, or at
     * once if the request has its response and the rest is only dropped.
     */
    void evict() {
        if (endOfDropped != null) {
            endOfDropped.run();
            return;
        }
        fail(Rejections.overloaded());
        if (!ended && !stream.isLocalEnded()) {
            schedule(EVICTION_MILLIS, () -> stream.connection().streams().reset(stream, Http2Error.ENHANCE_YOUR_CALM));
        }
    }

    /** Returns whether the client must be told that the body is not wanted: it may send it now, or not. */
    boolean isUnwanted() {
        return awaitsContinue && !continued && total == 0;
    }

    /**
     * Drops what is left, now that the request has its response, for a while. A reset at once would do (RFC 9113, section 8.1),
     * but some clients, that of the JDK among them, then wait for ever to send the rest, and do not look at the response.
     */
    void discard(Runnable otherwise) {
        endOfDropped = otherwise;
        release();
        if (!result.isDone()) {
            result.completeExceptionally(Rejections.incompleteBody());
        }
        stream.enter(Phase.CLOSING);
        schedule(DISCARD_MILLIS, otherwise);
        giveCredit();
    }

    /** Ends the body with its exchange. */
    void end() {
        ended = true;
        cancelTimer();
        release();
        stream.connection().streams().credit(unread);
        unread = 0;
        if (!result.isDone()) {
            result.completeExceptionally(Rejections.incompleteBody());
        }
    }

    private void tooSlow() {
        if (!result.isDone()) {
            fail(Rejections.bodyTooSlow(limits.readTimeout()));
        }
    }

    private void fail(GatewayException why) {
        if (failure == null) {
            failure = why;
            cancelTimer();
            release();
            if (endOfDropped != null) {
                endOfDropped.run();
                return;
            }
            stream.endBody();
            if (requested) {
                result.completeExceptionally(why);
            }
        }
    }

    private void release() {
        int held = bytes.length;
        bytes = EMPTY;
        size = 0;
        count();
        memory().release(held);
    }

    /** Counts the bytes as arriving, or no longer: their number has changed, or the phase of the stream. */
    void count() {
        int now = stream.phase() == Phase.BODY ? bytes.length : 0;
        if (now != counted) {
            memory().arriving(now - counted);
            counted = now;
        }
    }

    private Http2Memory memory() {
        return stream.connection().streams().memory();
    }

    private void schedule(long millis, Runnable task) {
        cancelTimer();
        timer = thread.executeAfter(task, millis, TimeUnit.MILLISECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }
}
