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

class ConditionsTest {
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
        assertThat(Services.condition(connectivity, breaker).status()).isEqualTo(status);
    }

    @Test
    void anOpenBreakerAloneKeepsRequestsComingSinceOnlyTheyCanCloseIt() {
        assertThat(Services.condition(Connectivity.READY, BreakerState.OPEN).status())
                .isEqualTo(Status.DEGRADED);
        assertThat(Services.condition(Connectivity.IDLE, BreakerState.OPEN).status())
                .isEqualTo(Status.DEGRADED);
    }

    @Test
    void keysAreDownWhereThereIsNone() {
        assertThat(Wiring.condition(new KeyState(1, OptionalInt.empty())).status())
                .isEqualTo(Status.OK);
        assertThat(Wiring.condition(new KeyState(0, OptionalInt.empty())).status())
                .isEqualTo(Status.DOWN);
        assertThat(Wiring.condition(new KeyState(0, OptionalInt.of(2))).status())
                .isEqualTo(Status.OK);
        assertThat(Wiring.condition(new KeyState(1, OptionalInt.of(0))).status())
                .isEqualTo(Status.DEGRADED);
        assertThat(Wiring.condition(new KeyState(0, OptionalInt.of(0))).status())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void theLimiterIsDegradedWhileItDoesWithoutRedis() {
        assertThat(RateLimiting.condition(FallbackRateLimiter.State.SHARED).status())
                .isEqualTo(Status.OK);
        assertThat(RateLimiting.condition(FallbackRateLimiter.State.FALLBACK)).satisfies(fallback -> {
            assertThat(fallback.status()).isEqualTo(Status.DEGRADED);
            assertThat(fallback.detail())
                    .as("probing is no news")
                    .isEqualTo(RateLimiting.condition(FallbackRateLimiter.State.PROBING)
                            .detail());
        });
    }
}
