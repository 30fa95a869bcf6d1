package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.admit;
import static io.tollgate.api.guard.Requests.admitted;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.headers;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The headers that a response must carry, and the decision that they report. */
class GuardHeadersTest {
    private final MemoryLimiter limiter = new MemoryLimiter();

    private RequestGuard guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .limiter(limiter, List.of(policies))
                .standardHeaders(true)
                .build();
    }

    private static RateLimitCheck check(String policy, long capacity) {
        return RateLimitCheck.of(policy, "all", RateLimit.perHour(capacity));
    }

    private static RateLimitCheck reservation(String policy, long capacity) {
        return check(policy, capacity).reservedFor(Set.of(CommonError.UNAUTHENTICATED));
    }

    @Test
    void areThoseOfTheContract() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(perClient("default", 3600)))
                .build();

        assertThat(headers(admit(guard, anonymous(), AccessRule.open())))
                .containsExactly(
                        Map.entry("X-RateLimit-Limit", "3600"),
                        Map.entry("X-RateLimit-Remaining", "3599"),
                        Map.entry("X-RateLimit-Reset", "1767323046"),
                        Map.entry("X-RateLimit-RefillRate", "1.00"));
    }

    @Test
    void includeThoseOfTheDraftWhereTheyAreOn() {
        Map<String, String> headers = headers(admit(guard(perClient("default", 3600)), anonymous(), AccessRule.open()));

        assertThat(headers)
                .containsEntry("RateLimit-Policy", "\"default\";q=3600;w=3600")
                .containsEntry("RateLimit", "\"default\";r=3599;t=1")
                .containsKey("X-RateLimit-Limit");
    }

    @Test
    void reportTheLeastShareLeft() {
        Admission admission = admit(
                guard(c -> List.of(check("wide", 100), check("narrow", 5), check("middle", 20))),
                anonymous(),
                AccessRule.open());

        assertThat(headers(admission)).containsEntry("X-RateLimit-Limit", "5");
        assertThat(headers(admission).get("RateLimit")).contains("\"wide\"", "\"narrow\"", "\"middle\"");
    }

    @Test
    void reportTheLeastShareOfAllPhases() {
        Admitted request = admitted(
                guard(
                        c -> List.of(check("request", 10)),
                        Requests.in(Phase.BODY, c -> List.of(check("body", 5))),
                        Requests.in(Phase.OUTCOME, c -> List.of(check("outcome", 100)))),
                anonymous(),
                AccessRule.open());
        assertThat(headers(request)).containsEntry("X-RateLimit-Limit", "10");

        now(request.onBody(Map.of()));
        assertThat(headers(request)).containsEntry("X-RateLimit-Limit", "5");

        now(request.settle(200));
        assertThat(headers(request)).containsEntry("X-RateLimit-Limit", "5");
        assertThat(request.decisions().decisions())
                .extracting(d -> d.policy())
                .containsExactly("request", "body", "outcome");
    }

    @Test
    void neverReportAShadow() {
        RequestGuard guard = guard(c -> List.of(check("shadow", 1).asShadow(), check("default", 100)));
        admitted(guard, anonymous(), AccessRule.open());

        Map<String, String> headers = headers(admitted(guard, anonymous(), AccessRule.open()));

        assertThat(headers).containsEntry("X-RateLimit-Limit", "100").containsEntry("X-RateLimit-Remaining", "98");
        assertThat(headers.get("RateLimit")).doesNotContain("shadow");
        assertThat(headers.get("RateLimit-Policy")).doesNotContain("shadow");
    }

    @Test
    void reportNothingWhereOnlyShadowsWereAsked() {
        assertThat(headers(admit(guard(c -> List.of(check("shadow", 1).asShadow())), anonymous(), AccessRule.open())))
                .isEmpty();
    }

    @Test
    void reportAReservationOnlyIfItRejects() {
        RequestGuard guard = guard(c -> List.of(check("default", 100), reservation("logins", 1)));

        Map<String, String> allowed = headers(admitted(guard, anonymous(), AccessRule.open()));
        Map<String, String> rejected = headers(Requests.rejected(guard, anonymous(), AccessRule.open()));

        assertThat(allowed).containsEntry("X-RateLimit-Limit", "100");
        assertThat(allowed.get("RateLimit")).doesNotContain("logins");
        assertThat(rejected).containsEntry("X-RateLimit-Limit", "1").containsEntry("X-RateLimit-Remaining", "0");
        assertThat(rejected.get("RateLimit")).contains("\"default\"", "\"logins\"");
    }

    @Test
    void reportTheRejectionAlthoughAnotherHasLessLeft() {
        RequestGuard guard = guard(c -> List.of(
                check("used-up", 2),
                RateLimitCheck.of("costly", "all", RateLimit.perHour(10)).withCost(6)));
        admitted(guard, anonymous(), AccessRule.open());

        Rejected rejected = Requests.rejected(guard, anonymous(), AccessRule.open());

        assertThat(headers(rejected)).containsEntry("X-RateLimit-Limit", "10");
    }

    @Test
    void keepReportingTheRejectionOfTheBodyWhateverItsEndIsCharged() {
        RequestGuard guard = guard(
                Requests.in(Phase.BODY, c -> List.of(check("body", 1))),
                Requests.in(Phase.OUTCOME, c -> List.of(check("outcome", 1))));
        now(admitted(guard, anonymous(), AccessRule.open()).onBody(Map.of()));
        Requests.now(admitted(guard, anonymous(), AccessRule.open()).settle(CommonError.INVALID_REQUEST));

        Admission second = now(admitted(guard, anonymous(), AccessRule.open()).onBody(Map.of()));

        assertThat(second).isInstanceOf(Rejected.class);
        assertThat(limiter.asked()).endsWith("body all", "outcome all");
        assertThat(second.reported().orElseThrow().policy()).isEqualTo("body");
    }
}
