package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RateLimitPolicyTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("tenant", "global", RateLimit.perDay(5));

    @Test
    void isNamedCustomUnlessItSaysOtherwise() {
        RateLimitPolicy lambda = context -> List.of(CHECK);

        assertThat(lambda.name()).isEqualTo("custom");
        assertThat(lambda.phases()).containsExactly(Phase.REQUEST);
    }

    @Test
    void canBeALambdaWithAName() {
        RateLimitPolicy named = RateLimitPolicy.named("tenant", context -> List.of(CHECK));

        assertThat(named.name()).isEqualTo("tenant");
        assertThat(named).hasToString("RateLimitPolicy[tenant]");
        assertThat(named.checks(new Request())).containsExactly(CHECK);
    }

    @Test
    void keepsItsPhasesWithAnotherName() {
        RateLimitPolicy policy = new RateLimitPolicy() {
            @Override
            public List<RateLimitCheck> checks(RateLimitContext context) {
                return List.of();
            }

            @Override
            public Set<Phase> phases() {
                return Set.of(Phase.BODY, Phase.OUTCOME);
            }
        };

        assertThat(RateLimitPolicy.named("tenant", policy).phases())
                .containsExactlyInAnyOrder(Phase.BODY, Phase.OUTCOME);
    }

    @Test
    void rejectsANameThatNoPolicyCanHave() {
        assertThatThrownBy(() -> RateLimitPolicy.named("My tenant", context -> List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: \"My tenant\" (expected: [a-z0-9_-]{1,64})");
    }

    private record Request() implements RateLimitContext {
        @Override
        public String method() {
            return "GET";
        }

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
            return Optional.empty();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.empty();
        }
    }
}
