package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.ratelimit.Window.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The levels of a bucket in the latest reply of Redis. Immutable. */
final class KnownLevels {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final byte[] bucket;
    private final int hash;
    private final RateLimit limit;
    private final Window[] windows;
    private final Level[] levels;
    /** The clock of Redis then, in microseconds. */
    private final long then;
    /** The clock of this process then. */
    private final long nanoTime;

    private KnownLevels(
            byte[] bucket, int hash, RateLimit limit, Window[] windows, Level[] levels, long then, long nanoTime) {
        this.bucket = bucket;
        this.hash = hash;
        this.limit = limit;
        this.windows = windows;
        this.levels = levels;
        this.then = then;
        this.nanoTime = nanoTime;
    }

    /** Returns the levels in a reply that was received at {@code nanoTime}. */
    static KnownLevels of(Pending asked, ScriptReply reply, long nanoTime) {
        return new KnownLevels(
                asked.bucket, hash(asked.bucket), asked.limit, reply.windows, reply.levels, reply.now, nanoTime);
    }

    /** Returns the same with the tokens of a refund that Redis confirmed; this if the limit has changed since. */
    KnownLevels refunded(Pending refund) {
        if (!refund.limit.equals(limit)) {
            return this;
        }
        Level[] more = new Level[levels.length];
        for (int i = 0; i < levels.length; i++) {
            more[i] = copy(levels[i]);
            windows[i].refund(more[i], refund.cost * Bandwidth.MICROS_PER_TOKEN, then);
        }
        return new KnownLevels(bucket, hash, limit, windows, more, then, nanoTime);
    }

    private static Level copy(Level level) {
        Level same = new Level(level.micros, level.asOf);
        same.remainder = level.remainder;
        return same;
    }

    int hash() {
        return hash;
    }

    /**
     * Returns a hash of the last 17 bytes, of which the very last is a brace. It is taken for every decision, and collisions
     * only make buckets compete for a place.
     */
    static int hash(byte[] bucket) {
        int end = bucket.length - 1;
        if (end < 2 * Long.BYTES) {
            return Arrays.hashCode(bucket);
        }
        long last = (long) LONGS.get(bucket, end - Long.BYTES);
        long before = (long) LONGS.get(bucket, end - 2 * Long.BYTES);
        return Long.hashCode((last * 31 + before) * 0x9E3779B97F4A7C15L) + bucket.length;
    }

    long nanoTime() {
        return nanoTime;
    }

    boolean isOf(byte[] other, int itsHash) {
        return hash == itsHash && Arrays.equals(bucket, other);
    }

    boolean isSameBucket(KnownLevels other) {
        return isOf(other.bucket, other.hash);
    }

    /** Returns about the share of its capacity that the emptiest window lacks at {@code nanoTimeNow}, 0 to 1. */
    double missing(long nanoTimeNow) {
        int emptiest = Ruling.leastLeft(windows, levels);
        Window window = windows[emptiest];
        Level level = levels[emptiest];
        double age = (nanoTimeNow - nanoTime) / (double) TokenBucketScript.NANOS_PER_TICK;
        double toFull = window.ticksUntil(level, window.capacityMicros, then);
        return age >= toFull ? 0 : (1 - (double) level.micros / window.capacityMicros) * (1 - age / toFull);
    }

    /**
     * Returns the level of what continues {@code window}, in place {@code place} of a limit of this process: the same share
     * of its capacity, as of the same moment; a full one if no window is its counterpart.
     *
     * @param now the clock of that limit, in nanoseconds
     * @param nanoTimeNow the clock of this process
     */
    Level level(Window window, int place, long now, long nanoTimeNow) {
        int from = Bucket.counterpart(windows, window, place);
        if (from < 0) {
            return new Level(window.capacityMicros, now);
        }
        Level last = levels[from];
        long age = Math.max(0, nanoTimeNow - nanoTime) + (then - last.asOf) * TokenBucketScript.NANOS_PER_TICK;
        Level same = new Level(window.sameShare(windows[from], last.micros), now - age);
        window.refill(same, now);
        return same;
    }
}
