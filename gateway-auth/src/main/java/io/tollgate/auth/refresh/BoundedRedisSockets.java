package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Makes sockets to Redis on which a reply that is too large or nested too deep fails, and closes the connection: otherwise
 * Jedis would allocate whatever a faulty server announces.
 *
 * <pre>{@code
 * JedisSocketFactory sockets = new BoundedRedisSockets(new DefaultJedisSocketFactory(address, config));
 * ConnectionFactory connections = new ConnectionFactory(sockets, config);
 * }</pre>
 *
 * <p>A reply may have 1 MiB, which the stores of this module never need, and 8 levels.
 */
@SuppressWarnings("exports") // The module of Jedis is required by the user's module that makes the client.
public final class BoundedRedisSockets implements JedisSocketFactory {
    private final JedisSocketFactory sockets;

    /**
     * Creates a factory.
     *
     * @param sockets makes the sockets
     */
    public BoundedRedisSockets(JedisSocketFactory sockets) {
        this.sockets = requireNonNull(sockets, "sockets");
    }

    @Override
    public Socket createSocket() {
        try {
            return new BoundedSocket(sockets.createSocket());
        } catch (IOException e) {
            throw new JedisConnectionException("socket not usable", e);
        }
    }

    /** A connected socket with another input stream. */
    private static final class BoundedSocket extends Socket {
        private final Socket socket;
        private final InputStream replies;

        BoundedSocket(Socket socket) throws IOException {
            super((SocketImpl) null);
            this.socket = socket;
            this.replies = new BoundedReplies(socket.getInputStream());
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
