package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import io.tollgate.auth.refresh.BoundedReplies.Bounds;
import io.tollgate.auth.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.time.Duration;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Makes sockets to Redis on which a reply fails, and the connection closes, if the reply is too large, nested too deep, too slow
 * or malformed. Without them, Jedis allocates whatever a faulty server announces, and waits for each byte of a reply anew.
 *
 * <pre>{@code
 * JedisSocketFactory sockets = new BoundedRedisSockets(new DefaultJedisSocketFactory(address, config));
 * ConnectionFactory connections = new ConnectionFactory(sockets, config);
 * }</pre>
 *
 * <p>A reply may have 1 MiB, 65,536 elements and 8 levels, which the stores of this module never need, and may take a time. Jedis
 * accepts such a factory for a single server only: the replies of a cluster, and of servers behind Sentinels, are not bounded.
 */
@SuppressWarnings("exports") // The module of Jedis is required by the user's module that makes the client.
public final class BoundedRedisSockets implements JedisSocketFactory {
    static final int MAX_REPLY_BYTES = 1024 * 1024;
    private static final int MAX_ELEMENTS = 65_536;

    private final JedisSocketFactory sockets;
    private final Bounds bounds;

    /**
     * Creates a factory of sockets on which a reply may take 5 seconds.
     *
     * @param sockets makes the sockets
     */
    public BoundedRedisSockets(JedisSocketFactory sockets) {
        this(sockets, Duration.ofSeconds(5));
    }

    /**
     * Creates a factory.
     *
     * @param sockets makes the sockets
     * @param replyTimeout the time from the first to the last byte of a reply, 10 milliseconds to 1 minute. A read that waits
     *     is not interrupted by it, but by the timeout of the socket
     */
    public BoundedRedisSockets(JedisSocketFactory sockets, Duration replyTimeout) {
        this.sockets = requireNonNull(sockets, "sockets");
        Duration timeout = Settings.within("replyTimeout", replyTimeout, Duration.ofMillis(10), Duration.ofMinutes(1));
        this.bounds = new Bounds(MAX_REPLY_BYTES, MAX_ELEMENTS, timeout.toNanos());
    }

    @Override
    public Socket createSocket() {
        try {
            return new BoundedSocket(sockets.createSocket(), bounds);
        } catch (IOException e) {
            throw new JedisConnectionException("socket not usable", e);
        }
    }

    /** A connected socket with another input stream. */
    private static final class BoundedSocket extends Socket {
        private final Socket socket;
        private final InputStream replies;

        BoundedSocket(Socket socket, Bounds bounds) throws IOException {
            super((SocketImpl) null);
            this.socket = socket;
            this.replies = new BoundedReplies(socket.getInputStream(), bounds);
        }

        @Override
        public InputStream getInputStream() {
            return replies;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public synchronized int getSoTimeout() throws SocketException {
            return socket.getSoTimeout();
        }

        @Override
        public synchronized void setSoTimeout(int millis) throws SocketException {
            socket.setSoTimeout(millis);
        }

        @Override
        public void setSoLinger(boolean on, int seconds) throws SocketException {
            socket.setSoLinger(on, seconds);
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return socket.getRemoteSocketAddress();
        }

        @Override
        public SocketAddress getLocalSocketAddress() {
            return socket.getLocalSocketAddress();
        }

        @Override
        public boolean isConnected() {
            return socket.isConnected();
        }

        @Override
        public boolean isBound() {
            return socket.isBound();
        }

        @Override
        public boolean isClosed() {
            return socket.isClosed();
        }

        @Override
        public boolean isInputShutdown() {
            return socket.isInputShutdown();
        }

        @Override
        public boolean isOutputShutdown() {
            return socket.isOutputShutdown();
        }

        @Override
        public void shutdownInput() throws IOException {
            socket.shutdownInput();
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public synchronized void close() throws IOException {
            socket.close();
        }

        @Override
        public String toString() {
            return socket.toString();
        }
    }
}
