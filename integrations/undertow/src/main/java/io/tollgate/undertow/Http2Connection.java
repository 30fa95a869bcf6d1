package io.tollgate.undertow;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * HTTP/2 on a connection (RFC 9113): reads it, and ends it. Undertow's own implementation is not used: it announces a limit of streams
 * without enforcing it, queues responses to PING and SETTINGS without a bound, closes the connection with GOAWAY while responses are
 * written, and ends it for a head that is too large. Belongs to the connection's I/O thread.
 */
final class Http2Connection implements GuardedConnection.Protocol {
    private static final Logger log = LoggerFactory.getLogger(Http2Connection.class);

    /** The bytes that are read in a row, so that the other connections of the thread get their turn. */
    private static final int MAX_TURN = 256 * 1024;

    private static final int MIN_SECTION = 8 * 1024;
    private static final int EVICTION_MILLIS = 1_000;

    /** The data of the PING whose response shows that the client has seen the first GOAWAY. */
    static final long DRAIN_PING = 0x746f6c6c67617465L;

    private final GuardedConnection guarded;
    private final Server server;
    private final Http2Streams streams;
    private final Http2Reader reader;
    private final Http2Output output;
    private final Http2Writer writer;
    private final Http2Clock clock;
    private final ConduitStreamSourceChannel channel;
    private Ending ending = Ending.NONE;
    private boolean suspended;

    /** The frames that were read from the socket, and wait for room for their responses; null if there are none. */
    private @Nullable PooledByteBuffer unread;

    private enum Ending {
        NONE,
        /** The client has been told that the connection ends, but not with which stream. */
        DRAINING,
        /** No further streams are accepted. */
        LAST,
        /** Nothing is read or written any more. */
        ENDED
    }

    private Http2Connection(GuardedConnection guarded, Server server) {
        this.guarded = guarded;
        this.server = server;
        this.channel = guarded.connection().getSourceChannel();
        this.output = new Http2Output(guarded.sink(), server.buffers());
        this.writer = new Http2Writer(guarded, output, this::settle, this::taken);
        this.clock = new Http2Clock(guarded, server.settings());
        this.streams = new Http2Streams(this, server.settings());
        this.reader = new Http2Reader(
                streams, Math.max(MIN_SECTION, 2 * server.settings().heads().maxSize()));
    }

    /** Speaks HTTP/2 on a connection, from its preface on. */
    static void start(GuardedConnection guarded, Server server) {
        new Http2Connection(guarded, server).begin(null, null);
    }

    /**
     * Speaks HTTP/2 on a connection after an upgrade from HTTP/1.1.
     *
     * @param head of the request that asked for it, which is the first stream
     * @param settings of the client
     */
    static void upgrade(GuardedConnection guarded, Server server, Http2Head head, ByteBuffer settings) {
        new Http2Connection(guarded, server).begin(head, settings);
    }

    private void begin(@Nullable Http2Head head, @Nullable ByteBuffer settings) {
        guarded.neverExpire();
        guarded.speak(this);
        guarded.connection().setCloseListener(closed -> closed());
        writer.hold();
        output.settings(
                Http2Frame.MAX_CONCURRENT_STREAMS,
                server.settings().maxStreams(),
                Http2Frame.MAX_HEADER_LIST_SIZE,
                server.settings().heads().maxSize());
        output.window(0, Http2Streams.RECEIVE_WINDOW - Http2Frame.DEFAULT_WINDOW);
        if (head != null && settings != null) {
            try {
                streams.upgraded(head, settings);
            } catch (IOException e) {
                fail(e);
                return;
            }
        }
        if (server.connections().isDraining()) {
            drain();
        }
        channel.setReadListener(ready -> read());
        channel.resumeReads();
        read();
    }

    GuardedConnection guarded() {
        return guarded;
    }

    Server server() {
        return server;
    }

    XnioIoThread thread() {
        return guarded.connection().getIoThread();
    }

    Http2Streams streams() {
        return streams;
    }

    Http2Output output() {
        return output;
    }

    Http2Writer writer() {
        return writer;
    }

    private void read() {
        if (ending == Ending.ENDED) {
            return;
        }
        writer.hold();
        try {
            readSome();
        } catch (IOException e) {
            fail(e);
            return;
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A connection in HTTP/2 failed");
            guarded.close();
            return;
        }
        if (ending != Ending.ENDED) {
            settle();
            writer.release();
            suspend();
            if (unread != null && mayRead()) {
                guarded.run(this::read); // After the other connections; the socket may have nothing more to tell.
            }
        }
    }

    /** Returns whether another frame may be read: the client has taken most of what it is due. */
    boolean mayRead() {
        return ending != Ending.ENDED && !output.isFull();
    }

    private void readSome() throws IOException {
        PooledByteBuffer pooled = unread;
        unread = null;
        if (pooled == null) {
            pooled = server.buffers().allocate();
            pooled.getBuffer().limit(0);
        }
        boolean unfinished = false;
        try {
            readInto(pooled.getBuffer());
            unfinished = ending != Ending.ENDED && pooled.getBuffer().hasRemaining();
        } finally {
            if (unfinished) {
                unread = pooled;
            } else {
                pooled.close();
            }
        }
    }

    /** Reads the frames that a buffer holds, and then those of the socket. */
    private void readInto(ByteBuffer buffer) throws IOException {
        parse(buffer);
        int total = 0;
        while (total < MAX_TURN && mayRead()) { // Then all of the buffer has been read.
            int read = channel.read(buffer.clear());
            buffer.flip();
            if (read < 0) {
                guarded.close();
                return;
            }
            parse(buffer);
            total += read;
            // A socket that gives less has no more. TLS gives one record at a time, and is closed by Undertow if a
            // hundred
            // records wait in vain.
            if (read == 0 || (read < buffer.capacity() && !guarded.isSecure())) {
                return;
            }
        }
    }

    private void parse(ByteBuffer bytes) throws IOException {
        reader.read(bytes);
        if (!streams.keeps(reader.keptBytes())) {
            throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "the server has no room for the field section");
        }
    }

    /** Reads nothing more while the client does not take what it is due. */
    private void suspend() {
        if (output.isFull() != suspended) {
            suspended = !suspended;
            if (suspended) {
                channel.suspendReads();
            } else {
                channel.resumeReads();
            }
        }
    }

    private void taken() {
        suspend();
        if (unread != null && mayRead()) {
            read();
        }
        streamEnded();
    }

    /** Enters the phase in which the connection is, and sets the deadline for the next one. */
    void settle() {
        if (ending == Ending.ENDED) {
            return;
        }
        boolean within = reader.isWithin();
        Phase phase = phase(within);
        if (guarded.place().phase() != phase) {
            if (phase == Phase.BUSY) {
                guarded.place().busy();
            } else {
                guarded.place().enter(phase);
            }
        }
        if (writer.isBlocked()) {
            clock.set(Http2Clock.State.BLOCKED, writer.writes());
        } else if (within) {
            clock.set(Http2Clock.State.WITHIN, reader.units());
        } else {
            clock.set(streams.isEmpty() ? Http2Clock.State.IDLE : Http2Clock.State.NONE, 0);
        }
    }

    private Phase phase(boolean within) {
        if (!streams.isEmpty()) {
            return streams.phase();
        }
        if (unread != null) {
            return Phase.STALLED; // Requests wait until the client takes the responses to those before them.
        }
        return within ? Phase.HEAD : Phase.IDLE;
    }

    /** A stream has ended, or the client has taken what was written. Ends the connection if that was all. */
    void streamEnded() {
        if (streams.isEmpty() && ending == Ending.LAST) {
            try {
                if (writer.flush()) {
                    end(Http2Error.NO_ERROR);
                }
            } catch (IOException e) {
                guarded.close(); // Reset by the client.
            }
        }
        settle();
    }

    /** Accepts no further streams, and ends the connection when those that there are have ended. */
    void endAfterStreams() {
        lastStream(Http2Error.NO_ERROR);
        streamEnded();
    }

    /** Returns whether streams with a higher number than so far are not accepted. */
    boolean isLast() {
        return ending == Ending.LAST || ending == Ending.ENDED;
    }

    private void lastStream(Http2Error error) {
        if (ending == Ending.NONE || ending == Ending.DRAINING) {
            ending = Ending.LAST;
            output.goAway(streams.last(), error);
            writer.soon();
        }
    }

    /** Ends the connection: at once, if nothing is to be written. */
    private void end(Http2Error error) {
        lastStream(error);
        if (ending == Ending.ENDED) {
            return;
        }
        ending = Ending.ENDED;
        writer.end();
        dropUnread();
        guarded.neverExpire();
        streams.endAll();
        guarded.linger();
    }

    /** Ends the connection for an error of the client's, or because it is broken. */
    void fail(IOException e) {
        if (e instanceof Http2Exception error && ending != Ending.ENDED) {
            log.atDebug()
                    .addKeyValue("peer", guarded.peer().getHostAddress())
                    .addKeyValue("error", error.error())
                    .log("A connection ends for a fault of the client: {}", error.getMessage());
            if (ending == Ending.LAST) {
                output.goAway(streams.last(), error.error());
            }
            end(error.error());
        } else {
            guarded.close();
        }
    }

    private void closed() {
        ending = Ending.ENDED;
        writer.end();
        dropUnread();
        streams.endAll();
    }

    private void dropUnread() {
        if (unread != null) {
            unread.close();
            unread = null;
        }
    }

    @Override
    public void evict(boolean withResponse, Consumer<GuardedConnection.Outcome> outcome) {
        if (guarded.place().phase() == Phase.SHARED) {
            streams.giveUpBodies(Phase.BODY);
            streams.memory().trim();
            outcome.accept(GuardedConnection.Outcome.RELIEVED);
            return;
        }
        if (withResponse && streams.phase() == Phase.BODY && ending != Ending.ENDED) {
            guarded.closing(outcome);
            guarded.closeAfter(EVICTION_MILLIS);
            streams.giveUpBodies(Phase.CLOSING); // Before those that are dropped with a response that is new.
            streams.giveUpBodies(Phase.BODY);
            endAfterStreams();
        } else {
            guarded.closeNow(outcome);
        }
    }

    /** Announces the end, so that the client sends further requests elsewhere; those that are on their way are still served. */
    @Override
    public void drain() {
        if (ending == Ending.NONE) {
            ending = Ending.DRAINING;
            output.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR);
            output.ping(DRAIN_PING, false);
            writer.soon();
        }
    }

    /** The client has seen the announcement of {@link #drain}. */
    void drained() {
        if (ending == Ending.DRAINING) {
            endAfterStreams();
        }
    }

    @Override
    public void closeIfIdle() {
        endAfterStreams();
    }

    @Override
    public void expire() {
        switch (clock.state()) {
            case WITHIN -> fail(new Http2Exception(Http2Error.PROTOCOL_ERROR, "a frame did not arrive in time"));
            case IDLE -> end(Http2Error.NO_ERROR);
            default -> guarded.close();
        }
    }
}
