package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import org.jspecify.annotations.Nullable;

/** A key that may be hot: how often it is asked, and what is left of its lease. */
final class HotKey {
    private static final long SECOND = 1_000_000_000;

    final BucketKey key;
    private long secondStart;
    private int asksThisSecond;
    private boolean asking;
    private long notBefore;
    private @Nullable RateLimitDecision lease;
    private long left;
    private long leaseEnd;

    HotKey(BucketKey key, long now) {
        this.key = key;
        this.secondStart = now;
        this.notBefore = now;
    }

    /** Whether nobody would miss it. */
    synchronized boolean isIdle(long now) {
        return !asking && now - secondStart > SECOND && (lease == null || now - leaseEnd >= 0);
    }

    /** Decides from the lease, if there is enough of it. */
    synchronized @Nullable RateLimitDecision spend(RateLimitCheck check, long now) {
        RateLimitDecision granted = lease;
        if (granted == null
                || left < check.cost()
                || now - leaseEnd >= 0
                || !granted.check().limit().equals(check.limit())) {
            return null;
        }
        left -= check.cost();
        return decision(check, granted);
    }

    /** Counts a request that no lease paid for; true when a lease should be asked for, which is then its caller's to do. */
    synchronized boolean wantsLease(long now, int hotPerSecond) {
        if (now - secondStart > SECOND) {
            secondStart = now;
            asksThisSecond = 0;
        }
        asksThisSecond++;
        // A key that spent its lease in time is hot, however few of its requests come here.
        boolean hot = asksThisSecond >= hotPerSecond || (lease != null && now - leaseEnd < 0);
        if (!hot || asking || now - notBefore < 0) {
            return false;
        }
        asking = true;
        return true;
    }

    /** A lease was granted, of which {@code check} is paid at once. */
    synchronized RateLimitDecision granted(RateLimitCheck check, RateLimitDecision decision, long now, long end) {
        asking = false;
        RateLimitDecision before = lease;
        boolean goesOn =
                before != null && now - leaseEnd < 0 && before.check().limit().equals(check.limit());
        left = (goesOn ? left : 0) + decision.check().cost() - check.cost();
        lease = decision;
        leaseEnd = end;
        return decision(check, decision);
    }

    /** There is no lease to be had until {@code until}. */
    synchronized void refused(long until) {
        asking = false;
        notBefore = until;
    }

    /** Gives tokens back to the lease; false if there is none any more that they can go to. */
    synchronized boolean refund(RateLimitCheck check, long now) {
        RateLimitDecision granted = lease;
        if (granted == null || now - leaseEnd >= 0 || !granted.check().limit().equals(check.limit())) {
            return false;
        }
        left = Math.min(left + check.cost(), check.limit().capacity());
        return true;
    }

    private RateLimitDecision decision(RateLimitCheck check, RateLimitDecision granted) {
        return new RateLimitDecision(
                check,
                granted.bandwidth(),
                true,
                Math.min(granted.remaining() + left, granted.bandwidth().capacity()),
                granted.decidedAtMicros(),
                granted.nextTokenNanos(),
                granted.fullNanos(),
                0,
                RateLimitDecision.Source.LEASE);
    }
}
