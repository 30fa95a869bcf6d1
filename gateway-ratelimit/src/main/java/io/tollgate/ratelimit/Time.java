package io.tollgate.ratelimit;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Monotonic time, and what the wall clock shows at a reading of it. The wall clock is read once a second, not once a
 * decision.
 */
final class Time {
    private static final long RESYNC_NANOS = 1_000_000_000L;

    private final LongSupplier ticker;
    private final Clock clock;
    private volatile Sync sync;

    Time(LongSupplier ticker, Clock clock) {
        this.ticker = ticker;
        this.clock = clock;
        this.sync = read(ticker.getAsLong());
    }

    long nanos() {
        return ticker.getAsLong();
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
        Instant now = clock.instant();
        return new Sync(nanos, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
    }

    private record Sync(long nanos, long epochMicros) {}
}
