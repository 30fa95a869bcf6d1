package io.tollgate.runner.auth;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A client that is made when it is first asked for, and again, at most once a second, while that fails: a cluster or
 * Sentinels may come after the gateway.
 */
final class LateClient implements Supplier<UnifiedJedis>, AutoCloseable {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<UnifiedJedis> connect;
    private @Nullable UnifiedJedis client;
    private @Nullable RuntimeException failure;
    private long failedAt;
    private boolean closed;

    LateClient(Supplier<UnifiedJedis> connect) {
        this.connect = requireNonNull(connect, "connect");
    }

    /** The client. Blocks while one is made. */
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

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
    }
}
