package io.tollgate.ratelimit;

import java.io.IOException;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;

/**
 * A connection and the socket under it, which any thread can close, whatever the connection is stuck in. Jedis can do that too,
 * but not in all versions that this runs with.
 */
record RedisLink(Connection connection, Socket socket) implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

    /** Drops the connection at once: nothing is flushed, and no goodbye of TLS can block. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("Closing a connection to Redis", e);
        }
    }
}
