package io.tollgate.examples.custompolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.tollgate.testkit.TestRateLimitContext;
import io.tollgate.testkit.VirtualTime;
import org.junit.jupiter.api.Test;

class CustomPolicyTest {
    private final RateLimiter limiter =
            LocalRateLimiter.builder().time(new VirtualTime()).build();

    @Test
    void chargesATenantFiveTokensForAWriteAndOneForARead() {
        RateLimitPolicy policy =
                new TenantPolicy("tenants", "X-Tenant", RateLimit.perSecond(50).and(RateLimit.perDay(100_000)));
        for (int i = 0; i < 9; i++) {
            assertThat(decide(policy, request("POST", "acme")).allowed()).isTrue();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(decide(policy, request("GET", "acme")).allowed()).isTrue();
        }
        assertThat(decide(policy, request("GET", "acme")).allowed()).isFalse();
        assertThat(decide(policy, request("GET", "other")).allowed()).isTrue();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
    }

    @Test
    void countsAShadowedQuotaAndRefusesNobody() {
        RateLimitPolicy policy = ShadowedQuota.daily();
        RateLimitContext request = request("GET", "acme");
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

    private static TestRateLimitContext request(String method, String tenant) {
        return TestRateLimitContext.withoutRoute(method)
                .withPrincipal(Principal.of("alice"))
                .withHeader("X-Tenant", tenant);
    }
}
