package io.tollgate.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * HTTP/1.1 on a connection as seen from below Undertow, right on the socket. Undertow responds to requests that it cannot read by
 * itself, with a bare status line; here it is known whether a response is ours, and one that is not is replaced. Belongs to the
 * connection's I/O thread.
 */
final class Http1Connection implements GuardedConnection.Protocol {
    private final GuardedConnection guarded;
    private final Place place;
    private final HeadBytes head;

    /** True during an exchange of ours: all that is written then is ours. */
    private boolean ours;

    /** The body that is arriving. */
    private @Nullable RequestBody body;

    private boolean rejected;

    /** Puts itself between the socket and Undertow, which must not have seen the connection yet. */
    Http1Connection(GuardedConnection guarded, HeadBytes head) {
        this.guarded = guarded;
        this.place = guarded.place();
        this.head = head;
        guarded.connection().getSourceChannel().setConduit(new Source(guarded.source()));
        guarded.connection().getSinkChannel().setConduit(new Sink(guarded.sink()));
    }

    /** Returns the connection that {@code exchange} came on. */
    static Http1Connection of(HttpServerExchange exchange) {
        return ((Sink) ((HttpServerConnection) exchange.getConnection()).getOriginalSinkConduit()).http1();
    }

    GuardedConnection guarded() {
        return guarded;
    }

    InetAddress peer() {
        return guarded.peer();
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
        return guarded.fits(bytes);
    }

    /** Reserves bytes for the body; returns whether there is room for them. */
    boolean hold(int bytes) {
        return guarded.hold(bytes);
    }

    /** Releases all bytes that are reserved for the connection. */
    void releaseBytes() {
        guarded.releaseBytes();
    }

    /** Notes that the rest of a body has yet to arrive. A client that takes no response is stalled all the same. */
    void awaitBody(RequestBody arriving) {
        body = arriving;
        if (place.phase() != Phase.STALLED) {
            place.enter(Phase.BODY);
        }
    }

    /** Notes that the body is no longer waited for. */
    void endBody() {
        body = null;
        if (place.phase() == Phase.BODY) {
            place.busy();
        }
    }

    /** Notes that the client does not take what is written. */
    void awaitClient() {
        if (place.phase() != Phase.STALLED) {
            place.enter(Phase.STALLED);
        }
    }

    /** Notes that the client takes what is written. */
    void proceed() {
        if (place.phase() == Phase.STALLED) {
            if (body == null) {
                place.busy();
            } else {
                place.enter(Phase.BODY);
            }
        }
    }

    /** Reads from the socket, past whatever Undertow has put around it. */
    int readRaw(ByteBuffer into) throws IOException {
        return guarded.source().read(into);
    }

    /**
     * Ends the output, and lingers. Releases the bytes of a body; those of an unreadable head stay in Undertow's parser, and
     * count, until the connection is closed.
     */
    void linger() {
        if (!guarded.isLingering()) {
            body = null;
            if (ours) {
                releaseBytes();
            }
        }
        guarded.linger();
    }

    /** Leaves the connection to another protocol, with what Undertow has read behind the request that asked for it. */
    void leave(HttpServerConnection undertow) {
        guarded.connection().getSourceChannel().setConduit(guarded.source());
        guarded.connection().getSinkChannel().setConduit(guarded.sink());
        PooledByteBuffer further = undertow.getExtraBytes();
        if (further != null) {
            ByteBuffer bytes = ByteBuffer.allocate(further.getBuffer().remaining());
            bytes.put(further.getBuffer()).flip();
            undertow.setExtraBytes(null);
            further.close();
            guarded.unread(bytes);
        }
    }

    @Override
    public void evict(boolean withResponse, Consumer<GuardedConnection.Outcome> outcome) {
        RequestBody arriving = body;
        if (withResponse && arriving != null && arriving.isEvictable()) {
            guarded.closing(outcome);
            arriving.evict();
        } else {
            guarded.closeNow(outcome);
        }
    }

    /** Does nothing: each response says whether another request may follow. */
    @Override
    public void drain() {}

    @Override
    public void closeIfIdle() {
        if (place.phase() == Phase.IDLE) {
            guarded.close();
        }
    }

    /** Does nothing: Undertow has the timers of heads and idle connections. */
    @Override
    public void expire() {}

    private final class Source extends AbstractStreamSourceConduit<StreamSourceConduit> {
        Source(StreamSourceConduit socket) {
            super(socket);
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
            if (head.isUnfinished() && !guarded.hold(head.cost())) {
                rejected = true;
                // Not now: Undertow goes on to wait for more bytes.
                guarded.run(() -> guarded.respondAndLinger(Rejections.overloaded()));
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
        Sink(StreamSinkConduit socket) {
            super(socket);
        }

        Http1Connection http1() {
            return Http1Connection.this;
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
            if (guarded.isLingering() || rejected) {
                return 0;
            }
            // If the socket takes less, Undertow resumes writes, and comes here again.
            if (guarded.respond(Rejections.of(theirs, head))) {
                guarded.linger();
                if (!guarded.connection().isOpen()) {
                    throw new ClosedChannelException();
                }
            }
            return 0;
        }

        @Override
        public void resumeWrites() {
            if (!guarded.isLingering()) {
                next.resumeWrites();
            }
        }

        @Override
        public void wakeupWrites() {
            if (!guarded.isLingering()) {
                next.wakeupWrites();
            }
        }
    }
}
