package io.tollgate.ratelimit;

import io.tollgate.api.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the logins of each account that have begun and not ended. A login whose end is never reported, because its
 * client left, is dropped after one to two minutes. Thread-safe.
 */
final class LoginsInFlight {
    private static final long GENERATION_NANOS = Duration.ofMinutes(1).toNanos();

    private final TimeSource time;
    private final int maxAccounts;
    private Map<String, Integer> older = new HashMap<>();
    private Map<String, Integer> newer = new HashMap<>();
    private long rotatedAt;

    LoginsInFlight(TimeSource time, int maxAccounts) {
        this.time = time;
        this.maxAccounts = maxAccounts;
        this.rotatedAt = time.nanoTime();
    }

    /** Counts another login, and returns the number that were in flight before it. */
    synchronized int start(String account) {
        rotate();
        int before = older.getOrDefault(account, 0) + newer.getOrDefault(account, 0);
        newer.merge(account, 1, Integer::sum);
        return before;
    }

    /** Ends the oldest login of {@code account}. */
    synchronized void end(String account) {
        Map<String, Integer> generation = older.containsKey(account) ? older : newer;
        generation.computeIfPresent(account, (a, count) -> count == 1 ? null : count - 1);
    }

    private void rotate() {
        long now = time.nanoTime();
        long since = now - rotatedAt;
        if (since >= GENERATION_NANOS || newer.size() >= maxAccounts) {
            older = since >= 2 * GENERATION_NANOS ? new HashMap<>() : newer;
            newer = new HashMap<>();
            rotatedAt = now;
        }
    }
}
