package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/** A source whose first bytes have been read already, and are read again before those of the socket. */
final class UnreadSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final ByteBuffer first;

    UnreadSource(StreamSourceConduit socket, ByteBuffer first) {
        super(socket);
        this.first = first;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!first.hasRemaining()) {
            return next.read(dst);
        }
        int count = Math.min(first.remaining(), dst.remaining());
        dst.put(dst.position(), first, first.position(), count);
        dst.position(dst.position() + count);
        first.position(first.position() + count);
        return count;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        if (!first.hasRemaining()) {
            return next.read(dsts, offset, length);
        }
        for (int i = offset; i < offset + length; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    /** Resumes reads, and has the first bytes read if there are any, of which the socket would not tell. */
    @Override
    public void resumeReads() {
        if (first.hasRemaining()) {
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }
}
