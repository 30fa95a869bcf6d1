package io.tollgate.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes the frames of a server (RFC 9113, section 6) into buffers, which {@link #flush} writes to the socket. Holds no buffer
 * while there is nothing to write.
 */
final class Http2Output {
    /** The bytes beyond which no content is taken any more: two buffers that are full. */
    private static final int MAX_CONTENT = 2 * Listener.BUFFER_SIZE;

    /** The bytes beyond which nothing more is read from the client, whose frames may need a response each. */
    private static final int MAX_PENDING = 4 * Listener.BUFFER_SIZE;

    /** A frame of content is not made smaller than this to fit into the rest of a buffer. */
    private static final int MIN_CONTENT = 1024;

    private final StreamSinkConduit socket;
    private final ByteBufferPool pool;

    /** The buffers in the order in which they are written; all but the last are flipped. */
    private final Deque<PooledByteBuffer> buffers = new ArrayDeque<>(2);

    private int pending;
    private boolean closed;

    Http2Output(StreamSinkConduit socket, ByteBufferPool pool) {
        this.socket = socket;
        this.pool = pool;
    }

    /** Returns whether the socket has taken all. */
    boolean isEmpty() {
        return pending == 0;
    }

    /** Returns whether content may be added. */
    boolean hasRoom() {
        return pending < MAX_CONTENT && !closed;
    }

    /** Returns whether the client must take something before anything more is read from it. */
    boolean isFull() {
        return pending >= MAX_PENDING;
    }

    void settings(int... idsAndValues) {
        ByteBuffer frame = frame(idsAndValues.length * 3, Http2Frame.SETTINGS, 0, 0);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            frame.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
        }
    }

    void settingsAck() {
        frame(0, Http2Frame.SETTINGS, Http2Frame.ACK, 0);
    }

    void ping(long data, boolean ack) {
        frame(8, Http2Frame.PING, ack ? Http2Frame.ACK : 0, 0).putLong(data);
    }

    void goAway(int lastStream, Http2Error error) {
        frame(8, Http2Frame.GOAWAY, 0, 0).putInt(lastStream).putInt(error.code());
    }

    void window(int stream, int increment) {
        frame(4, Http2Frame.WINDOW_UPDATE, 0, stream).putInt(increment);
    }

    void reset(int stream, Http2Error error) {
        frame(4, Http2Frame.RST_STREAM, 0, stream).putInt(error.code());
    }

    void headers(int stream, HpackEncoder section, boolean endsStream) {
        int type = Http2Frame.HEADERS;
        int flags = endsStream ? Http2Frame.END_STREAM : 0;
        int from = 0;
        do {
            int count = Math.min(section.size() - from, Listener.BUFFER_SIZE - Http2Frame.HEADER_SIZE);
            boolean last = from + count == section.size();
            frame(count, type, last ? flags | Http2Frame.END_HEADERS : flags, stream)
                    .put(section.bytes(), from, count);
            from += count;
            type = Http2Frame.CONTINUATION;
            flags = 0;
        } while (from < section.size());
    }

    /**
     * Adds a frame with content, if there is room.
     *
     * @param max the maximum of bytes, at least 1
     * @param last whether the stream ends with the last byte of {@code content}
     * @return the number of bytes that were added
     */
    int data(int stream, ByteBuffer content, int max, boolean last) {
        ByteBuffer buffer = buffer(Http2Frame.HEADER_SIZE + Math.min(MIN_CONTENT, content.remaining()));
        int count = Math.min(Math.min(content.remaining(), max), buffer.remaining() - Http2Frame.HEADER_SIZE);
        boolean ends = last && count == content.remaining();
        head(buffer, count, Http2Frame.DATA, ends ? Http2Frame.END_STREAM : 0, stream);
        buffer.put(buffer.position(), content, content.position(), count);
        buffer.position(buffer.position() + count);
        content.position(content.position() + count);
        pending += count;
        return count;
    }

    /** Ends a stream without more content. */
    void end(int stream) {
        frame(0, Http2Frame.DATA, Http2Frame.END_STREAM, stream);
    }

    /** Adds the head of a frame; returns a buffer with room for its payload, which counts as written. */
    private ByteBuffer frame(int length, int type, int flags, int stream) {
        ByteBuffer buffer = buffer(Http2Frame.HEADER_SIZE + length);
        head(buffer, length, type, flags, stream);
        pending += length;
        return buffer;
    }

    private void head(ByteBuffer buffer, int length, int type, int flags, int stream) {
        buffer.putInt(length << 8 | type).put((byte) flags).putInt(stream);
        pending += Http2Frame.HEADER_SIZE;
    }

    private ByteBuffer buffer(int room) {
        if (closed) {
            return ByteBuffer.allocate(room); // Goes nowhere.
        }
        PooledByteBuffer last = buffers.peekLast();
        if (last != null && last.getBuffer().remaining() >= room) {
            return last.getBuffer();
        }
        if (last != null) {
            last.getBuffer().flip();
        }
        PooledByteBuffer next = pool.allocate();
        next.getBuffer().clear();
        buffers.addLast(next);
        return next.getBuffer();
    }

    /** Writes what the socket takes; returns whether that is all. */
    boolean flush() throws IOException {
        if (closed) {
            return true;
        }
        PooledByteBuffer first = buffers.peekFirst();
        while (first != null) {
            ByteBuffer buffer = first.getBuffer();
            boolean isLast = buffers.size() == 1;
            if (isLast) {
                buffer.flip();
            }
            try {
                while (buffer.hasRemaining()) {
                    int written = socket.write(buffer);
                    pending -= written;
                    if (written == 0) {
                        return false;
                    }
                }
            } finally {
                if (isLast) {
                    buffer.compact();
                }
            }
            buffers.removeFirst().close();
            first = buffers.peekFirst();
        }
        return socket.flush();
    }

    /** Drops what is left. */
    void close() {
        closed = true;
        pending = 0;
        PooledByteBuffer buffer = buffers.pollFirst();
        while (buffer != null) {
            buffer.close();
            buffer = buffers.pollFirst();
        }
    }
}
