package io.tollgate.undertow;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A connection as seen from below Undertow, right on the socket. Undertow answers requests that it cannot read by itself,
 * with a bare status line; here it is known whether an answer is ours, and one that is not is replaced. Belongs to the
 * connection's I/O thread but for {@link #cut} and {@link #isStuck}.
 */
final class GuardedConnection {
    /** The time for which a client may go on sending after the last response. */
    private static final int LINGER_MILLIS = 5_000;

    private static final int DISCARD_BUFFER = 8 * 1024;

    private final StreamConnection connection;
    private final InetAddress peer;
    private final UnreadableResponder unreadable;
    private final StreamSourceConduit socketSource;
    private final StreamSinkConduit socketSink;

    /** True during an exchange of ours: all that is written then is ours. */
    private boolean ours;

    /** The time at which the head that is being read began; 0 if none is. */
    private volatile long headSinceNanos;

    private @Nullable ByteBuffer refusal;
    private boolean lingering;

    GuardedConnection(StreamConnection connection, InetAddress peer, UnreadableResponder unreadable) {
        this.connection = connection;
        this.peer = peer;
        this.unreadable = unreadable;
        this.socketSource = connection.getSourceChannel().getConduit();
        this.socketSink = connection.getSinkChannel().getConduit();
        connection.getSourceChannel().setConduit(new Source());
        connection.getSinkChannel().setConduit(new Sink());
    }

    /** The connection that {@code exchange} came on. */
    static GuardedConnection of(HttpServerExchange exchange) {
        return ((Sink) ((HttpServerConnection) exchange.getConnection()).getOriginalSinkConduit()).guarded();
    }

    InetAddress peer() {
        return peer;
    }

    /** An exchange of ours begins. */
    void take() {
        ours = true;
        headSinceNanos = 0;
    }

    /** It is over; what is written next is Undertow's own. */
    void release() {
        ours = false;
    }

    /** Reads from the socket, past whatever Undertow has put around it. */
    int readRaw(ByteBuffer into) throws IOException {
        return socketSource.read(into);
    }

    /**
     * Says that nothing more will come, and reads on for a while before the connection is closed. To close with bytes
     * unread would make the kernel reset the connection, and the client lose the answer that it has not read yet (RFC
     * 9112, section 9.6).
     */
    void linger() {
        if (lingering) {
            return;
        }
        lingering = true;
        try {
            socketSink.terminateWrites();
        } catch (IOException e) {
            IoUtils.safeClose(connection);
            return;
        }
        XnioExecutor.Key end = connection
                .getIoThread()
                .executeAfter(() -> IoUtils.safeClose(connection), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        connection.setCloseListener(closed -> end.remove());
        connection.getSourceChannel().setReadListener(channel -> discard());
        connection.getSourceChannel().setConduit(socketSource);
        connection.getSourceChannel().resumeReads();
        discard();
    }

    private void discard() {
        ByteBuffer nowhere = ByteBuffer.allocate(DISCARD_BUFFER);
        try {
            int read = socketSource.read(nowhere);
            while (read > 0) {
                read = socketSource.read(nowhere.clear());
            }
            if (read < 0) {
                IoUtils.safeClose(connection);
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection); // Reset by the client: there is nobody left to be polite to.
        }
    }

    /** Closes the connection, whatever it is doing. Any thread may call this. */
    void cut() {
        try {
            connection.getIoThread().execute(() -> IoUtils.safeClose(connection));
        } catch (RejectedExecutionException e) {
            IoUtils.safeClose(connection);
        }
    }

    /** Returns whether bytes have been arriving for that long without becoming a request of ours. Any thread may call this. */
    boolean isStuck(long nowNanos, long afterNanos) {
        long since = headSinceNanos;
        return since != 0 && nowNanos - since > afterNanos;
    }

    private final class Source extends AbstractStreamSourceConduit<StreamSourceConduit> {
        Source() {
            super(socketSource);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            int read = next.read(dst);
            if (read > 0 && !ours && headSinceNanos == 0) {
                headSinceNanos = Math.max(1, System.nanoTime());
            }
            return read;
        }
    }

    private final class Sink extends AbstractStreamSinkConduit<StreamSinkConduit> {
        Sink() {
            super(socketSink);
        }

        GuardedConnection guarded() {
            return GuardedConnection.this;
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return ours ? next.write(src) : refuse(src);
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
            return ours ? next.write(srcs, offset, length) : refuse(srcs[offset]);
        }

        @Override
        public int writeFinal(ByteBuffer src) throws IOException {
            return Conduits.writeFinalBasic(this, src);
        }

        @Override
        public long writeFinal(ByteBuffer[] srcs, int offset, int length) throws IOException {
            return Conduits.writeFinalBasic(this, srcs, offset, length);
        }

        /**
         * Writes our refusal in the place of Undertow's, which never gets to know that anything was written: the connection
         * is ours from here until it is closed.
         */
        private int refuse(ByteBuffer theirs) throws IOException {
            if (lingering) {
                return 0;
            }
            if (refusal == null) {
                refusal = ByteBuffer.wrap(ResponseBytes.of(unreadable.respond(reason(theirs), peer)));
            }
            while (refusal.hasRemaining()) {
                if (next.write(refusal) == 0) {
                    return 0; // Undertow resumes writes, and asks again.
                }
            }
            linger();
            if (!connection.isOpen()) {
                throw new ClosedChannelException();
            }
            return 0;
        }

        @Override
        public void resumeWrites() {
            if (!lingering) {
                next.resumeWrites();
            }
        }

        @Override
        public void wakeupWrites() {
            if (!lingering) {
                next.wakeupWrites();
            }
        }
    }

    /** Returns the reason of a response of Undertow's, which has nothing but a status line, {@code HTTP/1.1 400 …}. */
    private static GatewayException reason(ByteBuffer head) {
        byte[] start = new byte[Math.min(12, head.remaining())];
        head.duplicate().get(start);
        String line = new String(start, StandardCharsets.US_ASCII);
        return line.length() == 12 && line.startsWith("5", 9)
                ? GatewayException.of(CommonError.INTERNAL_SERVER_ERROR, "The server failed to handle the request.")
                : GatewayException.of(
                        CommonError.INVALID_REQUEST, "The request is not valid HTTP/1.1, or its head is too large.");
    }
}
