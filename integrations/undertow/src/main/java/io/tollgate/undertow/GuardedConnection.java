package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
 * A connection as seen from below Undertow, right on the socket. Undertow responds to requests that it cannot read by itself,
 * with a bare status line; here it is known whether a response is ours, and one that is not is replaced. Belongs to the
 * connection's I/O thread but for {@link #cut}, {@link #evict}, {@link #closeIfIdle} and {@link #place}.
 */
final class GuardedConnection {
    /** The time for which a client may go on sending after the last response. */
    private static final int LINGER_MILLIS = 5_000;

    /** The time for a client to send its request to a server that has no room for it. */
    private static final int REJECTION_MILLIS = 2_000;

    private static final int DISCARD_BUFFER = 8 * 1024;

    private final StreamConnection connection;
    private final InetAddress peer;
    private final UnreadableResponder unreadable;
    private final Occupancy occupancy;
    private final Place place;
    private final StreamSourceConduit socketSource;
    private final StreamSinkConduit socketSink;
    private final HeadBytes head;

    /** True during an exchange of ours: all that is written then is ours. */
    private boolean ours;

    /** The body that is arriving. */
    private @Nullable RequestBody body;

    private @Nullable ByteBuffer rejection;
    private boolean rejected;
    private boolean evicted;
    private boolean lingering;

    /** Guards a connection, which counts for {@code source} beside counting among all; null for nobody. */
    GuardedConnection(
            StreamConnection connection,
            InetAddress peer,
            @Nullable Object source,
            UnreadableResponder unreadable,
            HeadBytes head,
            Occupancy occupancy) {
        this.connection = connection;
        this.peer = peer;
        this.unreadable = unreadable;
        this.head = head;
        this.occupancy = occupancy;
        this.place = new Place(this, source);
        this.socketSource = connection.getSourceChannel().getConduit();
        this.socketSink = connection.getSinkChannel().getConduit();
        connection.getSourceChannel().setConduit(new Source());
        connection.getSinkChannel().setConduit(new Sink());
    }

    /** Returns the connection that {@code exchange} came on. */
    static GuardedConnection of(HttpServerExchange exchange) {
        return ((Sink) ((HttpServerConnection) exchange.getConnection()).getOriginalSinkConduit()).guarded();
    }

    InetAddress peer() {
        return peer;
    }

    Place place() {
        return place;
    }

    /** Returns whether the request that Undertow has just made an exchange of has version 1.1 or 1.0. */
    boolean hasSupportedVersion(HttpServerExchange exchange) {
        return !exchange.isHttp09() && head.isSupported(exchange);
    }

    /** Begins an exchange of ours. */
    void beginExchange() {
        ours = true;
        place.busy();
        head.forget();
        releaseBytes();
    }

    /**
     * Ends the exchange; what is written next is Undertow's own.
     *
     * @param next what has been read of the next request
     */
    void endExchange(@Nullable ByteBuffer next) {
        ours = false;
        body = null;
        releaseBytes();
        place.enter(next == null ? Phase.IDLE : Phase.HEAD);
        if (next != null) {
            head.read(next, next.position());
        }
    }

    /** Returns whether there could be room for a body of that many bytes. */
    boolean fits(long bytes) {
        return occupancy.fits(bytes);
    }

    /** Reserves bytes for the body; returns whether there is room for them. */
    boolean hold(int bytes) {
        return occupancy.hold(place, bytes);
    }

    /** Releases all bytes that are reserved for the connection. */
    void releaseBytes() {
        if (place.bytes() != 0) {
            occupancy.release(place);
        }
    }

    /** Notes that the rest of a body has yet to arrive. */
    void awaitBody(RequestBody arriving) {
        body = arriving;
        place.enter(Phase.BODY);
    }

    /** Notes that the client does not take what is written. */
    void awaitClient() {
        if (place.phase() != Phase.STALLED) {
            place.enter(Phase.STALLED);
        }
    }

    /** Notes that the exchange goes on: the body or the client is no longer waited for. */
    void proceed() {
        body = null;
        if (!lingering && place.phase() != Phase.BUSY) {
            place.busy();
        }
    }

    /** Reads from the socket, past whatever Undertow has put around it. */
    int readRaw(ByteBuffer into) throws IOException {
        return socketSource.read(into);
    }

    /**
     * Closes the connection unless it has gone on since {@code stamp}: at once on its I/O thread, soon on others.
     *
     * @param withResponse whether a request whose body is arriving gets a response first
     * @param outcome is called, once: with true when the connection is closed, with false if it has gone on
     */
    void evict(long stamp, boolean withResponse, Consumer<Boolean> outcome) {
        if (Thread.currentThread() == connection.getIoThread()) {
            evictNow(stamp, withResponse, outcome);
        } else {
            run(() -> evictNow(stamp, withResponse, outcome));
        }
    }

    private void evictNow(long stamp, boolean withResponse, Consumer<Boolean> outcome) {
        if (connection.isOpen() && place.stamp() != stamp) {
            outcome.accept(false);
            return;
        }
        evicted = true;
        if (!withResponse || !connection.isOpen() || body == null || !body.isEvictable()) {
            IoUtils.safeClose(connection);
            outcome.accept(true);
            return;
        }
        connection.setCloseListener(closed -> outcome.accept(true)); // Added to those before it.
        body.evict();
    }

    /** Closes the connection if nothing of a request has been read from it. */
    void closeIfIdle() {
        run(() -> {
            if (place.phase() == Phase.IDLE) {
                IoUtils.safeClose(connection);
            }
        });
    }

    /** Closes the connection, whatever it is doing. */
    void cut() {
        run(() -> IoUtils.safeClose(connection));
    }

    private void run(Runnable task) {
        try {
            connection.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            IoUtils.safeClose(connection);
        }
    }

    /** Returns whether bytes have been arriving for that long without becoming a request of ours. Any thread may call this. */
    boolean isStuck(long nowNanos, long afterNanos) {
        long stamp = place.stamp();
        return Phase.of(stamp) == Phase.HEAD && nowNanos - Phase.sinceNanos(stamp) > afterNanos;
    }

    /** Responds to the first bytes that the client sends, and closes the connection, of which Undertow never hears. */
    void reject(GatewayException reason) {
        place.enter(Phase.CLOSING);
        closeAfter(REJECTION_MILLIS);
        connection.getSourceChannel().setReadListener(channel -> respondAndLinger(reason));
        connection.getSourceChannel().resumeReads();
    }

    private void respondAndLinger(GatewayException reason) {
        try {
            respond(reason);
        } catch (IOException e) {
            IoUtils.safeClose(connection);
            return;
        }
        linger();
    }

    /** Writes our response; returns whether the socket took all of it. */
    private boolean respond(GatewayException reason) throws IOException {
        if (rejection == null) {
            rejection = ByteBuffer.wrap(ResponseBytes.of(unreadable.respond(reason, peer)));
        }
        while (rejection.hasRemaining()) {
            if (socketSink.write(rejection) == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Ends the output, and reads on for a while before the connection is closed. To close with bytes unread would make the
     * kernel reset the connection, and the client lose the response that it has not read yet (RFC 9112, section 9.6). Releases
     * the bytes of a body; those of an unreadable head stay in Undertow's parser, and count, until the connection is closed.
     */
    void linger() {
        if (lingering) {
            return;
        }
        lingering = true;
        body = null;
        if (ours) {
            releaseBytes();
        }
        place.enter(Phase.CLOSING);
        try {
            socketSink.terminateWrites();
        } catch (IOException e) {
            IoUtils.safeClose(connection);
            return;
        }
        if (evicted) { // Its place is taken.
            IoUtils.safeClose(connection);
            return;
        }
        closeAfter(LINGER_MILLIS);
        connection.getSourceChannel().setReadListener(channel -> discard());
        connection.getSourceChannel().setConduit(socketSource);
        connection.getSourceChannel().resumeReads();
        discard();
    }

    private void closeAfter(int millis) {
        XnioExecutor.Key end = connection
                .getIoThread()
                .executeAfter(() -> IoUtils.safeClose(connection), millis, TimeUnit.MILLISECONDS);
        connection.setCloseListener(closed -> end.remove());
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
            IoUtils.safeClose(connection); // Reset by the client, which reads no response any more.
        }
    }

    private final class Source extends AbstractStreamSourceConduit<StreamSourceConduit> {
        Source() {
            super(socketSource);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return ours ? next.read(dst) : readHead(dst);
        }

        /** Reads bytes of a head. Reserves room for those before, which did not complete it. */
        private int readHead(ByteBuffer dst) throws IOException {
            if (rejected) {
                return 0;
            }
            if (head.isUnfinished() && !occupancy.hold(place, head.cost())) {
                rejected = true;
                run(() ->
                        respondAndLinger(Rejections.overloaded())); // Not now: Undertow goes on to wait for more bytes.
                return 0;
            }
            int start = dst.position();
            int read = next.read(dst);
            if (read > 0) {
                if (place.phase() == Phase.IDLE) {
                    place.enter(Phase.HEAD);
                }
                head.read(dst, start);
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
            return ours ? next.write(src) : replace(src);
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
            return ours ? next.write(srcs, offset, length) : replace(srcs[offset]);
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
         * Writes our response in the place of Undertow's, which never gets to know that anything was written: the connection
         * is ours from here until it is closed.
         */
        private int replace(ByteBuffer theirs) throws IOException {
            if (lingering || rejected) {
                return 0;
            }
            // If the socket takes less, Undertow resumes writes, and comes here again.
            if (respond(Rejections.of(theirs, head))) {
                linger();
                if (!connection.isOpen()) {
                    throw new ClosedChannelException();
                }
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
}
