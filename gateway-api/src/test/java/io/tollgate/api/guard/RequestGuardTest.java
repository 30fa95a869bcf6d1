package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.admit;
import static io.tollgate.api.guard.Requests.admitted;
import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.fromAddress;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.rejected;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.token.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a request: who it is from, what it is charged, and why it is rejected. */
class RequestGuardTest {
    private final MemoryLimiter limiter = new MemoryLimiter();
    private final NamedTokens tokens = NamedTokens.cheap();
    private final Recorder recorder = new Recorder();

    private RequestGuard guard(long capacity) {
        return RequestGuard.builder()
                .tokens(tokens)
                .limiter(limiter, List.of(perClient("default", capacity)))
                .trustedProxies("10.0.0.0/8")
                .listener(recorder)
                .build();
    }

    @Test
    void admitsEverythingWithoutTokensAndLimiter() {
        Admitted request = admitted(RequestGuard.builder().build(), anonymous(), AccessRule.open());

        assertThat(request.clientAddress().getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(request.principal()).isEmpty();
        assertThat(request.decisions().decisions()).isEmpty();
        assertThat(request.reported()).isEmpty();
        assertThat(Requests.headers(request)).isEmpty();
        assertThat(now(request.settle(200))).isNull();
        assertThat(request).hasToString("Admitted[anonymous]");
    }

    @Test
    void chargesTheAddressBehindTrustedProxies() {
        admitted(
                guard(10),
                fromAddress("10.1.2.3").with("X-Forwarded-For", "198.51.100.7, 203.0.113.9"),
                AccessRule.open());

        assertThat(limiter.asked()).containsExactly("default ip:203.0.113.9");
    }

    @Test
    void chargesTheUserOfAValidToken() {
        Admitted request = admitted(guard(10), with("ann"), AccessRule.token());

        assertThat(request.principal().map(Principal::userId)).contains("ann");
        assertThat(limiter.asked()).containsExactly("default user:ann");
        assertThat(recorder.lines()).containsExactly("authenticated ok", "decided default+");
        assertThat(request).hasToString("Admitted[ann]");
    }

    @Test
    void neverReadsTheTokenOfAnOpenRoute() {
        Admitted request = admitted(guard(10), with("forged"), AccessRule.open());

        assertThat(request.principal()).isEmpty();
        assertThat(tokens.verified()).isEmpty();
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void admitsARequestWithoutTokenWhereOneIsOptional() {
        assertThat(admitted(guard(10), anonymous(), AccessRule.optionalToken()).principal())
                .isEmpty();
        assertThat(recorder.lines()).containsExactly("decided default+");
    }

    @Test
    void rejectsABadTokenWhereOneIsOptional() {
        Rejected rejected = rejected(guard(10), with("forged"), AccessRule.optionalToken());

        assertThat(rejected.error().code()).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void chargesABadTokenToItsAddressAndThenRejectsItWithAChallenge() {
        Rejected rejected = rejected(guard(10), with("forged"), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(rejected.error().headers().get("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
        assertThat(rejected.principal()).isEmpty();
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1", "bad-tokens ip:192.0.2.1");
        assertThat(recorder.lines())
                .containsExactly(
                        "authenticated INVALID_TOKEN", "decided default+ bad-tokens+", "settled bad-tokens charged");
        assertThat(rejected).hasToString("Rejected[INVALID_TOKEN]");
    }

    @Test
    void chargesAMissingTokenAsAnyRequestAndNotAsABadOne() {
        Rejected rejected = rejected(guard(10), anonymous(), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(rejected.error().headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void chargesAnExpiredTokenAsAnyRequestAndNotAsABadOne() {
        Rejected rejected = rejected(guard(10), with("expired"), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.TOKEN_EXPIRED);
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void respondsWith503WhereKeysCannotBeHad() {
        Rejected rejected = rejected(guard(10), with("keyless"), AccessRule.token());

        assertThat(rejected.error().code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(rejected.error().headers()).doesNotContainKey("WWW-Authenticate");
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void aLimitRejectsBeforeABadTokenDoes() {
        RequestGuard guard = guard(1);
        rejected(guard, with("forged"), AccessRule.token());

        Rejected second = rejected(guard, with("forged"), AccessRule.token());

        assertThat(second.error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(limiter.asked()).endsWith("bad-tokens ip:192.0.2.1", "default ip:192.0.2.1");
    }

    @Test
    void rejectsAUserWithoutTheScopeAfterCharging() {
        AccessRule rule = AccessRule.scopes(List.of("write"));
        RequestGuard guard = guard(10);

        Rejected ann = rejected(guard, with("ann"), rule);
        Admission carl = admit(guard, with("carl"), rule);

        assertThat(ann.error().code()).isEqualTo(CommonError.INSUFFICIENT_SCOPE);
        assertThat(ann.error().headers())
                .containsEntry("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"write\"");
        assertThat(ann.principal().map(Principal::userId)).contains("ann");
        assertThat(carl).isInstanceOf(Admitted.class);
        assertThat(limiter.asked()).containsExactly("default user:ann", "default user:carl");
    }

    @Test
    void stopsAtTheFirstPolicyThatRejectsAndKeepsWhatEarlierOnesTook() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(perClient("first", 10), perClient("second", 1), perClient("third", 10)))
                .build();
        admitted(guard, anonymous(), AccessRule.open());

        Rejected rejected = rejected(guard, anonymous(), AccessRule.open());

        assertThat(rejected.error().details()).containsEntry("capacity", 1L).containsEntry("remaining_tokens", 0L);
        assertThat(rejected.reported().orElseThrow().policy()).isEqualTo("second");
        assertThat(limiter.taken("first ip:192.0.2.1")).isEqualTo(2);
        assertThat(limiter.taken("third ip:192.0.2.1")).isEqualTo(1);
    }

    @Test
    void chargesARequestWithoutARouteAllTheSame() {
        List<Optional<String>> routes = new ArrayList<>();
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(perClient("default", 10), context -> {
                    routes.add(context.route());
                    return List.of();
                }))
                .build();

        Admission admission = now(guard.admit(anonymous(), Optional.empty(), AccessRule.open(), NO_OTHER_THREAD));

        assertThat(admission).isInstanceOf(Admitted.class);
        assertThat(routes).containsExactly(Optional.empty());
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1");
    }

    @Test
    void policiesKnowTheRequest() {
        List<RateLimitContext> contexts = new ArrayList<>();
        RequestGuard guard = RequestGuard.builder()
                .tokens(tokens)
                .limiter(limiter, List.of(context -> {
                    contexts.add(context);
                    return List.of();
                }))
                .build();

        admit(guard, with("ann").with("X-Tenant", "t1"), AccessRule.token());
        admit(guard, with("forged"), AccessRule.token());

        RateLimitContext ann = contexts.get(0);
        assertThat(ann.method()).isEqualTo("GET");
        assertThat(ann.route()).contains("/shop");
        assertThat(ann.header("x-tenant")).contains("t1");
        assertThat(ann.principal().map(Principal::userId)).contains("ann");
        assertThat(ann.addressKey()).isEqualTo("ip:192.0.2.1");
        assertThat(ann.phase()).isEqualTo(Phase.REQUEST);
        assertThat(ann.tokenError()).isEmpty();
        assertThat(ann.attribute("account")).isEmpty();
        assertThat(ann.error()).isEmpty();
        assertThat(contexts.get(1).tokenError()).contains(CommonError.INVALID_TOKEN);
    }

    @Test
    void policiesOfTheBodyKnowItsAttributes() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        limiter,
                        List.of(Requests.in(
                                Phase.BODY,
                                context -> List.of(RateLimitCheck.of(
                                        "accounts",
                                        "account:"
                                                + context.attribute("account").orElse("none"),
                                        RateLimit.perHour(1))))))
                .build();
        Admitted request = admitted(guard, anonymous(), AccessRule.open());

        assertThat(now(request.onBody(Map.of("account", "ann@example.org"))))
                .as("the same request")
                .isSameAs(request);
        assertThat(limiter.asked()).containsExactly("accounts account:ann@example.org");

        Admission second =
                now(admitted(guard, anonymous(), AccessRule.open()).onBody(Map.of("account", "ann@example.org")));
        assertThat(((Rejected) second).error().code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
    }

    @Test
    void replacedPoliciesHoldFromThenOnAndTokensStayProtected() {
        RequestGuard guard = guard(1);
        admitted(guard, anonymous(), AccessRule.open());

        guard.replacePolicies(List.of(perClient("default", 5)));

        assertThat(admit(guard, anonymous(), AccessRule.open())).isInstanceOf(Admitted.class);
        assertThat(guard.policies()).hasSize(2);
        rejected(guard, with("forged"), AccessRule.token());
        assertThat(limiter.taken("bad-tokens ip:192.0.2.1")).isEqualTo(1);
    }

    @Test
    void anInFlightRequestIsAskedTheNewPoliciesInItsLaterPhases() {
        RequestGuard guard = guard(10);
        Admitted request = admitted(guard, anonymous(), AccessRule.open());

        guard.replacePolicies(List.of(
                Requests.in(Phase.BODY, context -> List.of(RateLimitCheck.of("new", "all", RateLimit.perHour(1))))));
        now(request.onBody(Map.of()));

        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1", "new all");
    }

    @Test
    void rejectedMakesTheResponseWithAllItsHeaders() {
        TestHead head = with("forged");

        HttpResponse response =
                rejected(guard(10), head, AccessRule.token()).response(ErrorRenderer.envelope(), "request-1");

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("WWW-Authenticate")).isPresent();
        assertThat(response.header("X-RateLimit-Remaining")).contains("9");
        assertThat(new String(response.bytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"AUTHENTICATION_ERROR\",\"code\":\"INVALID_TOKEN\",\"message\":\"No.\"}");
    }

    @Test
    void theRendererSeesTheRequest() {
        TestHead head = with("forged").with("Accept", "application/problem+json");

        HttpResponse response =
                rejected(guard(10), head, AccessRule.token()).response(ErrorRenderer.negotiated(), "request-1");

        assertThat(response.header("Content-Type")).contains("application/problem+json");
    }

    @Test
    void completesTheResponseOfAnAdmittedRequest() {
        Admitted request = admitted(guard(10), anonymous(), AccessRule.open());

        HttpResponse response = request.complete(HttpResponse.empty(204).withHeader("X-RateLimit-Limit", "0"));

        assertThat(response.status()).isEqualTo(204);
        assertThat(response.header("X-RateLimit-Limit")).contains("10");
    }

    @Test
    void saysWhatIsUnset() {
        RequestGuard bare = RequestGuard.builder().build();

        assertThatIllegalStateException()
                .isThrownBy(() -> bare.admit(anonymous(), "/shop", AccessRule.token()))
                .withMessageStartingWith("tokens: unset");
        assertThatIllegalStateException()
                .isThrownBy(() -> bare.replacePolicies(List.of()))
                .withMessageStartingWith("limiter: unset");
    }

    @Test
    void takesOnlyAStatusThatAResponseCanHave() {
        for (int status : new int[] {0, 101, 199, 600, -1}) {
            Admitted request = admitted(guard(10), anonymous(), AccessRule.open());

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> request.settle(status))
                    .withMessage("httpStatus: " + status + " (expected: 200 to 599)");
        }
    }

    @Test
    void findsTheAddressOfAnyRequest() {
        assertThat(guard(10)
                        .clientAddress(fromAddress("10.0.0.1").with("X-Forwarded-For", "198.51.100.7"))
                        .getHostAddress())
                .isEqualTo("198.51.100.7");
    }
}
