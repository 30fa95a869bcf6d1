package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
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
@SuppressWarnings("exports") // The module of Jedis is required by the user's module that makes the client.
public final class LateRedisClient implements Supplier<UnifiedJedis>, AutoCloseable {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<UnifiedJedis> connect;
    private final TimeSource time;
    private final Object connecting = new Object();
    private @Nullable Throwable failure;
    private long failedAt;

    private final Object state = new Object();
    private volatile @Nullable UnifiedJedis client;
    private volatile boolean closed;

    /**
     * Creates one.
     *
     * @param connect makes the client; may block, and may throw
     */
    public LateRedisClient(Supplier<UnifiedJedis> connect) {
        this(connect, TimeSource.system());
    }

    LateRedisClient(Supplier<UnifiedJedis> connect, TimeSource time) {
        this.connect = requireNonNull(connect, "connect");
        this.time = time;
    }

    /**
     * Returns the client; blocks while one is made.
     *
     * @throws JedisConnectionException if this is closed, or if the last attempt failed less than a second ago
     */
    @Override
    public UnifiedJedis get() {
        UnifiedJedis made = open();
        if (made != null) {
            return made;
        }
        synchronized (connecting) {
            made = open();
            return made != null ? made : connected();
        }
    }

    private @Nullable UnifiedJedis open() {
        if (closed) {
            throw closedAlready();
        }
        return client;
    }

    private UnifiedJedis connected() {
        Throwable last = failure;
        if (last != null && time.nanoTime() - failedAt < RETRY_NANOS) {
            throw new JedisConnectionException("Redis cannot be reached", last);
        }
        UnifiedJedis made;
        try {
            made = requireNonNull(connect.get(), "client");
        } catch (Throwable e) { // Errors too: they cost no less than other failures.
            failure = e;
            failedAt = time.nanoTime();
            throw e;
        }
        failure = null;
        synchronized (state) {
            if (!closed) {
                client = made;
                return made;
            }
        }
        made.close();
        throw closedAlready();
    }

    private static JedisConnectionException closedAlready() {
        return new JedisConnectionException("closed");
    }

    /** Closes the client. Does not wait for one that is being made, which is closed as soon as it is. */
    @Override
    public void close() {
        UnifiedJedis made;
        synchronized (state) {
            closed = true;
            made = client;
        }
        if (made != null) {
            made.close();
        }
    }
}
