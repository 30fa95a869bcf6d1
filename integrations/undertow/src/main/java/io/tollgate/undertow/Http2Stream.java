package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One stream of a connection (RFC 9113, section 5): its windows, its two halves, and the channel of its response. */
final class Http2Stream implements ResponseChannel {
    /** A window is opened again when so much of it has been used. */
    private static final int CREDIT = Http2Frame.DEFAULT_WINDOW / 2;

    private final int id;
    private final Http2Connection connection;
    private long sendWindow;
    private int receiveWindow = Http2Frame.DEFAULT_WINDOW;
    private int credit;
    private boolean remoteEnded;
    private boolean localEnded;
    private boolean wantsToWrite;
    private boolean closed;
    private Phase phase = Phase.BUSY;
    private Runnable writer = () -> {};
    private @Nullable Http2Transaction transaction;

    Http2Stream(int id, Http2Connection connection, long sendWindow, boolean remoteEnded) {
        this.id = id;
        this.connection = connection;
        this.sendWindow = sendWindow;
        this.remoteEnded = remoteEnded;
    }

    int id() {
        return id;
    }

    Http2Connection connection() {
        return connection;
    }

    /** Returns the transaction of the stream, which must have begun. */
    Http2Transaction transaction() {
        if (transaction == null) {
            throw new IllegalStateException("the stream has no transaction");
        }
        return transaction;
    }

    void begin(Http2Transaction begun) {
        transaction = begun;
    }

    Phase phase() {
        return phase;
    }

    /** Enters a phase: {@link Phase#BUSY}, {@link Phase#BODY}, {@link Phase#STALLED} or {@link Phase#CLOSING}. */
    void enter(Phase next) {
        if (phase != next && !closed) {
            Phase before = phase;
            phase = next;
            transaction().requestBody().count();
            connection.streams().moved(before, next);
        }
    }

    /** Waits for the body of its request, unless its response waits already, which counts more. */
    void awaitBody() {
        if (phase == Phase.BUSY) {
            enter(Phase.BODY);
        }
    }

    /** Waits for the body no longer. */
    void endBody() {
        if (phase == Phase.BODY) {
            enter(Phase.BUSY);
        }
    }

    /** Returns whether the client has sent all of its request. */
    boolean isRemoteEnded() {
        return remoteEnded;
    }

    void remoteEnded() {
        remoteEnded = true;
    }

    /** Returns whether all of the response has been written. */
    boolean isLocalEnded() {
        return localEnded;
    }

    /** Counts what has arrived; returns the bytes by which that is more than the window allows, or less as a negative number. */
    int received(int flow) {
        receiveWindow -= flow;
        return -receiveWindow;
    }

    int receiveWindow() {
        return receiveWindow;
    }

    /** Lets the client send as many bytes again, on this stream and on the connection. */
    void credit(int bytes) {
        connection.streams().credit(bytes);
        credit += bytes;
        if (credit >= CREDIT && !remoteEnded) {
            connection.output().window(id, credit);
            receiveWindow += credit;
            credit = 0;
            connection.writer().soon();
        }
    }

    /** Opens the window of the client, or closes it for a negative number; returns whether that is possible. */
    boolean open(long increment) {
        sendWindow += increment;
        if (sendWindow > Http2Frame.MAX_WINDOW) {
            return false;
        }
        if (wantsToWrite && sendWindow > 0) {
            connection.writer().await(this);
        }
        return true;
    }

    /** Asks the client for the body that it announced. */
    void proceed() {
        HpackEncoder section = connection.streams().encoder();
        section.begin(100);
        headers(section, false);
    }

    void headers(HpackEncoder section, boolean ends) {
        connection.output().headers(id, section, ends);
        localEnded |= ends;
        connection.writer().soon();
    }

    /**
     * Writes content as far as there is room for it.
     *
     * @param last whether the stream ends with it
     * @return the number of bytes that were written
     */
    int write(ByteBuffer source, boolean last) {
        int written = 0;
        int max = max();
        while (max > 0 && source.hasRemaining()) {
            int count = connection.output().data(id, source, max, last);
            connection.streams().dataSent(count);
            sendWindow -= count;
            written += count;
            max = max();
        }
        if (last && !source.hasRemaining()) {
            localEnded = true;
        }
        connection.writer().soon();
        return written;
    }

    private int max() {
        long windows = Math.min(sendWindow, connection.writer().window());
        return connection.output().hasRoom() ? (int) Math.min(windows, Http2Frame.MAX_SIZE) : 0;
    }

    @Override
    public int write(ByteBuffer source) {
        return write(source, false);
    }

    @Override
    public void shutdownWrites() {
        connection.output().end(id);
        localEnded = true;
    }

    @Override
    public boolean flush() throws IOException {
        return connection.writer().flush();
    }

    @Override
    public void onWritable(Runnable next) {
        writer = next;
    }

    @Override
    public void resumeWrites() {
        wantsToWrite = !closed;
        if (!closed && (sendWindow > 0 || localEnded)) {
            connection.writer().await(this);
        }
    }

    @Override
    public void suspendWrites() {
        wantsToWrite = false;
    }

    /** The stream does not count any more, whatever its transaction goes on to do. */
    void close() {
        closed = true;
        wantsToWrite = false;
    }

    /** Goes on to write, if it still wants to. */
    void writable() {
        if (wantsToWrite) {
            wantsToWrite = false;
            writer.run();
        }
    }
}
