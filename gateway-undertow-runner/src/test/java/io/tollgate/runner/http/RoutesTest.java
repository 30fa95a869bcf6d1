package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.runner.config.PolicyConfig;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RoutesTest {
    @Test
    void areThoseThatAPolicyCanName() {
        Routes routes = new Routes(
                new TestGateway.Users(),
                TestGateway.orders(),
                new RateLimits(LocalRateLimiter.builder().build(), List.of(), false, new RequestObserver() {}),
                new Health("name", "1", Clock.systemUTC()),
                new TokenRoutes(
                        () -> CompletableFuture.completedStage("{}"),
                        Optional.of((refreshToken, bearer) -> CompletableFuture.completedStage(null)),
                        Map.of()),
                new ApiVersions(Map.of(), Optional.empty()),
                List.of());

        assertThat(PolicyConfig.ROUTES).containsExactlyInAnyOrderElementsOf(routes.templates());
    }
}
