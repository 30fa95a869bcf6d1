package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.Refill;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * A bucket of the fallback begins with what Redis told last of it: what is decided here, without an outage or during one,
 * is at most what was left then, and what is earned from then on.
 */
class LastKnownTest {
    private static final Duration DEADLINE = Duration.ofMillis(300);

    private final RedisProcess redis = RedisProcess.start();
    private final DelayingProxy proxy = new DelayingProxy(redis.port());
    private final RedisRateLimiter shared = RedisRateLimiter.builder()
            .standalone("127.0.0.1", proxy.port())
            .deadline(DEADLINE)
            .readTimeout(Duration.ofMinutes(1))
            .build();

    @AfterEach
    void stop() {
        proxy.close();
        shared.close();
        redis.close();
    }

    @Test
    void slowDecisionsAdmitNothingOnceRedisHasRejected() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(20));
        awaitRejection(limiter, check);
        for (int i = 0; i < 8; i++) {
            RateLimitDecision slow = slowly(limiter, check);
            assertThat(slow.source()).isEqualTo(Source.FALLBACK);
            assertThat(slow.allowed()).as("slow decision %d", i).isFalse();
            assertThat(slow.remaining()).isZero();
            awaitShared(limiter, check.withCost(0));
        }
        assertThat(limiter.outages()).isZero();
    }

    @Test
    void admitsAtMostTheCapacityAndOneForEachSlowDecisionBeforeItWasSpent() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(30));
        awaitShared(limiter, check.withCost(0));
        int admitted = 0;
        int slowAndAdmitted = 0;
        for (int i = 0; i < 90; i++) {
            boolean slow = random.nextInt(8) == 0;
            RateLimitDecision decision = slow ? slowly(limiter, check) : ask(limiter, check);
            admitted += decision.allowed() ? 1 : 0;
            slowAndAdmitted += decision.fallback() && decision.allowed() ? 1 : 0;
        }
        // Redis charges slow ones too: it grants 30, seen or not. Others are admitted here while some are left there.
        assertThat(admitted).as("seed %d, slow %d", seed, slowAndAdmitted).isLessThanOrEqualTo(30 + slowAndAdmitted);
        assertThat(slowAndAdmitted).as("seed %d", seed).isLessThanOrEqualTo(30);
        assertThat(ask(limiter, check).allowed()).isFalse();
    }

    @Test
    void anOutageBeginsWithTheShareThatWasLeft() throws Exception {
        for (int replicas : new int[] {1, 4}) {
            FallbackRateLimiter limiter = fallback(shared, replicas);
            RateLimitCheck check = RateLimitCheck.of("p", "k" + replicas, RateLimit.perDay(40));
            long left = spendUntil(limiter, check, 12);
            proxy.hold();
            awaitOutage(limiter);
            assertThat(admitted(limiter, check, 60))
                    .as("with %d replicas", replicas)
                    .isEqualTo(left / replicas);
            proxy.release();
            awaitShared(limiter, check.withCost(0));
        }
    }

    @Test
    void everyWindowBeginsWithWhatWasLeftOfIt() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        Bandwidth burst = Bandwidth.of(4, 4, Duration.ofSeconds(1));
        Bandwidth days = Bandwidth.of(12, 1, Duration.ofDays(30)).withRefill(Refill.INTERVAL);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.of(burst, days));
        int spent = 0;
        while (spent < 9) {
            spent += ask(limiter, check).source() == Source.SHARED ? 1 : 0;
        }
        // A decision tells a client of one window only, and that may be the other one; Redis has told of both.
        RateLimitDecision last = awaitShared(limiter, check.withCost(0));
        KnownLevels known = shared.lastKnown(check);
        long left = known.level(new Window(days, 1), 1, 0, System.nanoTime()).micros / Bandwidth.MICROS_PER_TOKEN;
        assertThat(left).as("after %s", last).isLessThan(12);
        proxy.hold();
        awaitOutage(limiter);
        int admitted = 0;
        // Long enough for the burst to be refilled several times over.
        for (int i = 0; i < 8; i++) {
            admitted += admitted(limiter, check, 5);
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
            Awaitility.await().until(() -> System.nanoTime() - until >= 0);
        }
        assertThat((long) admitted).isEqualTo(left);
    }

    @Test
    void aBucketOfAnEarlierOutageIsLoweredAndNeverRaised() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(40));
        long left = spendUntil(limiter, check, 30);
        proxy.hold();
        awaitOutage(limiter);
        assertThat(admitted(limiter, check, 10)).isEqualTo(10);
        proxy.release();
        awaitShared(limiter, check.withCost(0));
        proxy.hold();
        awaitOutage(limiter);
        // Redis has as many as before, and this process has not.
        assertThat(admitted(limiter, check, 60)).isEqualTo(left - 10);
        proxy.release();
        awaitShared(limiter, check.withCost(0));
        proxy.hold();
        awaitOutage(limiter);
        assertThat(admitted(limiter, check, 60)).isZero();
    }

    @Test
    void leasesAreChargedToWhatIsKnown() throws Exception {
        LeasingRateLimiter leasing =
                LeasingRateLimiter.builder(shared).hotPerSecond(1).build();
        FallbackRateLimiter limiter = fallback(leasing, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(100));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            ask(limiter, check);
            return leasing.leases() > 2;
        });
        KnownLevels known = shared.lastKnown(check);
        long left = known.level(new Window(check.limit().bandwidths().get(0), 1), 0, 0, System.nanoTime()).micros
                / Bandwidth.MICROS_PER_TOKEN;
        assertThat(left).isLessThanOrEqualTo(70);
        proxy.hold();
        awaitOutage(limiter);
        assertThat((long) admitted(limiter, check, 120)).isLessThanOrEqualTo(left);
    }

    @Test
    void aRefundThatRedisConfirmedIsKnown() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check =
                RateLimitCheck.of("p", "k", RateLimit.perDay(1)).reservedFor(Set.of(CommonError.UNAUTHENTICATED));
        RateLimitDecision reserved = awaitShared(limiter, check);
        assertThat(reserved.allowed()).isTrue();
        limiter.refund(reserved).toCompletableFuture().get(20, TimeUnit.SECONDS);
        Window window = new Window(check.limit().bandwidths().get(0), 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20)) // The reply to the refund may come after its deadline.
                .until(() -> shared.lastKnown(check).level(window, 0, 0, System.nanoTime()).micros == 1_000_000);
        proxy.hold();
        assertThat(ask(limiter, check).allowed())
                .as("an outage locks nobody out")
                .isTrue();
        assertThat(ask(limiter, check).allowed()).isFalse();
    }

    @Test
    void aReplyThatComesTooLateIsKnown() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(40));
        awaitShared(limiter, check.withCost(0));
        proxy.hold();
        assertThat(ask(limiter, check.withCost(35)).source()).isEqualTo(Source.FALLBACK);
        proxy.release();
        Window window = new Window(check.limit().bandwidths().get(0), 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> shared.lastKnown(check).level(window, 0, 0, System.nanoTime()).micros < 6_000_000);
    }

    @Test
    void aBucketThatIsNearlyFullCountsAsFull() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(40));
        spendUntil(limiter, check, 36);
        assertThat(shared.lastKnown(check)).isNull();
        spendUntil(limiter, check, 34);
        assertThat(shared.lastKnown(check)).isNotNull();
        try (Jedis jedis = redis.client()) {
            // As an operator who lets somebody go.
            jedis.del("token_bucket:{p:k}");
        }
        assertThat(awaitShared(limiter, check).remaining()).isEqualTo(39);
        assertThat(shared.lastKnown(check)).isNull();
    }

    @Test
    void aLimitThatChangedKeepsTheShareThatIsKnown() throws Exception {
        FallbackRateLimiter limiter = fallback(shared, 1);
        RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(40));
        long left = spendUntil(limiter, check, 10);
        proxy.hold();
        awaitOutage(limiter);
        RateLimitCheck changed = check.withLimit(RateLimit.perDay(400));
        assertThat((long) admitted(limiter, changed, 200)).isEqualTo(10 * left);
    }

    @Test
    void remembersABoundedNumberAndRatherTheEmptierOnes() {
        LastKnown known = new LastKnown();
        TokenBucketScript script = new TokenBucketScript("");
        RateLimit limit = RateLimit.perDay(100);
        int exhausted = 500;
        for (int i = 0; i < 200_000; i++) {
            tell(known, script, RateLimitCheck.of("p", "key" + i, limit), i < exhausted ? 0 : 90);
        }
        int kept = 0;
        int keptExhausted = 0;
        for (int i = 0; i < 200_000; i++) {
            boolean there = known.of(script.bucket(RateLimitCheck.of("p", "key" + i, limit))) != null;
            kept += there ? 1 : 0;
            keptExhausted += there && i < exhausted ? 1 : 0;
        }
        assertThat(kept).isBetween(LastKnown.MAX_BUCKETS / 2, LastKnown.MAX_BUCKETS);
        // Those that share their two places with two others that were exhausted are lost.
        assertThat(keptExhausted).isGreaterThan(exhausted * 9 / 10);
    }

    private static void tell(LastKnown known, TokenBucketScript script, RateLimitCheck check, long tokens) {
        long now = 1_732_312_345_678_901L;
        byte[] reply = ((tokens == 0 ? "0 " : "1 ") + now + " " + tokens * 1_000_000 + " " + now + " 0")
                .getBytes(StandardCharsets.US_ASCII);
        Pending pending = new Pending(check, null, script.bucket(check), new byte[0][], 0);
        known.record(KnownLevels.of(pending, script.read(check.limit(), 1, reply), System.nanoTime()));
    }

    private static FallbackRateLimiter fallback(RateLimiter shared, int replicas) {
        return FallbackRateLimiter.builder(shared)
                .replicas(replicas)
                .probeInterval(Duration.ofMillis(100))
                .build();
    }

    private RateLimitDecision slowly(RateLimiter limiter, RateLimitCheck check) throws Exception {
        proxy.hold();
        try {
            return ask(limiter, check);
        } finally {
            proxy.release();
        }
    }

    private static long spendUntil(RateLimiter limiter, RateLimitCheck check, long tokens) throws Exception {
        long left = Long.MAX_VALUE;
        while (left > tokens) {
            RateLimitDecision decision = ask(limiter, check);
            left = decision.source() == Source.SHARED ? decision.remaining() : left;
        }
        return left;
    }

    private static void awaitRejection(RateLimiter limiter, RateLimitCheck check) throws Exception {
        RateLimitDecision decision = awaitShared(limiter, check);
        while (decision.allowed()) {
            decision = awaitShared(limiter, check);
        }
    }

    private static RateLimitDecision awaitShared(RateLimiter limiter, RateLimitCheck check) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        RateLimitDecision decision = ask(limiter, check);
        while (decision.source() != Source.SHARED && System.nanoTime() < giveUp) {
            decision = ask(limiter, check);
        }
        assertThat(decision.source()).isEqualTo(Source.SHARED);
        return decision;
    }

    /** Asks for another key until no decision waits for Redis any more. */
    private static void awaitOutage(FallbackRateLimiter limiter) throws Exception {
        RateLimitCheck other = RateLimitCheck.of("p", "other", RateLimit.perDay(1_000_000));
        while (limiter.state() == FallbackRateLimiter.State.SHARED) {
            ask(limiter, other);
        }
    }

    private static int admitted(RateLimiter limiter, RateLimitCheck check, int times) throws Exception {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += ask(limiter, check).allowed() ? 1 : 0;
        }
        return admitted;
    }

    private static RateLimitDecision ask(RateLimiter limiter, RateLimitCheck check) throws Exception {
        CompletableFuture<RateLimitDecision> decision = limiter.decide(check).toCompletableFuture();
        return decision.get(30, TimeUnit.SECONDS);
    }
}
