package io.tollgate.ratelimit;

import java.util.concurrent.atomic.LongAdder;

/** The counters of the lanes of a limiter. */
final class RedisCounters {
    final LongAdder decisions = new LongAdder();
    final LongAdder refunds = new LongAdder();
    final LongAdder lostRefunds = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder overflows = new LongAdder();
    final LongAdder scriptLoads = new LongAdder();
    final LongAdder connectFailures = new LongAdder();
    final LongAdder invalidReplies = new LongAdder();
    final LongAdder redirections = new LongAdder();
}
