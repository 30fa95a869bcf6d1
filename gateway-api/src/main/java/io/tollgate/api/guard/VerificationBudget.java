package io.tollgate.api.guard;

import io.tollgate.api.TimeSource;
import io.tollgate.api.http.AddressRange;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Limits for each address how many costly verifications it may cause: so many at once, and so many a second. Forged tokens
 * would else buy CPU, at about a millisecond each.
 *
 * <p>Addresses share 16,384 slots by a hash with a random seed, so memory is bounded whatever clients do: 128 KiB. Each slot is
 * the time at which its budget is whole again (the generic cell rate algorithm). IPv6 counts by its /64.
 */
final class VerificationBudget {
    private static final int SLOTS = 16_384;

    private final AtomicLongArray wholeAt = new AtomicLongArray(SLOTS);
    private final int seed = ThreadLocalRandom.current().nextInt();
    private final long costNanos;
    private final long burstNanos;
    private final TimeSource time;
    private final long origin;

    VerificationBudget(int atOnce, int perSecond, TimeSource time) {
        this.costNanos = 1_000_000_000L / perSecond;
        this.burstNanos = atOnce * costNanos;
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

    /** Gives one verification back. */
    void refund(InetAddress address) {
        wholeAt.addAndGet(slot(address), -costNanos);
    }

    private int slot(InetAddress address) {
        byte[] bytes = AddressRange.bytes(address);
        int hash = seed;
        for (int i = 0; i < Math.min(bytes.length, 8); i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9E3779B9;
        return (hash ^ hash >>> 15) & (SLOTS - 1);
    }
}
