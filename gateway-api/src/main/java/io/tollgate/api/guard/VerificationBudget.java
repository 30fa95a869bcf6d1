package io.tollgate.api.guard;

import io.tollgate.api.TimeSource;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Limits the costly verifications that each address can cause, at once and per second. Otherwise forged tokens would buy CPU,
 * about a millisecond each.
 *
 * <p>Addresses share 16,384 slots by a hash with a random seed, so memory is bounded whatever clients do: 128 KiB. Each slot is
 * the time at which its budget is full again (the generic cell rate algorithm). IPv6 counts by its /64.
 */
final class VerificationBudget {
    private static final int SLOTS = 16_384;
    private static final String POLICY = "token-verification";

    private final AtomicLongArray wholeAt = new AtomicLongArray(SLOTS);
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final long costNanos;
    private final long burstNanos;
    private final RateLimit limit;
    private final TimeSource time;
    private final long origin;

    VerificationBudget(int atOnce, int perSecond, TimeSource time) {
        this.costNanos = 1_000_000_000L / perSecond;
        this.burstNanos = atOnce * costNanos;
        this.limit = RateLimit.of(Bandwidth.of(atOnce, perSecond, Duration.ofSeconds(1)));
        this.time = time;
        this.origin = time.nanoTime();
    }

    /** Takes one verification. Returns 0, or the nanoseconds until there is one. */
    long reserve(InetAddress address) {
        int slot = slot(address);
        long now = time.nanoTime() - origin;
        while (true) {
            long before = wholeAt.get(slot);
            long after = Math.max(before, now) + costNanos;
            if (after - now > burstNanos) {
                return after - now - burstNanos;
            }
            if (wholeAt.compareAndSet(slot, before, after)) {
                return 0;
            }
        }
    }

    /** Returns the rejection of an address without a verification left. */
    RateLimitDecision rejection(InetAddress address, long waitNanos) {
        RateLimitCheck check = RateLimitCheck.of(POLICY, RateLimitContext.addressKey(address), limit)
                .reservedFor(TokenProtection.GUESSES);
        return RateLimitDecision.rejected(check, Duration.ofNanos(waitNanos), time.now());
    }

    /** Refunds one verification. */
    void refund(InetAddress address) {
        wholeAt.addAndGet(slot(address), -costNanos);
    }

    private int slot(InetAddress address) {
        byte[] bytes = AddressRange.bytes(address);
        long prefix = bytes.length;
        for (int i = 0; i < Math.min(bytes.length, 8); i++) {
            prefix = (prefix << 8) | (bytes[i] & 0xff);
        }
        // The finalizer of SplitMix64: without the seed, no client can find an address that shares the slot of another.
        long hash = prefix ^ seed;
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return (int) (hash ^ (hash >>> 31)) & (SLOTS - 1);
    }
}
