package io.tollgate.undertow;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * The body of one request. Reads it into memory on request, and limits its size before and while it arrives; discards what the
 * endpoint did not read. Belongs to the connection's I/O thread but for {@link #read}.
 */
final class RequestBody {
    private static final byte[] EMPTY = {};
    private static final int FIRST_BUFFER = 4 * 1024;
    private static final int DISCARD_MILLIS = 5_000;
    private static final int EVICTION_MILLIS = 1_000;

    private final HttpServerExchange exchange;
    private final ServerSettings.Limits limits;
    private final Http1Connection guard;
    private final Runnable arrived;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private byte[] bytes = EMPTY;
    private int size;

    /** The bytes that are reserved for {@link #bytes}; those of a small body that arrives with its head are not. */
    private int held;

    private @Nullable StreamSourceChannel channel;
    private XnioExecutor.@Nullable Key timer;
    private boolean failed;
    private boolean discarding;

    /** @param arrived is called when the whole body has been read, after its endpoint got it */
    RequestBody(HttpServerExchange exchange, ServerSettings.Limits limits, Http1Connection guard, Runnable arrived) {
        this.exchange = exchange;
        this.limits = limits;
        this.guard = guard;
        this.arrived = arrived;
    }

    /**
     * Takes the body if there is none, or a small one that has arrived with its head, before anyone asks: who does so later on
     * another thread has it without a hop to this one, and the selector need not look away from the socket meanwhile.
     */
    void takeArrived() {
        if (exchange.isRequestComplete()) {
            result.complete(EMPTY);
        } else if (!Framing.isChunked(exchange)
                && length() < FIRST_BUFFER
                && length() <= Math.min(limits.maxBodySize(), bytesArrived())) {
            receive();
        }
    }

    /** Returns the number of bytes that have been read behind the head. */
    private int bytesArrived() {
        PooledByteBuffer arrivedBytes = ((HttpServerConnection) exchange.getConnection()).getExtraBytes();
        return arrivedBytes == null ? 0 : arrivedBytes.getBuffer().remaining();
    }

    /** Returns the whole body, under the rules of {@link ServerRequest#body()}. Any thread may call this, once. */
    CompletionStage<byte[]> read() {
        if (result.isDone()) {
            return result;
        }
        if (exchange.isInIoThread()) {
            begin();
        } else {
            try {
                exchange.getIoThread().execute(this::begin);
            } catch (RejectedExecutionException e) {
                result.completeExceptionally(
                        GatewayException.builder(CommonError.SERVICE_UNAVAILABLE, "The gateway is shutting down.")
                                .cause(e)
                                .build());
            }
        }
        return result;
    }

    /** Returns whether the connection must be closed after the response, because the rest of the body cannot be read. */
    boolean mustClose() {
        if (exchange.isRequestComplete()) {
            return false;
        }
        return failed
                || length() > limits.maxBodySize()
                // The client may send the body now, or not: there is no telling where the next request begins.
                || (HttpContinue.requiresContinueResponse(exchange.getRequestHeaders())
                        && !HttpContinue.isContinueResponseSent(exchange));
    }

    /** Discards what is left, now that the request has its response, so that the connection can serve the next. */
    void discard() {
        StreamSourceChannel rest = channel != null ? channel : exchange.getRequestChannel();
        if (rest == null) {
            IoUtils.safeClose(exchange.getConnection());
            return;
        }
        channel = rest;
        discarding = true;
        fail();
        guard.proceed();
        guard.awaitBody(this);
        schedule(DISCARD_MILLIS, () -> IoUtils.safeClose(exchange.getConnection()));
        rest.getReadSetter().set(this::discardFrom);
        discardFrom(rest);
    }

    private void discardFrom(StreamSourceChannel rest) {
        ByteBuffer nowhere = ByteBuffer.allocate(FIRST_BUFFER);
        try {
            int read = rest.read(nowhere);
            while (read > 0 && size <= limits.maxBodySize()) {
                size += read;
                nowhere.clear();
                read = rest.read(nowhere);
            }
            if (read == 0) {
                rest.resumeReads();
            } else if (read < 0) {
                exchange.endExchange();
            } else {
                IoUtils.safeClose(exchange.getConnection());
            }
        } catch (IOException e) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /** Ends the body with its exchange. */
    void end() {
        cancelTimer();
        fail();
    }

    /** Fails unless the body was read: it is asked for too late, if at all. */
    private void fail() {
        if (!result.isDone()) {
            result.completeExceptionally(Rejections.incompleteBody());
        }
    }

    private void begin() {
        if (result.isDone()) {
            return; // The request has had its response meanwhile.
        }
        if (length() > limits.maxBodySize()) {
            fail(Rejections.bodyTooLarge(limits.maxBodySize()));
        } else if (exchange.isRequestComplete()) {
            result.complete(EMPTY);
        } else if (HttpContinue.requiresContinueResponse(exchange)) {
            HttpContinue.sendContinueResponse(exchange, new Continued());
        } else {
            receive();
        }
    }

    private void receive() {
        if (result.isDone()) {
            return;
        }
        channel = exchange.getRequestChannel();
        if (channel == null) {
            fail(Rejections.incompleteBody());
            return;
        }
        long length = length();
        if (length >= FIRST_BUFFER && !guard.fits(length + 1)) {
            fail(Rejections.overloaded());
            return;
        }
        // One byte more than announced, so that the end is seen; no more at first than anyone has sent yet.
        bytes = new byte[(int) Math.min(length < 0 ? FIRST_BUFFER : length + 1, FIRST_BUFFER)];
        if (receiveFrom(channel)) {
            if (!hold(bytes.length)) {
                fail(Rejections.overloaded());
                return;
            }
            guard.awaitBody(this);
            schedule(limits.readTimeout().toMillis(), this::tooSlow);
            channel.getReadSetter().set(this::receiveFrom);
            channel.resumeReads();
        }
    }

    /** Reads what has arrived; returns whether there is more to come. */
    private boolean receiveFrom(StreamSourceChannel from) {
        try {
            while (true) {
                if (size == bytes.length) {
                    int larger = (int) Math.min(bytes.length * 2L, limits.maxBodySize() + 1);
                    if (!hold(larger)) {
                        fail(Rejections.overloaded());
                        return false;
                    }
                    bytes = Arrays.copyOf(bytes, larger);
                }
                int read = from.read(ByteBuffer.wrap(bytes, size, bytes.length - size));
                if (read == 0) {
                    return true;
                }
                if (read < 0) {
                    cancelTimer();
                    guard.endBody();
                    result.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
                    arrived.run();
                    return false;
                }
                size += read;
                if (size > limits.maxBodySize()) {
                    fail(Rejections.bodyTooLarge(limits.maxBodySize()));
                    return false;
                }
            }
        } catch (IOException e) {
            fail(Rejections.incompleteBody());
            return false;
        }
    }

    /** Reserves {@code total} bytes, until the exchange is over; returns whether there is room for them. */
    private boolean hold(int total) {
        if (total > held) {
            if (!guard.hold(total - held)) {
                return false;
            }
            held = total;
        }
        return true;
    }

    /** Returns whether the body is still arriving for an endpoint, so that its request can be rejected. */
    boolean isEvictable() {
        return !result.isDone() && !discarding;
    }

    /** Rejects the request in favour of others, and closes the connection if the response is not written soon. */
    void evict() {
        stop();
        // Before the failure, which may end the exchange at once.
        schedule(EVICTION_MILLIS, () -> IoUtils.safeClose(exchange.getConnection()));
        result.completeExceptionally(Rejections.overloaded());
    }

    private void tooSlow() {
        if (!result.isDone()) {
            fail(Rejections.bodyTooSlow(limits.readTimeout()));
        }
    }

    private void fail(GatewayException why) {
        stop();
        result.completeExceptionally(why);
    }

    /** Stops reading, and releases what was read. */
    private void stop() {
        failed = true;
        bytes = EMPTY;
        held = 0;
        guard.releaseBytes();
        cancelTimer();
        guard.endBody();
        if (channel != null) {
            channel.suspendReads();
        }
    }

    private long length() {
        String length = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private void schedule(long millis, Runnable task) {
        cancelTimer();
        timer = exchange.getIoThread().executeAfter(task, millis, TimeUnit.MILLISECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }

    /** Receives the body once {@code 100 Continue} is written. */
    private final class Continued implements IoCallback {
        @Override
        public void onComplete(HttpServerExchange same, Sender sender) {
            if (exchange.isInIoThread()) {
                receive();
            } else {
                exchange.getIoThread().execute(RequestBody.this::receive);
            }
        }

        @Override
        public void onException(HttpServerExchange same, Sender sender, IOException e) {
            fail(Rejections.incompleteBody());
        }
    }
}
