package io.tollgate.auth.refresh;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** No client here sends a command; those of the stores' tests do. */
class LateRedisClientTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final TimeSource time = new TimeSource() {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanoTime() {
            return nanos.get();
        }
    };

    @Test
    void makesOneClientWhenItIsFirstUsedAndClosesIt() {
        LateRedisClient late = new LateRedisClient(this::client, time);
        assertThat(attempts).hasValue(0);

        assertThat(late.get()).isSameAs(late.get());
        late.close();

        assertThat(attempts).hasValue(1);
        assertThat(closes).hasValue(1);
        assertThatThrownBy(late::get)
                .isInstanceOf(JedisConnectionException.class)
                .hasMessage("closed");
    }

    @Test
    void aFailureIsNotTriedAgainWithinASecond() {
        RuntimeException refused = new JedisConnectionException("refused");
        Supplier<UnifiedJedis> connect = () -> {
            if (attempts.get() == 0) {
                attempts.incrementAndGet();
                throw refused;
            }
            return client();
        };
        try (LateRedisClient late = new LateRedisClient(connect, time)) {
            assertThatThrownBy(late::get).isSameAs(refused);
            nanos.addAndGet(999_999_999);
            assertThatThrownBy(late::get).hasCause(refused);
            assertThat(attempts).hasValue(1);

            nanos.addAndGet(1);
            assertThat(late.get()).isNotNull();
        }
    }

    @Test
    void anErrorIsNotTriedAgainWithinASecondEither() {
        StackOverflowError error = new StackOverflowError();
        Supplier<UnifiedJedis> connect = () -> {
            attempts.incrementAndGet();
            throw error;
        };
        try (LateRedisClient late = new LateRedisClient(connect, time)) {
            assertThatThrownBy(late::get).isSameAs(error);
            assertThatThrownBy(late::get)
                    .isInstanceOf(JedisConnectionException.class)
                    .hasCause(error);
            assertThat(attempts).hasValue(1);

            nanos.addAndGet(1_000_000_000);
            assertThatThrownBy(late::get).isSameAs(error);
            assertThat(attempts).hasValue(2);
        }
    }

    @Test
    void closeDoesNotWaitForAConnectionThatIsBeingMadeAndIsClosedThen() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        LateRedisClient late = new LateRedisClient(
                () -> {
                    entered.countDown();
                    awaited(connected);
                    return client();
                },
                time);
        CompletableFuture<Throwable> user = CompletableFuture.supplyAsync(() -> catchThrowable(late::get), THREADS);
        assertThat(entered.await(30, SECONDS)).isTrue();

        CompletableFuture.runAsync(late::close, THREADS).get(30, SECONDS);
        assertThat(user).isNotDone();
        connected.countDown();

        assertThat(user.get(30, SECONDS))
                .isInstanceOf(JedisConnectionException.class)
                .hasMessage("closed");
        assertThat(closes).hasValue(1);
    }

    @SuppressWarnings("deprecation") // Of all versions of Jedis.
    private UnifiedJedis client() {
        attempts.incrementAndGet();
        return new UnifiedJedis(
                new PooledConnectionProvider(new HostAndPort("localhost", 1)), 1, Duration.ofSeconds(1)) {
            @Override
            public void close() {
                closes.incrementAndGet();
                super.close();
            }
        };
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
