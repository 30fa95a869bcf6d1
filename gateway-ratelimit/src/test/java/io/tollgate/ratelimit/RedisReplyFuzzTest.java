package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;

/** Takes anything for Redis's reply to the script: it is a decision that a limit can have, or no reply. */
class RedisReplyFuzzTest {
    private static final TokenBucketScript SCRIPT = new TokenBucketScript("");
    private static final RateLimitCheck ONE = RateLimitCheck.of("default", "user:ann", RateLimit.perMinute(100));
    private static final RateLimitCheck TWO = RateLimitCheck.of(
                    "purchases", "user:ann", RateLimit.parse("10/s, 1000/day"))
            .withCost(3);

    @FuzzTest
    void aReplyOfOneWindowIsADecisionOrNone(byte[] reply) {
        assertDecisionOrNone(ONE, reply);
    }

    @FuzzTest
    void aReplyOfTwoWindowsIsADecisionOrNone(byte[] reply) {
        assertDecisionOrNone(TWO, reply);
    }

    @FuzzTest
    void aReplyToSeveralDecisionsIsOneForEachOrNone(byte[] reply) {
        for (int size = 2; size <= SharedCall.MAX_SIZE; size++) {
            try {
                assertThat(SharedCall.replies(reply, size)).hasSize(size);
            } catch (IllegalStateException e) {
                assertThat(e.getMessage()).startsWith("reply to a shared call: ");
            }
        }
    }

    private static void assertDecisionOrNone(RateLimitCheck check, byte[] reply) {
        RateLimitDecision decision;
        try {
            decision = SCRIPT.decision(check, reply);
        } catch (IllegalStateException e) {
            assertThat(e.getMessage()).startsWith("reply: ");
            return;
        }
        assertThat(decision.remaining())
                .as("remaining")
                .isBetween(0L, decision.bandwidth().capacity());
        assertThat(decision.nextTokenNanos()).as("next token").isNotNegative();
        assertThat(decision.fullNanos()).as("full").isNotNegative();
        assertThat(decision.allowed()).isEqualTo(decision.retryAfterNanos() == 0);
    }
}
