package io.tollgate.runner.http.undertow;

import io.tollgate.runner.http.Request;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Looks out, while an answer is being made, for the client going away, and cancels the request then. Bytes that arrive
 * instead are the next request: they are given back to Undertow unread, and the watch is over.
 *
 * <p>Costs nothing: Undertow takes its interest in reads off and puts it on again with every asynchronous request, and the
 * selector never gets to see either.
 */
final class ClientWatch {
    /**
     * A client that shuts down its output right behind its request still waits for the answer; one that goes away later
     * has given up. A socket says the same of both.
     */
    private static final long HALF_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final HttpServerConnection connection;
    private final GuardedConnection guard;
    private final Request request;
    private boolean stopped;
    private boolean endOfStream;

    private ClientWatch(HttpServerConnection connection, GuardedConnection guard, Request request) {
        this.connection = connection;
        this.guard = guard;
        this.request = request;
    }

    /** Watches the client of {@code exchange}; null where there are bytes to read already, of this request or the next. */
    static @Nullable ClientWatch start(HttpServerExchange exchange, GuardedConnection guard, Request request) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        if (!exchange.isRequestComplete() || connection.getExtraBytes() != null || !connection.isOpen()) {
            return null;
        }
        ClientWatch watch = new ClientWatch(connection, guard, request);
        ConduitStreamSourceChannel channel = connection.getChannel().getSourceChannel();
        channel.setReadListener(watch::readable);
        channel.resumeReads();
        return watch;
    }

    /** The answer is there. Undertow takes over the channel when it is written. */
    void stop() {
        stopped = true;
    }

    /** Whether the client has shut down its output, so that no further request can come. */
    boolean sawEndOfStream() {
        return endOfStream;
    }

    private void readable(ConduitStreamSourceChannel channel) {
        if (stopped) {
            channel.suspendReads();
            return;
        }
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean keep = false;
        try {
            int read = guard.readRaw(pooled.getBuffer());
            if (read > 0) {
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                keep = true;
                channel.suspendReads();
            } else if (read < 0) {
                endOfStream = true;
                if (request.elapsedNanos() > HALF_CLOSE_NANOS) {
                    request.exchange().abandon();
                }
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection); // Reset; the exchange ends with its connection, and cancels.
        } finally {
            if (!keep) {
                pooled.close();
            }
        }
    }
}
