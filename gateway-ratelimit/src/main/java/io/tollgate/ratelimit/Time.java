package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import java.time.Instant;

/**
 * Monotonic time, and the wall-clock time at a reading of it. The wall clock is read once a second, not for each
 * decision.
 */
final class Time {
    private static final long RESYNC_NANOS = 1_000_000_000L;

    private final TimeSource source;
    private volatile Sync sync;

    Time(TimeSource source) {
        this.source = source;
        this.sync = read(source.nanoTime());
    }

    long nanos() {
        return source.nanoTime();
    }

    long epochMicrosAt(long nanos) {
        Sync s = sync;
        long since = nanos - s.nanos;
        if (since < 0 || since > RESYNC_NANOS) {
            s = read(nanos);
            sync = s;
            since = 0;
        }
        return s.epochMicros + since / 1000;
    }

    /** Returns microseconds since the epoch. */
    static long epochMicros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    private Sync read(long nanos) {
        return new Sync(nanos, epochMicros(source.now()));
    }

    private record Sync(long nanos, long epochMicros) {}
}
