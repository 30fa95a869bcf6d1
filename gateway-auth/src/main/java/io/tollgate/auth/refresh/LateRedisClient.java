package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A client of Redis that is made when it is first used, and again, at most once a second, while that fails: a cluster or
 * Sentinels may start after the service. The builders of the stores of refresh tokens and of revocations take it.
 *
 * <p>Thread-safe. Owns the client that it makes.
 */
@SuppressWarnings("exports") // The module of Jedis is required by whoever makes the client.
public final class LateRedisClient implements Supplier<UnifiedJedis>, AutoCloseable {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<UnifiedJedis> connect;
    private @Nullable UnifiedJedis client;
    private @Nullable RuntimeException failure;
    private long failedAt;
    private boolean closed;

    /**
     * Creates one.
     *
     * @param connect makes the client; may block, and may throw
     */
    public LateRedisClient(Supplier<UnifiedJedis> connect) {
        this.connect = requireNonNull(connect, "connect");
    }

    /** Returns the client; blocks while one is made. */
    @Override
    public synchronized UnifiedJedis get() {
        if (closed) {
            throw new JedisConnectionException("closed");
        }
        UnifiedJedis made = client;
        if (made != null) {
            return made;
        }
        if (failure != null && System.nanoTime() - failedAt < RETRY_NANOS) {
            throw new JedisConnectionException("Redis cannot be reached", failure);
        }
        try {
            made = connect.get();
        } catch (RuntimeException e) {
            failure = e;
            failedAt = System.nanoTime();
            throw e;
        }
        failure = null;
        client = made;
        return made;
    }

    /** Closes the client. */
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
    }
}
