package io.tollgate.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The limiter that a contract is about, and ways to use it. */
abstract class TestedLimiter {
    final String key = "key:" + UUID.randomUUID();

    /** Returns the limiter under test, always the same during one test. */
    protected abstract RateLimiter limiter();

    /**
     * Returns limiters that share their buckets, as the instances of a gateway do; by default the {@link #limiter()} that
     * often, for buckets in this process.
     *
     * @param count 1 to 5; the first limiters are the same for every count
     */
    protected List<RateLimiter> limiters(int count) {
        return Collections.nCopies(count, limiter());
    }

    /** Lets time pass for the buckets: advances a {@link VirtualTime}, or moves the buckets back in their store. */
    protected abstract void advance(Duration by);

    /** Returns whether the limiter has refunds; true by default. */
    protected boolean supportsRefunds() {
        return true;
    }

    /** Returns whether the buckets are in a store that the test can make unreachable; false by default. */
    protected boolean supportsOutages() {
        return false;
    }

    /** Makes the store unreachable, so that it neither responds nor rejects; only called if that is supported. */
    protected void breakStore() {
        throw new UnsupportedOperationException("breakStore: not overridden (expected: with supportsOutages)");
    }

    /** Makes the store reachable again, with the buckets that it had; only called if that is supported. */
    protected void repairStore() {
        throw new UnsupportedOperationException("repairStore: not overridden (expected: with supportsOutages)");
    }

    /** Waits until decisions are made in the store again. */
    final void awaitStore(RateLimitCheck check) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        boolean back = false;
        while (!back && System.nanoTime() - giveUp < 0) {
            back = limiter()
                    .decide(check.withCost(0))
                    .handle((decision, failure) -> failure == null && !decision.fallback())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
        assertTrue(back, "the limiter decides in its store again");
    }

    final RateLimitCheck check(RateLimit limit) {
        return RateLimitCheck.of("p", key, limit);
    }

    final RateLimitDecision ask(RateLimitCheck check) {
        return Stages.await(limiter().decide(check));
    }

    final RateLimitDecisions askAll(RateLimitCheck... checks) {
        return Stages.await(limiter().decideAll(List.of(checks)));
    }

    final void assertAllowed(RateLimitCheck check) {
        RateLimitDecision decision = ask(check);
        assertTrue(decision.allowed(), decision::toString);
    }

    final void assertRejected(RateLimitCheck check) {
        RateLimitDecision decision = ask(check);
        assertFalse(decision.allowed(), decision::toString);
    }

    final long left(RateLimitCheck check) {
        return ask(check.withCost(0)).remaining();
    }

    static void assertBetween(long least, long most, long actual) {
        assertTrue(least <= actual && actual <= most, () -> actual + " (expected: " + least + " to " + most + ")");
    }

    /** Within the half minute that a slow machine may need between two checks. */
    static void assertSeconds(double seconds, long nanos) {
        assertEquals(seconds, nanos / 1e9, 30.0);
    }
}
