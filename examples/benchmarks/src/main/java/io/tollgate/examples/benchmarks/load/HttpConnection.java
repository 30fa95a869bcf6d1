package io.tollgate.examples.benchmarks.load;

import io.tollgate.examples.benchmarks.process.Ports;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection with one request in flight at a time. */
final class HttpConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final ResponseReader responses = new ResponseReader();
    /** When the request in flight was due, by {@link System#nanoTime()}. */
    private volatile long due;

    private HttpConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static HttpConnection open(int port, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open(Ports.address(port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        HttpConnection connection = new HttpConnection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    /** Sends a request that was due at {@code when}. */
    void send(ByteBuffer request, long when) throws IOException {
        due = when;
        // A request is far smaller than the socket's buffer, and that is empty.
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    long due() {
        return due;
    }

    /**
     * Reads what has arrived, by way of {@code buffer}.
     *
     * @return the status of the response if it is complete now, else 0
     * @throws IOException if the server closed the connection
     */
    int read(ByteBuffer buffer) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            throw new IOException("the server closed the connection");
        }
        return buffer.flip().hasRemaining() ? responses.take(buffer) : 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing depends on it any more.
        }
    }
}
