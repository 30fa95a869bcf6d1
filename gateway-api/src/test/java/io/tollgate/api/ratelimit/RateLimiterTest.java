package io.tollgate.api.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The asking of several policies in order, which every implementation inherits. */
class RateLimiterTest {
    private static final RateLimit LIMIT = RateLimit.perSecond(10);

    private final List<String> asked = new ArrayList<>();
    private final CompletableFuture<RateLimitDecision> slow = new CompletableFuture<>();

    @Test
    void stopsAtTheFirstRefusal() {
        RateLimitDecisions verdict = join(limiter().decideAll(checks("a:7", "b:refused", "c:9")));

        assertThat(asked).containsExactly("a", "b");
        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.reported())
                .hasValueSatisfying(d -> assertThat(d.policy()).isEqualTo("b"));
        assertThat(verdict.rejection()).isEqualTo(verdict.reported());
    }

    @Test
    void reportsTheLeastShareLeftWhenAllPass() {
        RateLimitDecisions verdict = join(limiter().decideAll(checks("a:7", "b:3", "c:9")));

        assertThat(asked).containsExactly("a", "b", "c");
        assertThat(verdict.reported())
                .hasValueSatisfying(d -> assertThat(d.policy()).isEqualTo("b"));
    }

    @Test
    void goesOnPastAShadowThatWouldRefuseAndDoesNotReportIt() {
        List<RateLimitCheck> checks = new ArrayList<>(checks("a:refused"));
        checks.set(0, checks.get(0).asShadow());
        checks.addAll(checks("b:3"));

        RateLimitDecisions verdict = join(limiter().decideAll(checks));

        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.decisions()).hasSize(2);
        assertThat(verdict.reported())
                .hasValueSatisfying(d -> assertThat(d.policy()).isEqualTo("b"));
    }

    @Test
    void waitsForASlowDecisionBeforeItAsksTheNext() {
        CompletionStage<RateLimitDecisions> verdict = limiter().decideAll(checks("a:7", "slow:0", "c:2"));

        assertThat(asked).containsExactly("a", "slow");
        slow.complete(decision(checks("slow:0").get(0), true, 5));

        assertThat(asked).containsExactly("a", "slow", "c");
        assertThat(join(verdict).decisions())
                .extracting(RateLimitDecision::policy)
                .containsExactly("a", "slow", "c");
    }

    @Test
    void stopsWhenASlowDecisionRefuses() {
        CompletionStage<RateLimitDecisions> verdict = limiter().decideAll(checks("slow:0", "c:2"));

        slow.complete(decision(checks("slow:0").get(0), false, 0));

        assertThat(asked).containsExactly("slow");
        assertThat(join(verdict).allowed()).isFalse();
    }

    @Test
    void passesAFailureOn() {
        RateLimiter broken = check -> CompletableFuture.failedStage(new IllegalStateException("broken"));

        assertThatThrownBy(() -> join(broken.decideAll(checks("a:1")))).hasMessageContaining("broken");
    }

    @Test
    void hasNothingToReportWhenNothingIsAsked() {
        assertThat(join(limiter().decideAll(List.of())).reported()).isEmpty();
    }

    @Test
    void aRejectionCountsWhateverIsDecidedAfterIt() {
        RateLimitDecisions rejected = join(limiter().decideAll(checks("a:7", "b:refused")));
        RateLimitDecisions end = join(limiter().decideAll(checks("outcome:0")));

        RateLimitDecisions all = rejected.and(end);

        assertThat(all.decisions()).extracting(RateLimitDecision::policy).containsExactly("a", "b", "outcome");
        assertThat(all.allowed()).isFalse();
        assertThat(all.rejection().map(RateLimitDecision::policy)).contains("b");
        assertThat(all.reported().map(RateLimitDecision::policy)).contains("b");
    }

    /** Answers by the key: the tokens left, or {@code refused}. */
    private RateLimiter limiter() {
        return check -> {
            asked.add(check.policy());
            if (check.policy().equals("slow")) {
                return slow.minimalCompletionStage();
            }
            boolean refused = check.key().equals("refused");
            return CompletableFuture.completedStage(
                    decision(check, !refused, refused ? 0 : Long.parseLong(check.key())));
        };
    }

    private static List<RateLimitCheck> checks(String... policyAndKey) {
        List<RateLimitCheck> checks = new ArrayList<>();
        for (String one : policyAndKey) {
            int colon = one.indexOf(':');
            checks.add(RateLimitCheck.of(one.substring(0, colon), one.substring(colon + 1), LIMIT));
        }
        return checks;
    }

    private static RateLimitDecision decision(RateLimitCheck check, boolean allowed, long remaining) {
        return new RateLimitDecision(
                check, LIMIT.bandwidths().get(0), allowed, remaining, 0, 1, 1, 1, RateLimitDecision.Source.LOCAL);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
