package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of buckets. If there is no room, the fullest of a sample is evicted: a full bucket is worth nothing,
 * since the next check would create the same again; any other is worth the tokens that it lacks.
 *
 * <p>This is not a cache of the most used entries: a key that spent its quota of the day and is idle for an hour must
 * outlive a flood of keys that are used every second.
 */
final class BucketTable {
    private static final int SAMPLE = 16;
    /**
     * A bucket that lacks no more than this is evicted without comparison with others, which keeps a flood of new keys
     * cheap.
     */
    private static final double LITTLE = 1.0 / 16;

    private final ConcurrentHashMap<BucketKey, Bucket> buckets = new ConcurrentHashMap<>();
    private final PerLimit<Window[]> windows = new PerLimit<>(limit -> Window.of(limit, 1));
    private final AtomicReferenceArray<Bucket> slots;
    private final AtomicInteger used = new AtomicInteger();
    private final LongAdder evictions = new LongAdder();
    private final Time time;

    BucketTable(int maxKeys, Time time) {
        this.slots = new AtomicReferenceArray<>(maxKeys);
        this.time = time;
    }

    /** Returns the bucket of {@code key}; creates a full one if there is none. */
    Bucket get(BucketKey key, RateLimit limit) {
        Bucket present = buckets.get(key);
        return present != null ? present : add(key, limit);
    }

    /** Returns the bucket of {@code key}; null if there is none. */
    @Nullable
    Bucket find(BucketKey key) {
        return buckets.get(key);
    }

    private Bucket add(BucketKey key, RateLimit limit) {
        Bucket added = new Bucket(key, limit, windows.of(limit), time.nanos());
        Bucket present = buckets.putIfAbsent(key, added);
        if (present != null) {
            return present;
        }
        int slot = used.get() < slots.length() ? used.getAndIncrement() : slots.length();
        if (slot < slots.length()) {
            slots.set(slot, added);
        } else {
            replaceOne(added);
        }
        return added;
    }

    private void replaceOne(Bucket added) {
        while (true) {
            int chosen = leastMissing(time.nanos());
            Bucket victim = slots.get(chosen);
            if (victim != null && slots.compareAndSet(chosen, victim, added)) {
                remove(victim);
                evictions.increment();
                return;
            }
        }
    }

    private int leastMissing(long now) {
        int chosen = 0;
        double least = Double.MAX_VALUE;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < SAMPLE && least > LITTLE; i++) {
            int slot = random.nextInt(slots.length());
            Bucket bucket = slots.get(slot);
            double missing = bucket == null ? Double.MAX_VALUE : bucket.missingShare(now);
            if (missing < least) {
                chosen = slot;
                least = missing;
            }
        }
        return chosen;
    }

    /**
     * Removes an evicted bucket from the map. A thread that still holds it sees that it is evicted, and gets another.
     */
    void remove(Bucket bucket) {
        bucket.evict();
        buckets.remove(bucket.key, bucket);
    }

    long size() {
        return buckets.mappingCount();
    }

    long evictions() {
        return evictions.sum();
    }
}
