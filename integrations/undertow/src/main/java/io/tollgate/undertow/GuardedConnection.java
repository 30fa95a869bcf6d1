package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;
import org.xnio.ssl.SslConnection;

/**
 * A connection with its place among those of the server, and all the ways to end it. Belongs to the connection's I/O thread but for
 * {@link #cut}, {@link #evict}, {@link #closeIfIdle}, {@link #drain}, {@link #sweep} and {@link #place}.
 */
final class GuardedConnection {
    private static final long NEVER = Long.MAX_VALUE;

    /** The time for which a client may go on sending after the last response. */
    private static final int LINGER_MILLIS = 5_000;

    /** The time for a client to send its request to a server that has no room for it. */
    private static final int REJECTION_MILLIS = 2_000;

    private static final int DISCARD_BUFFER = 8 * 1024;

    private final InetAddress peer;
    private final ServerSettings settings;
    private final UnreadableResponder unreadable;
    private final Occupancy occupancy;
    private final Place place;
    private StreamConnection connection;
    private StreamSourceConduit source;
    private StreamSinkConduit sink;
    private Protocol protocol = new Undecided();
    private @Nullable X509Certificate certificate;
    private @Nullable ByteBuffer rejection;
    private boolean evicted;
    private boolean lingering;

    /** The reading of {@link System#nanoTime()} at which {@link Protocol#expire} is due. */
    private volatile long deadline = NEVER;

    /** The result of {@link #evict}. */
    enum Outcome {
        /** The connection is closed. */
        CLOSED,
        /** The connection stays open, with fewer bytes. */
        RELIEVED,
        /** The connection has gone on, and is not touched. */
        WENT_ON
    }

    /** The protocol that is spoken on a connection. Called on the I/O thread. */
    interface Protocol {
        /**
         * Makes room for others: ends the connection, by {@link #closeNow} or {@link #closing}, or gives up some of its requests.
         *
         * @param withResponse whether unfinished requests get a response first
         * @param outcome is called once
         */
        void evict(boolean withResponse, Consumer<Outcome> outcome);

        /** Ends the connection with the requests that it has, or soon after. */
        void drain();

        /** Ends the connection if it has no request. */
        void closeIfIdle();

        /** A deadline that was set with {@link #expireAt} has passed. */
        void expire();
    }

    /** Guards a connection, which counts for {@code source} beside counting among all; null for nobody. */
    GuardedConnection(
            StreamConnection connection,
            InetAddress peer,
            @Nullable Object source,
            ServerSettings settings,
            UnreadableResponder unreadable,
            Occupancy occupancy) {
        this.connection = connection;
        this.peer = peer;
        this.settings = settings;
        this.unreadable = unreadable;
        this.occupancy = occupancy;
        this.place = new Place(this, source);
        this.source = connection.getSourceChannel().getConduit();
        this.sink = connection.getSinkChannel().getConduit();
    }

    /** Returns the connection that requests are read from: with TLS, the inner side of it. */
    StreamConnection connection() {
        return connection;
    }

    /** Returns the bottom of {@link #connection}: what reads from it without buffering. */
    StreamSourceConduit source() {
        return source;
    }

    /** Returns the bottom of {@link #connection}: what writes to it without buffering. */
    StreamSinkConduit sink() {
        return sink;
    }

    InetAddress peer() {
        return peer;
    }

    Place place() {
        return place;
    }

    /** Returns whether TLS protects the connection. */
    boolean isSecure() {
        return connection instanceof SslConnection;
    }

    /** Returns the value of {@code Strict-Transport-Security}; null for none. */
    @Nullable
    String strictTransport() {
        return settings.strictTransport(isSecure());
    }

    /** Returns the certificate with which the client has authenticated itself. */
    Optional<X509Certificate> certificate() {
        return Optional.ofNullable(certificate);
    }

    void authenticated(X509Certificate client) {
        certificate = client;
    }

    /** Has what was read already read again. */
    void unread(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            source = new UnreadSource(source, bytes);
            connection.getSourceChannel().setConduit(source);
        }
    }

    /** Puts TLS around the connection. */
    void secure(SslConnection secured) {
        connection = secured;
        source = secured.getSourceChannel().getConduit();
        sink = secured.getSinkChannel().getConduit();
    }

    /** Speaks a protocol from now on. The deadline of the one before is left to it. */
    void speak(Protocol chosen) {
        protocol = chosen;
    }

    /** Has {@link Protocol#expire} called within about a second after {@code nanoTime}; replaces an earlier deadline. */
    void expireAt(long nanoTime) {
        deadline = nanoTime;
    }

    /** Has {@link Protocol#expire} not called. */
    void neverExpire() {
        deadline = NEVER;
    }

    /** Returns whether there could be room for that many bytes. */
    boolean fits(long bytes) {
        return occupancy.fits(bytes);
    }

    /** Reserves bytes; returns whether there is room for them. */
    boolean hold(int bytes) {
        return occupancy.hold(place, bytes);
    }

    /** Releases some of the bytes that are reserved for the connection. */
    void release(int bytes) {
        occupancy.release(place, bytes);
    }

    /** Releases all bytes that are reserved for the connection. */
    void releaseBytes() {
        if (place.bytes() != 0) {
            occupancy.release(place);
        }
    }

    /**
     * Makes room for others unless the connection has gone on since {@code stamp}: at once on its I/O thread, soon on others.
     *
     * @param withResponse whether a request whose body is arriving gets a response first
     * @param outcome is called once
     */
    void evict(long stamp, boolean withResponse, Consumer<Outcome> outcome) {
        if (Thread.currentThread() == connection.getIoThread()) {
            evictNow(stamp, withResponse, outcome);
        } else {
            run(() -> evictNow(stamp, withResponse, outcome));
        }
    }

    private void evictNow(long stamp, boolean withResponse, Consumer<Outcome> outcome) {
        if (!connection.isOpen()) {
            outcome.accept(Outcome.CLOSED);
        } else if (place.stamp() != stamp) {
            outcome.accept(Outcome.WENT_ON);
        } else {
            protocol.evict(withResponse, outcome);
        }
    }

    /** Closes the connection, which was chosen to make room. */
    void closeNow(Consumer<Outcome> outcome) {
        evicted = true;
        close();
        outcome.accept(Outcome.CLOSED);
    }

    /** Notes that the protocol closes the connection soon, to make room. */
    void closing(Consumer<Outcome> outcome) {
        evicted = true;
        connection.setCloseListener(closed -> outcome.accept(Outcome.CLOSED)); // Added to those before it.
    }

    /** Closes the connection if it has no request. */
    void closeIfIdle() {
        run(() -> protocol.closeIfIdle());
    }

    /** Ends the connection with the requests that it has. */
    void drain() {
        run(() -> protocol.drain());
    }

    /** Closes the connection, whatever it is doing. */
    void cut() {
        run(this::close);
    }

    void close() {
        IoUtils.safeClose(connection);
    }

    void run(Runnable task) {
        try {
            connection.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            close();
        }
    }

    /**
     * Ends the connection if its deadline has passed, or if bytes have been arriving for that long without becoming a request.
     * Any thread may call this.
     */
    void sweep(long nowNanos, long stuckAfterNanos) {
        long due = deadline;
        if (due != NEVER && nowNanos - due > 0) {
            run(() -> {
                if (deadline != NEVER && System.nanoTime() - deadline > 0) {
                    protocol.expire();
                }
            });
        }
        long stamp = place.stamp();
        if (Phase.of(stamp) == Phase.HEAD && nowNanos - Phase.sinceNanos(stamp) > stuckAfterNanos) {
            cut();
        }
    }

    /** Responds to the first bytes that the client sends, and closes the connection, of which no parser ever hears. */
    void reject(GatewayException reason) {
        place.enter(Phase.CLOSING);
        closeAfter(REJECTION_MILLIS);
        connection.getSourceChannel().setReadListener(channel -> respondAndLinger(reason));
        connection.getSourceChannel().resumeReads();
    }

    /** Writes our response, in HTTP/1.1, as far as the socket takes it at once, and lingers. */
    void respondAndLinger(GatewayException reason) {
        try {
            respond(reason);
        } catch (IOException e) {
            close();
            return;
        }
        linger();
    }

    /** Writes our response, in HTTP/1.1; returns whether the socket took all of it. */
    boolean respond(GatewayException reason) throws IOException {
        if (rejection == null) {
            rejection = ByteBuffer.wrap(ResponseBytes.of(unreadable.respond(reason, peer), strictTransport()));
        }
        while (rejection.hasRemaining()) {
            if (sink.write(rejection) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the output has ended, and the connection is about to close. */
    boolean isLingering() {
        return lingering;
    }

    /**
     * Ends the output, and reads on for a while before the connection is closed. To close with bytes unread would make the
     * kernel reset the connection, and the client lose the response that it has not read yet (RFC 9112, section 9.6).
     */
    void linger() {
        if (lingering) {
            return;
        }
        lingering = true;
        place.enter(Phase.CLOSING);
        try {
            sink.terminateWrites();
            sink.flush(); // With TLS, this writes the close_notify.
        } catch (IOException e) {
            close();
            return;
        }
        if (evicted) { // Its place is taken.
            close();
            return;
        }
        closeAfter(LINGER_MILLIS);
        connection.getSourceChannel().setReadListener(channel -> discard());
        connection.getSourceChannel().setConduit(source);
        connection.getSourceChannel().resumeReads();
        discard();
    }

    void closeAfter(int millis) {
        XnioExecutor.Key end = connection.getIoThread().executeAfter(this::close, millis, TimeUnit.MILLISECONDS);
        connection.setCloseListener(closed -> end.remove());
    }

    private void discard() {
        ByteBuffer nowhere = ByteBuffer.allocate(DISCARD_BUFFER);
        try {
            int read = source.read(nowhere);
            while (read > 0) {
                read = source.read(nowhere.clear());
            }
            if (read < 0) {
                close();
            }
        } catch (IOException e) {
            close(); // Reset by the client, which reads no response any more.
        }
    }

    /** The protocol of a connection whose first bytes have not come yet. */
    private final class Undecided implements Protocol {
        @Override
        public void evict(boolean withResponse, Consumer<Outcome> outcome) {
            closeNow(outcome);
        }

        @Override
        public void drain() {}

        @Override
        public void closeIfIdle() {
            if (place.phase() == Phase.IDLE) {
                close();
            }
        }

        @Override
        public void expire() {
            close();
        }
    }
}
