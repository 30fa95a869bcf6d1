package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import org.jspecify.annotations.Nullable;

/** A key that may be hot: the rate of its requests, and the rest of its lease. */
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

    /** Returns whether another key may take its place. */
    synchronized boolean isIdle(long now) {
        return !asking && now - secondStart > SECOND && (lease == null || now - leaseEnd >= 0);
    }

    /** Returns whether there is a lease that has not ended. */
    synchronized boolean hasLease(long now) {
        return lease != null && now - leaseEnd < 0;
    }

    /** Decides from the lease; returns null if there is not enough of it. */
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

    /** Counts a request that no lease pays for. If it returns true, the caller must request a lease. */
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

    /** Adds a lease that was granted, and pays for {@code check} from it. */
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

    /** Records that no lease is available before {@code until}. */
    synchronized void rejected(long until) {
        asking = false;
        notBefore = until;
    }

    /** Gives tokens back to the lease; returns false if there is no lease that they can go to. */
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
