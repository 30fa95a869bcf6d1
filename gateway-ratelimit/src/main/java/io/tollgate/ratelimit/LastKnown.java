package io.tollgate.ratelimit;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The levels of buckets in the latest replies of Redis, for at most {@value #MAX_BUCKETS} buckets. Each takes
 * about 250 bytes, and at most 1,200, whatever the length of its key. If there is no room, the fuller of two buckets is
 * evicted: a full one is worth nothing, since an unknown bucket counts as full. Those that are nearly full are not
 * recorded at all. Thread-safe.
 */
final class LastKnown {
    static final int MAX_BUCKETS = 8_192;

    private final AtomicReferenceArray<KnownLevels> places = new AtomicReferenceArray<>(MAX_BUCKETS);

    /** Records the levels of a bucket. */
    void record(KnownLevels levels) {
        int first = first(levels.hash());
        places.set(place(first, levels), levels);
    }

    private int place(int first, KnownLevels levels) {
        KnownLevels one = places.get(first);
        KnownLevels other = places.get(first + 1);
        if (one == null || one.isSameBucket(levels)) {
            return first;
        }
        if (other == null || other.isSameBucket(levels)) {
            return first + 1;
        }
        return one.missing(levels.nanoTime()) <= other.missing(levels.nanoTime()) ? first : first + 1;
    }

    /** Records that a bucket is full, or nearly so. */
    void full(byte[] bucket) {
        int hash = KnownLevels.hash(bucket);
        int first = first(hash);
        for (int place = first; place <= first + 1; place++) {
            KnownLevels known = places.get(place);
            if (known != null && known.isOf(bucket, hash)) {
                places.compareAndSet(place, known, null);
            }
        }
    }

    /** Records that Redis has confirmed a refund. */
    void refunded(Pending refund) {
        int hash = KnownLevels.hash(refund.bucket);
        int first = first(hash);
        for (int place = first; place <= first + 1; place++) {
            KnownLevels known = places.get(place);
            if (known != null && known.isOf(refund.bucket, hash)) {
                places.compareAndSet(place, known, known.refunded(refund));
            }
        }
    }

    /** Returns the levels of a bucket in the latest reply; null if there is none. */
    @Nullable
    KnownLevels of(byte[] bucket) {
        int hash = KnownLevels.hash(bucket);
        int first = first(hash);
        KnownLevels one = places.get(first);
        KnownLevels other = places.get(first + 1);
        boolean inOne = one != null && one.isOf(bucket, hash);
        boolean inOther = other != null && other.isOf(bucket, hash);
        if (inOne && inOther) {
            // Two threads recorded it at once.
            return one.nanoTime() - other.nanoTime() >= 0 ? one : other;
        }
        return inOne ? one : inOther ? other : null;
    }

    /** Returns the first of the two places for buckets of this hash, whose bits are mixed: keys are often numbered. */
    private static int first(int hash) {
        int mixed = hash * 0x9E3779B9;
        return (mixed ^ (mixed >>> 15)) & (MAX_BUCKETS - 2);
    }
}
