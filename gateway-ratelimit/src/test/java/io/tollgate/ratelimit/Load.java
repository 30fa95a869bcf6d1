package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that ask one after the other, and what became of them. */
final class Load implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Load.class);
    private static final int CLIENTS = 8;
    private static final Set<CommonError> GUESSES = Set.of(CommonError.UNAUTHENTICATED);

    private final RateLimiter limiter;
    private final RateLimit limit;
    private final int keys;
    private final AtomicLongArray admitted;
    private final AtomicLong decisions = new AtomicLong();
    private final AtomicLong fallbacks = new AtomicLong();
    private final AtomicLong refunds = new AtomicLong();
    private final AtomicLong lostRefunds = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean running = true;
    private long started;

    Load(RateLimiter limiter, RateLimit limit, int keys) {
        this.limiter = limiter;
        this.limit = limit;
        this.keys = keys;
        this.admitted = new AtomicLongArray(keys);
    }

    void start() {
        started = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            Thread client = new Thread(() -> run(first), "client-" + i);
            client.start();
            clients.add(client);
        }
    }

    private void run(int first) {
        for (int n = first; running; n += 7) {
            int key = n % keys;
            long asked = System.nanoTime();
            try {
                RateLimitCheck check = RateLimitCheck.of("load", "key" + key, limit);
                // Half of them are reservations, for which no lease pays.
                RateLimitDecision decision = limiter.decide(n % 4 < 2 ? check.reservedFor(GUESSES) : check)
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
                if (decision.allowed()) {
                    admitted.incrementAndGet(key);
                    if (n % 3 == 0) {
                        refund(key, decision);
                    }
                }
                if (decision.fallback()) {
                    fallbacks.incrementAndGet();
                    // Answers from memory come fast: leave the processor to those who have to recover.
                    Thread.sleep(1);
                }
            } catch (Exception e) {
                log.error("a caller failed", e);
                failures.incrementAndGet();
            }
            slowestNanos.accumulateAndGet(System.nanoTime() - asked, Math::max);
            decisions.incrementAndGet();
        }
    }

    /** Gives back; what is lost was perhaps given back, and so counts as if it was. */
    private void refund(int key, RateLimitDecision decision) throws Exception {
        admitted.decrementAndGet(key);
        boolean lost = limiter.refund(decision)
                .handle((back, failure) -> failure != null)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        (lost ? lostRefunds : refunds).incrementAndGet();
    }

    /** Waits for that many more decisions, of the shared limiter or of the fallback. */
    void awaitDecisions(long count, boolean ofFallback) {
        long goal = count + (ofFallback ? fallbacks.get() : decisions.get() - fallbacks.get());
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> (ofFallback ? fallbacks.get() : decisions.get() - fallbacks.get()) >= goal);
    }

    /** Nobody failed, and no key was admitted more than {@code factor} times its limit, less what it gave back. */
    void stopAndVerify(String what, int factor) {
        close();
        double seconds = (System.nanoTime() - started) / 1e9;
        log.info(
                "{}: {} decisions in {} s, {} by the fallback, {} failed, slowest {} ms, {} refunds and {} lost",
                what,
                decisions.get(),
                seconds,
                fallbacks.get(),
                failures.get(),
                slowestNanos.get() / 1_000_000,
                refunds.get(),
                lostRefunds.get());
        assertThat(failures.get()).as("failed callers").isZero();
        assertThat(refunds.get()).as("refunds").isPositive();
        assertThat(fallbacks.get()).as("fallbacks").isLessThan(decisions.get());
        double most = factor * (limit.capacity() + limit.bandwidths().get(0).tokensPerSecond() * seconds);
        for (int key = 0; key < keys; key++) {
            assertThat((double) admitted.get(key)).as("key %d", key).isLessThanOrEqualTo(most);
        }
    }

    @Override
    public void close() {
        running = false;
        for (Thread client : clients) {
            try {
                client.join(TimeUnit.SECONDS.toMillis(40));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
