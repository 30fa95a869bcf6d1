package io.tollgate.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Watches, from when a request has arrived until its response is complete, for the client going away. Bytes that arrive instead are
 * further requests: they are given back to Undertow unread, and the watch goes on for as long as one buffer holds them.
 *
 * <p>Costs nothing where the body arrived with its head: Undertow takes its interest in reads off and puts it on again with every
 * asynchronous request, and the selector never gets to see either.
 */
final class ClientWatch {
    /**
     * A client that shuts down its output right behind its requests still waits for the responses; one that goes away later, or
     * from a stream that has begun, has given up. A socket shows the same for both.
     */
    private static final long HALF_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final HttpServerConnection connection;
    private final Http1Connection guard;
    private final long arrivedNanos;
    private final Runnable gone;
    private boolean streaming;
    private boolean stopped;
    private boolean endOfStream;

    private ClientWatch(HttpServerConnection connection, Http1Connection guard, long arrivedNanos, Runnable gone) {
        this.connection = connection;
        this.guard = guard;
        this.arrivedNanos = arrivedNanos;
        this.gone = gone;
    }

    /** Watches the client of {@code exchange}, and calls {@code gone} if it goes away; null if its request has not arrived yet. */
    static @Nullable ClientWatch start(
            HttpServerExchange exchange, Http1Connection guard, long arrivedNanos, Runnable gone) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        if (!exchange.isRequestComplete() || !connection.isOpen()) {
            return null;
        }
        ClientWatch watch = new ClientWatch(connection, guard, arrivedNanos, gone);
        connection.getChannel().getSourceChannel().setReadListener(channel -> watch.readable());
        watch.socket().resumeReads();
        return watch;
    }

    /** The response is a stream, of which nothing has been written. What the client did until now was before it. */
    void stream() {
        if (!endOfStream) {
            readable();
        }
        streaming = true;
    }

    /** The response is complete. Undertow takes over the channel when it is written. */
    void stop() {
        stopped = true;
    }

    /** Returns whether the client has shut down its output, so that no further request can come, and none has. */
    boolean sawEndOfStream() {
        return endOfStream && connection.getExtraBytes() == null;
    }

    /** Returns the conduit that the selector looks at: that of a body which has been read resumes nothing any more. */
    private StreamSourceConduit socket() {
        return connection.getOriginalSourceConduit();
    }

    private void readable() {
        if (stopped || endOfStream) {
            socket().suspendReads();
            return;
        }
        try {
            if (read() < 0) {
                endOfStream = true;
                socket().suspendReads();
                boolean mayAwait = !streaming || connection.getExtraBytes() != null;
                if (!mayAwait || System.nanoTime() - arrivedNanos > HALF_CLOSE_NANOS) {
                    gone.run();
                }
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection); // Reset; the exchange ends with its connection, and cancels.
        }
    }

    private int read() throws IOException {
        PooledByteBuffer pipelined = connection.getExtraBytes();
        return pipelined == null ? readFirst() : readMore(pipelined.getBuffer());
    }

    private int readFirst() throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean keep = false;
        try {
            int read = guard.readRaw(pooled.getBuffer());
            if (read > 0) {
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                keep = true;
            }
            return read;
        } finally {
            if (!keep) {
                pooled.close();
            }
        }
    }

    /** Reads behind what has been read; if there is no room, the client is only noticed at the next write. */
    private int readMore(ByteBuffer buffer) throws IOException {
        int begin = buffer.position();
        int end = buffer.limit();
        if (end == buffer.capacity()) {
            socket().suspendReads();
            return 0;
        }
        buffer.limit(buffer.capacity()).position(end);
        try {
            return guard.readRaw(buffer);
        } finally {
            buffer.limit(buffer.position()).position(begin);
        }
    }
}
