package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.Refill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Limits of any size that can be had. */
final class RandomLimits {
    private RandomLimits() {}

    /** One to three windows. */
    static RateLimit limit(Random random) {
        List<Bandwidth> windows = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            windows.add(bandwidth(random));
        }
        return new RateLimit(windows);
    }

    /** Another limit, some of whose windows have the periods of {@code limit}. */
    static RateLimit changed(RateLimit limit, Random random) {
        List<Bandwidth> windows = new ArrayList<>();
        for (Bandwidth like : limit(random).bandwidths()) {
            Bandwidth kept =
                    limit.bandwidths().get(random.nextInt(limit.bandwidths().size()));
            windows.add(random.nextBoolean() ? like : Share.of(kept, 1 + random.nextInt(20)));
        }
        return new RateLimit(windows);
    }

    static Bandwidth bandwidth(Random random) {
        while (true) {
            try {
                return new Bandwidth(
                        1 + number(random, 1L << random.nextInt(33)),
                        1 + number(random, 1L << random.nextInt(53)),
                        Duration.ofNanos((1_000 + number(random, 1L << random.nextInt(48))) * 1_000),
                        random.nextInt(4) == 0 ? Refill.INTERVAL : Refill.GREEDY);
            } catch (IllegalArgumentException e) {
                // Too slow, or too large, together. Such a bandwidth cannot be had; draw another.
                assertThat(e).hasMessageContaining("expected");
            }
        }
    }

    /** A number from 0 to less than {@code bound}. */
    static long number(Random random, long bound) {
        return Math.floorMod(random.nextLong(), Math.max(1, bound));
    }
}
