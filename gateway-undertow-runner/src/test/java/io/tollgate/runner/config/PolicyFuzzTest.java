package io.tollgate.runner.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.config.ConfigException;
import io.tollgate.ratelimit.LocalRateLimiter;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Configures any policies; those that are accepted limit requests, and say the same when they are read again. */
class PolicyFuzzTest {
    private static final InetAddress ADDRESS =
            AddressRange.parseAddress("2001:db8::1").orElseThrow();

    @FuzzTest
    void policiesAreRejectedOrLimit(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        PolicyConfig policies;
        try {
            policies = ConfigLoader.of(Map.of("jwt.secret_key", Samples.SECRET, "rate_limit.policies", text))
                    .config()
                    .rateLimit()
                    .policies();
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.toString())
                            .hasSizeLessThan(2000)
                            .matches(line -> line.chars().noneMatch(Character::isISOControl), "one line"));
            return;
        }
        List<RateLimitPolicy> read = policies.policies(OnOutage.LOCAL);
        assertThat(read).hasSizeLessThanOrEqualTo(100);
        assertThat(read.stream().map(RateLimitPolicy::name)).containsExactlyElementsOf(policies.names());
        LocalRateLimiter limiter = LocalRateLimiter.builder().build();
        for (RateLimitPolicy policy : read) {
            for (RateLimitContext.Phase phase : policy.phases()) {
                for (RateLimitCheck check : policy.checks(new Request(phase))) {
                    assertThat(check.cost()).isLessThanOrEqualTo(check.limit().capacity());
                    assertThat(limiter.decide(check).toCompletableFuture()).isCompleted();
                }
            }
        }
    }

    /** A purchase by a user with claims, in one phase. */
    private record Request(Phase phase) implements RateLimitContext {
        @Override
        public String method() {
            return "POST";
        }

        @Override
        public Optional<String> route() {
            return Optional.of("/api/v1/tickets/{event_id}/purchase");
        }

        @Override
        public InetAddress clientAddress() {
            return ADDRESS;
        }

        @Override
        public Optional<Principal> principal() {
            return Optional.of(new Principal(
                    "ann", Set.of("read"), Set.of("staff"), Map.of("plan", "gold", "team", List.of("ops"))));
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.of("value of " + name);
        }

        @Override
        public Optional<String> attribute(String name) {
            return phase == Phase.REQUEST ? Optional.empty() : Optional.of("ann@example.org");
        }

        @Override
        public Optional<ErrorCode> error() {
            return phase == Phase.OUTCOME ? Optional.of(CommonError.UNAUTHENTICATED) : Optional.empty();
        }
    }
}
