package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of buckets. When there is no room, the fullest of a sample makes way: a full bucket is worth nothing,
 * for the next question would make the same again, and any other is worth the tokens that are missing from it.
 *
 * <p>Not a cache that keeps what is used most: a key that spent its day's quota and is silent for an hour must outlive a
 * flood of keys that are asked every second.
 */
final class BucketTable {
    private static final int SAMPLE = 16;
    /** Who lacks no more than this need not be compared with others: that keeps a flood of new keys cheap. */
    private static final double LITTLE = 1.0 / 16;

    private static final int MAX_LIMITS = 1_000;

    private final ConcurrentHashMap<BucketKey, Bucket> buckets = new ConcurrentHashMap<>();
    private final ConcurrentMap<RateLimit, Window[]> limits = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<Bucket> slots;
    private final AtomicInteger used = new AtomicInteger();
    private final LongAdder evictions = new LongAdder();
    private final Time time;

    BucketTable(int maxKeys, Time time) {
        this.slots = new AtomicReferenceArray<>(maxKeys);
        this.time = time;
    }

    /** The bucket of {@code key}, a full one if there is none yet. */
    Bucket get(BucketKey key, RateLimit limit) {
        Bucket present = buckets.get(key);
        return present != null ? present : add(key, limit);
    }

    /** The bucket of {@code key}, if there is one. */
    @Nullable
    Bucket find(BucketKey key) {
        return buckets.get(key);
    }

    private Bucket add(BucketKey key, RateLimit limit) {
        Bucket added = new Bucket(key, limit, windows(limit), time.nanos());
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

    /** Takes an evicted bucket off the map; whoever still holds it sees that and asks again. */
    void remove(Bucket bucket) {
        bucket.evict();
        buckets.remove(bucket.key, bucket);
    }

    /** Shared by all buckets of a limit; limits are few, and where they are not the store starts over. */
    private Window[] windows(RateLimit limit) {
        Window[] known = limits.get(limit);
        if (known != null) {
            return known;
        }
        if (limits.size() >= MAX_LIMITS) {
            limits.clear();
        }
        Window[] windows = Window.of(limit, 1);
        limits.put(limit, windows);
        return windows;
    }

    long size() {
        return buckets.mappingCount();
    }

    long evictions() {
        return evictions.sum();
    }
}
