package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.Refill;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class ShareTest {
    private static final Bandwidth WHOLE = Bandwidth.of(100, 60, Duration.ofMinutes(1));

    @Test
    void dividesCapacityAndRefillRoundedDown() {
        assertThat(Share.of(WHOLE, 1)).isEqualTo(WHOLE);
        assertThat(Share.of(WHOLE, 3)).isEqualTo(new Bandwidth(33, 20_000_000, Duration.ofMinutes(1), Refill.GREEDY));
        assertThat(Share.of(WHOLE, 7).refillMicros()).isEqualTo(8_571_428);
        assertThat(Share.of(WHOLE.withRefill(Refill.INTERVAL), 3).refill()).isEqualTo(Refill.INTERVAL);
    }

    @Test
    void leavesAtLeastATokenAndARefillThatABandwidthMayHave() {
        assertThat(Share.of(WHOLE, 1_000).capacity()).isEqualTo(1);
        Bandwidth inALifetime = new Bandwidth(1, 1_000_000, Duration.ofDays(3_650), Refill.GREEDY);
        assertThat(Share.of(inALifetime, 10_000).capacity()).isEqualTo(1);
        assertThat(Share.of(inALifetime, 10_000).refillMicros()).isEqualTo(35_012);
    }

    @Test
    void isNeverMoreThanItsPartOfAnyLimit() {
        for (int round = 0; round < 20_000; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            Bandwidth whole = RandomLimits.bandwidth(random);
            int replicas = 1 + random.nextInt(1 << random.nextInt(14));
            Bandwidth share = Share.of(whole, replicas);
            String about = "seed " + seed + ", " + replicas + " of " + whole;
            if (whole.capacity() >= replicas) {
                assertThat(share.capacity() * replicas).as(about).isLessThanOrEqualTo(whole.capacity());
                assertThat(share.capacity()).as(about).isEqualTo(whole.capacity() / replicas);
            }
            long part = whole.refillMicros() / replicas;
            assertThat(share.refillMicros()).as(about).isGreaterThanOrEqualTo(part);
            if (share.refillMicros() != part) {
                // Only where a bandwidth could not be slower.
                assertThat(tooSlow(share)).as(about).isTrue();
            }
        }
    }

    @Test
    void keepsEverythingElseOfACheck() {
        RateLimitCheck check =
                RateLimitCheck.of("p", "k", RateLimit.of(WHOLE)).withCost(90).asShadow();
        RateLimitCheck third = new Share(3).of(check);
        assertThat(third).isEqualTo(check.withLimit(RateLimit.of(Share.of(WHOLE, 3))));
        assertThat(third.cost()).isEqualTo(33);
        assertThat(new Share(1).of(check)).isSameAs(check);
    }

    /** Returns whether a refill of one millionth less could not be had. */
    private static boolean tooSlow(Bandwidth share) {
        if (share.refillMicros() == 1) {
            return true;
        }
        try {
            return new Bandwidth(share.capacity(), share.refillMicros() - 1, share.period(), share.refill()) == null;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
