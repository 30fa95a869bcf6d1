package io.tollgate.ratelimit;

import java.io.IOException;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;

/**
 * A connection and the socket under it, which any thread can close, even if the connection is stuck. Jedis can do that
 * too, but not in all versions that this library runs with.
 */
record RedisLink(Connection connection, Socket socket) implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

    /** Closes the connection at once: nothing is flushed, and no closing handshake of TLS can block. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("Closing a connection to Redis", e);
        }
    }
}
