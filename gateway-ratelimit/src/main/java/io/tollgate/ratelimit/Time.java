package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import java.time.Instant;

/**
 * Monotonic time, and what the wall clock shows at a reading of it. The wall clock is read once a second, not once a
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

    private Sync read(long nanos) {
        Instant now = source.now();
        return new Sync(nanos, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
    }

    private record Sync(long nanos, long epochMicros) {}
}
