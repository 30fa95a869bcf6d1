package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.operations.Condition.Status;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.runner.auth.KeyState;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComponentsTest {
    @ParameterizedTest
    @CsvSource({
        "READY, CLOSED, OK",
        "READY, OFF, OK",
        "IDLE, CLOSED, OK",
        "CONNECTING, CLOSED, DEGRADED",
        "TRANSIENT_FAILURE, CLOSED, DOWN",
        "TRANSIENT_FAILURE, OPEN, DOWN",
        "SHUTDOWN, CLOSED, DOWN",
        "READY, HALF_OPEN, DEGRADED",
    })
    void aServiceIsAsItsConnectionIs(Connectivity connectivity, BreakerState breaker, Status status) {
        assertThat(Components.upstream(connectivity, breaker).status()).isEqualTo(status);
    }

    @Test
    void anOpenBreakerAloneKeepsRequestsComingSinceOnlyTheyCanCloseIt() {
        assertThat(Components.upstream(Connectivity.READY, BreakerState.OPEN).status())
                .isEqualTo(Status.DEGRADED);
        assertThat(Components.upstream(Connectivity.IDLE, BreakerState.OPEN).status())
                .isEqualTo(Status.DEGRADED);
    }

    @Test
    void keysAreDownWhereThereIsNone() {
        assertThat(Components.keys(new KeyState(1, OptionalInt.empty())).status())
                .isEqualTo(Status.OK);
        assertThat(Components.keys(new KeyState(0, OptionalInt.empty())).status())
                .isEqualTo(Status.DOWN);
        assertThat(Components.keys(new KeyState(0, OptionalInt.of(2))).status()).isEqualTo(Status.OK);
        assertThat(Components.keys(new KeyState(1, OptionalInt.of(0))).status()).isEqualTo(Status.DEGRADED);
        assertThat(Components.keys(new KeyState(0, OptionalInt.of(0))).status()).isEqualTo(Status.DOWN);
    }

    @Test
    void theLimiterIsDegradedWhileItDoesWithoutRedis() {
        assertThat(Components.limiter(FallbackRateLimiter.State.SHARED).status())
                .isEqualTo(Status.OK);
        assertThat(Components.limiter(FallbackRateLimiter.State.FALLBACK)).satisfies(fallback -> {
            assertThat(fallback.status()).isEqualTo(Status.DEGRADED);
            assertThat(fallback.detail())
                    .as("probing is no news")
                    .isEqualTo(Components.limiter(FallbackRateLimiter.State.PROBING)
                            .detail());
        });
    }
}
