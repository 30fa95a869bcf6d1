package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.testkit.VirtualTime;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalRateLimiterRandomTest {
    @Test
    void agreesWithAModelThatNeverRounds() {
        for (int round = 0; round < 300; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            VirtualTime time = new VirtualTime();
            LocalRateLimiter limiter = Limiters.local(time);
            List<Bandwidth> windows = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                windows.add(RandomLimits.bandwidth(random));
            }
            RateLimit limit = new RateLimit(windows);
            List<Model> models =
                    windows.stream().map(w -> new Model(w, time.nanoTime())).toList();
            List<RateLimitDecision> held = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                time.advance(Duration.ofNanos(RandomLimits.number(random, 1L << random.nextInt(58))));
                long cost = RandomLimits.number(random, random.nextBoolean() ? 3 : limit.capacity() + 1);
                RateLimitDecision decision = limiter.decideNow(
                        RateLimitCheck.of("p", "k", limit).withCost(Math.min(cost, limit.capacity())));
                long need = Math.max(1, decision.check().cost()) * Bandwidth.MICROS_PER_TOKEN;
                boolean expected = true;
                for (Model model : models) {
                    model.refill(time.nanoTime());
                    expected &= model.micros().compareTo(BigInteger.valueOf(need)) >= 0;
                }
                assertThat(decision.allowed())
                        .as("seed %d, step %d, %s", seed, step, limit)
                        .isEqualTo(expected);
                if (expected) {
                    models.forEach(m -> m.take(decision.check().cost()));
                    held.add(decision);
                }
                Model ruling = models.get(windows.indexOf(decision.bandwidth()));
                assertThat(decision.remaining())
                        .as("seed %d, step %d, %s", seed, step, limit)
                        .isEqualTo(ruling.micros().longValue() / Bandwidth.MICROS_PER_TOKEN);
                if (random.nextInt(3) == 0 && !held.isEmpty()) {
                    time.advance(Duration.ofNanos(RandomLimits.number(random, 1L << random.nextInt(50))));
                    RateLimitDecision back = held.remove(random.nextInt(held.size()));
                    limiter.refund(back);
                    models.forEach(m -> m.refund(back.check().cost(), time.nanoTime()));
                }
            }
        }
    }

    @Test
    void passesAtTheMomentItNamedAndNotANanosecondBefore() {
        for (int round = 0; round < 2_000; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            VirtualTime time = new VirtualTime();
            LocalRateLimiter limiter = Limiters.local(time);
            RateLimit limit = RateLimit.of(RandomLimits.bandwidth(random));
            RateLimitCheck all = RateLimitCheck.of("p", "k", limit).withCost(limit.capacity());
            assertThat(limiter.decideNow(all).allowed()).isTrue();
            time.advance(Duration.ofNanos(RandomLimits.number(random, 1_000)));
            RateLimitDecision refused = limiter.decideNow(all);
            if (!refused.allowed() && refused.retryAfterNanos() < Long.MAX_VALUE) {
                time.advance(refused.retryAfter().minusNanos(1));
                assertThat(limiter.decideNow(all).allowed())
                        .as("seed %d, %s", seed, limit)
                        .isFalse();
                time.advance(Duration.ofNanos(1));
                assertThat(limiter.decideNow(all).allowed())
                        .as("seed %d, %s", seed, limit)
                        .isTrue();
            }
        }
    }

    @Test
    void admitsNeverMoreThanItMayAndASaturatingClientGetsItAll() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 5; round++) {
                long capacity = 1L + random.nextInt(1_000);
                long rate = 1_000L + random.nextInt(200_000);
                RateLimitCheck check =
                        RateLimitCheck.of("p", "k", RateLimit.of(Bandwidth.of(capacity, rate, Duration.ofSeconds(1))));
                LocalRateLimiter limiter = LocalRateLimiter.builder().build();
                AtomicLong admitted = new AtomicLong();
                long start = System.nanoTime();
                long end = start + 150_000_000;
                List<Future<?>> running = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    running.add(threads.submit(() -> {
                        while (System.nanoTime() < end) {
                            if (limiter.decideNow(check).allowed()) {
                                admitted.incrementAndGet();
                            }
                        }
                    }));
                }
                for (Future<?> thread : running) {
                    thread.get();
                }
                while (limiter.decideNow(check).allowed()) {
                    admitted.incrementAndGet();
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                assertThat((double) admitted.get())
                        .as("seed %d, capacity %d, rate %d, %f s", seed, capacity, rate, seconds)
                        .isLessThanOrEqualTo(capacity + rate * seconds);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void givesASaturatingClientEveryTokenOfVirtualTime() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            VirtualTime time = new VirtualTime();
            LocalRateLimiter limiter = Limiters.local(time);
            long capacity = 100L + random.nextInt(1_000);
            long rate = 1L + random.nextInt(100_000);
            RateLimit limit = RateLimit.of(Bandwidth.of(capacity, rate, Duration.ofSeconds(1)));
            RateLimitCheck check = RateLimitCheck.of("p", "k", limit);
            long started = time.nanoTime();
            long admitted = 0;
            for (int i = 0; i < 2_000; i++) {
                while (limiter.decideNow(check).allowed()) {
                    admitted++;
                }
                time.advance(Duration.ofNanos(RandomLimits.number(random, (capacity - 1) * 1_000_000_000L / rate)));
            }
            while (limiter.decideNow(check).allowed()) {
                admitted++;
            }
            BigInteger earned = BigInteger.valueOf(time.nanoTime() - started)
                    .multiply(BigInteger.valueOf(rate))
                    .divide(BigInteger.valueOf(1_000_000_000L));
            assertThat(BigInteger.valueOf(admitted))
                    .as("seed %d, capacity %d, rate %d", seed, capacity, rate)
                    .isEqualTo(earned.add(BigInteger.valueOf(capacity)));
        }
    }

    /** A bucket in whole 1/period-ths of a micro-token, without any limit of size. */
    private static final class Model {
        private final Bandwidth bandwidth;
        private final BigInteger unit;
        private final BigInteger full;
        private BigInteger level;
        private long last;

        Model(Bandwidth bandwidth, long now) {
            this.bandwidth = bandwidth;
            this.unit = BigInteger.valueOf(bandwidth.period().toNanos());
            this.full = unit.multiply(BigInteger.valueOf(bandwidth.capacity() * Bandwidth.MICROS_PER_TOKEN));
            this.level = full;
            this.last = now;
        }

        void refill(long now) {
            if (level.equals(full)) {
                last = now;
                return;
            }
            BigInteger credit = BigInteger.valueOf(bandwidth.refillMicros());
            long elapsed = now - last;
            if (bandwidth.refill() == Refill.INTERVAL) {
                long periods = elapsed / bandwidth.period().toNanos();
                level = level.add(credit.multiply(unit).multiply(BigInteger.valueOf(periods)));
                last += periods * bandwidth.period().toNanos();
            } else {
                level = level.add(credit.multiply(BigInteger.valueOf(elapsed)));
                last = now;
            }
            if (level.compareTo(full) >= 0) {
                level = full;
                last = now;
            }
        }

        BigInteger micros() {
            return level.divide(unit);
        }

        void refund(long cost, long now) {
            refill(now);
            level = level.add(unit.multiply(BigInteger.valueOf(cost * Bandwidth.MICROS_PER_TOKEN)))
                    .min(full);
        }

        void take(long cost) {
            level = level.subtract(unit.multiply(BigInteger.valueOf(cost * Bandwidth.MICROS_PER_TOKEN)));
        }
    }
}
