package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** Values that are computed once for each limit. Limits are few; beyond 1,000 of them, all values are computed anew. */
final class PerLimit<T> {
    private static final int MAX_LIMITS = 1_000;

    private final ConcurrentMap<RateLimit, T> values = new ConcurrentHashMap<>();
    private final Function<RateLimit, T> computation;

    PerLimit(Function<RateLimit, T> computation) {
        this.computation = computation;
    }

    T of(RateLimit limit) {
        T known = values.get(limit);
        if (known != null) {
            return known;
        }
        if (values.size() >= MAX_LIMITS) {
            values.clear();
        }
        T computed = computation.apply(limit);
        values.put(limit, computed);
        return computed;
    }
}
