package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.headers;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are judged by the rules of a whole server. */
class RuledAdmissionTest {
    private static final RouteRules RULES = RouteRules.builder()
            .route("/admin/**", AccessRule.token())
            .route("/open/{id}", AccessRule.open())
            .otherwise(AccessRule.open())
            .build();

    private final MemoryLimiter limiter = new MemoryLimiter();
    private final Recorder recorder = new Recorder();

    private RequestGuard guard(RateLimiter by) {
        return RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(by, List.of(perClient("default", 3)))
                .withoutTokenProtection()
                .listener(recorder)
                .build();
    }

    private static HttpRequestHead head(String target, String... headers) {
        return HttpRequestHead.of(
                "GET",
                target,
                InetAddress.getLoopbackAddress(),
                name -> headers.length > 0 && headers[0].equalsIgnoreCase(name) ? List.of(headers[1]) : null);
    }

    private Admission judge(RequestGuard guard, HttpRequestHead head, RouteRules rules) {
        return now(guard.admit(head, rules, NO_OTHER_THREAD));
    }

    @Test
    void judgesByTheRuleOfTheRoute() {
        RequestGuard guard = guard(limiter);

        assertThat(judge(guard, head("/open/1"), RULES)).isInstanceOf(Admitted.class);
        assertThat(((Rejected) judge(guard, head("/admin/x"), RULES)).error().code())
                .isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(judge(guard, head("/admin/x", "Authorization", "Bearer ann"), RULES)
                        .principal())
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"//admin", "/open/../admin/x", "/admin;x", "/%61dmin", "/open//", "*", "admin"})
    void rejectsAnAmbiguousPathAndChargesItsAddress(String target) {
        RequestGuard guard = guard(limiter);

        Rejected rejected = (Rejected) judge(guard, head(target, "Authorization", "Bearer ann"), RULES);

        assertThat(rejected.error().code()).isEqualTo(CommonError.INVALID_REQUEST);
        assertThat(headers(rejected)).containsEntry("X-RateLimit-Remaining", "2");
        assertThat(limiter.asked()).containsExactly("default ip:127.0.0.1");
    }

    @Test
    void limitsAmbiguousPathsLikeAnyOther() {
        RequestGuard guard = guard(limiter);
        for (int i = 0; i < 3; i++) {
            judge(guard, head("//"), RULES);
        }

        assertThat(((Rejected) judge(guard, head("//"), RULES)).error().code())
                .isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(((Rejected) judge(guard, head("/open/1"), RULES)).error().code())
                .isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
    }

    @Test
    void settlesARequestThatItRejects() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        limiter,
                        List.of(context -> List.of(RateLimitCheck.of("reserving", "all", RateLimit.perHour(3))
                                .reservedFor(Set.of(CommonError.UNAUTHENTICATED)))))
                .listener(recorder)
                .build();

        judge(guard, head("//"), RULES);

        assertThat(recorder.settlements()).containsExactly("settled reserving refunded");
    }

    @Test
    void rejectsAHeadThatTheServerCouldNotDecode() {
        Rejected rejected = (Rejected) judge(guard(limiter), head("/open/1"), RouteRules.malformed());

        assertThat(rejected.error().code()).isEqualTo(CommonError.INVALID_REQUEST);
        assertThat(limiter.taken("default ip:127.0.0.1")).isEqualTo(1);
    }

    @Test
    void rejectsWithTheErrorThatTheRulesThrow() {
        try (CapturedLog log = new CapturedLog("a-fault-of-the-client")) {
            Rejected rejected = (Rejected) judge(guard(limiter), head("/"), head -> {
                throw GatewayException.of(CommonError.METHOD_NOT_ALLOWED, "a-fault-of-the-client");
            });

            assertThat(rejected.error().code()).isEqualTo(CommonError.METHOD_NOT_ALLOWED);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void rulesThatFailAreAFaultOfTheServerThatIsLogged() {
        try (CapturedLog log = new CapturedLog("a-bug-of-the-rules")) {
            Rejected rejected = (Rejected) judge(guard(limiter), head("/"), head -> {
                throw new IllegalStateException("a-bug-of-the-rules");
            });

            assertThat(rejected.error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
            assertThat(log.lines()).containsExactly("SEVERE A request could not be judged");
        }
    }

    @Test
    void rulesThatReadTokensWhichNothingVerifiesAreAFaultOfTheServer() {
        RequestGuard guard = RequestGuard.builder().build();

        Rejected rejected = (Rejected) judge(guard, head("/admin/x"), RULES);

        assertThat(rejected.error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(rejected.error())
                .hasRootCauseMessage("tokens: unset (expected: tokens(...) in the builder, since " + AccessRule.token()
                        + " reads tokens)");
    }

    @Test
    void aLimiterThatFailsRejectsWithItsErrorWhichIsLogged() {
        RateLimiter failing = check ->
                CompletableFuture.failedStage(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "no-limiter-today"));
        try (CapturedLog log = new CapturedLog("no-limiter-today")) {
            for (String target : List.of("/open/1", "//")) {
                Rejected rejected = (Rejected) judge(guard(failing), head(target), RULES);

                assertThat(rejected.error().code()).as(target).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            }
            assertThat(log.lines()).hasSize(2).containsOnly("SEVERE A request could not be judged");
        }
    }

    @Test
    void anExecutorThatRejectsItsTaskRejectsTheRequest() throws Exception {
        LateLimiter late = new LateLimiter();
        CompletableFuture<Admission> admission = guard(late)
                .admit(head("/open/1"), RULES, task -> {
                    throw new RejectedExecutionException("the event loop is shut down");
                })
                .toCompletableFuture();

        late.decideAllWaiting();

        assertThat(((Rejected) admission.join()).error().code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    @Test
    void completesOnTheExecutor() throws Exception {
        LateLimiter late = new LateLimiter();
        for (String target : List.of("/open/1", "//")) {
            List<Runnable> loop = new java.util.ArrayList<>();
            CompletableFuture<Admission> admission =
                    guard(late).admit(head(target), RULES, loop::add).toCompletableFuture();
            late.decideAllWaiting();

            assertThat(admission).as(target).isNotDone();
            while (!loop.isEmpty()) {
                loop.remove(0).run();
            }
            assertThat(admission).as(target).isDone();
        }
    }
}
