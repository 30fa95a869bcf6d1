package io.tollgate.examples.custompolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CustomPolicyTest {
    private final RateLimiter limiter =
            LocalRateLimiter.builder().time(new StoppedTime()).build();

    @Test
    void chargesATenantFiveTokensForAWriteAndOneForARead() {
        RateLimitPolicy policy =
                new TenantPolicy("tenants", "X-Tenant", RateLimit.perSecond(50).and(RateLimit.perDay(100_000)));
        for (int i = 0; i < 9; i++) {
            assertThat(decide(policy, new Request("POST", "acme")).allowed()).isTrue();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(decide(policy, new Request("GET", "acme")).allowed()).isTrue();
        }
        assertThat(decide(policy, new Request("GET", "acme")).allowed()).isFalse();
        assertThat(decide(policy, new Request("GET", "other")).allowed()).isTrue();
        assertThat(policy.checks(new Request("GET", ""))).isEmpty();
    }

    @Test
    void countsAShadowedQuotaAndRefusesNobody() {
        RateLimitPolicy policy = ShadowedQuota.daily();
        Request request = new Request("GET", "acme");
        for (int i = 0; i < 1_000; i++) {
            assertThat(decide(policy, request).decisions().get(0).allowed()).isTrue();
        }
        RateLimitDecisions beyond = decide(policy, request);
        assertThat(beyond.decisions().get(0).allowed()).isFalse();
        assertThat(beyond.allowed()).isTrue();
        assertThat(beyond.reported()).isEmpty();
    }

    @Test
    void enforcesItsShareOfALimitWhileThereIsNoRedis() {
        // Port 1 of the loopback refuses connections.
        try (SharedRateLimiter shared = SharedLimits.on("redis://127.0.0.1:1", 4)) {
            RateLimitCheck check = RateLimitCheck.of("p", "k", RateLimit.perDay(100));
            int allowed = 0;
            for (int i = 0; i < 50; i++) {
                allowed += shared.decide(check).toCompletableFuture().join().allowed() ? 1 : 0;
            }
            assertThat(allowed).isEqualTo(25);
        }
    }

    private RateLimitDecisions decide(RateLimitPolicy policy, RateLimitContext facts) {
        return limiter.decideAll(policy.checks(facts)).toCompletableFuture().join();
    }

    /** What a server would tell of a request. */
    private record Request(String method, String tenant) implements RateLimitContext {
        @Override
        public Optional<String> route() {
            return Optional.empty();
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public Optional<Principal> principal() {
            return Optional.of(new Principal("alice", Set.of(), Set.of(), Map.of()));
        }

        @Override
        public Optional<String> header(String name) {
            return name.equals("X-Tenant") && !tenant.isEmpty() ? Optional.of(tenant) : Optional.empty();
        }
    }

    /** Clocks that stand still, so that no token comes back during a test. */
    private static final class StoppedTime implements TimeSource {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }
}
