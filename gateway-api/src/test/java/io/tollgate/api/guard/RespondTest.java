package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The guard of a server with a thread for each request. */
class RespondTest {
    private static final RateLimitPolicy LOGINS = context -> List.of(
            RateLimitCheck.of("logins", "all", RateLimit.perHour(5)).reservedFor(Set.of(CommonError.UNAUTHENTICATED)));

    private final MemoryLimiter limiter = new MemoryLimiter();
    private final Recorder recorder = new Recorder();

    private RequestGuard.Builder guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .tokens(NamedTokens.cheap())
                .limiter(limiter, List.of(policies))
                .listener(recorder);
    }

    private static HttpResponse respond(RequestGuard guard, Function<Admitted, HttpResponse> handler) {
        return guard.respond(anonymous(), "/shop", AccessRule.open(), "request-1", handler);
    }

    private static String body(HttpResponse response) {
        return new String(response.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void handlesOnTheCallersThreadAndAddsTheHeaders() {
        Thread caller = Thread.currentThread();

        HttpResponse response = guard(perClient("default", 10))
                .build()
                .respond(with("ann"), "/shop", AccessRule.token(), "request-1", request -> {
                    assertThat(Thread.currentThread()).isSameAs(caller);
                    return HttpResponse.json(
                            200, request.principal().orElseThrow().userId().getBytes(StandardCharsets.UTF_8));
                });

        assertThat(response.status()).isEqualTo(200);
        assertThat(body(response)).isEqualTo("ann");
        assertThat(response.header("X-RateLimit-Remaining")).contains("9");
    }

    @Test
    void neverHandlesARejectedRequest() {
        HttpResponse response = guard(perClient("default", 10))
                .build()
                .respond(with("forged"), "/shop", AccessRule.token(), "request-1", request -> {
                    throw new AssertionError("handled");
                });

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("WWW-Authenticate")).isPresent();
        assertThat(response.header("X-RateLimit-Remaining")).contains("9");
    }

    @Test
    void settlesByTheStatus() {
        RequestGuard guard = guard(LOGINS).build();

        respond(guard, request -> HttpResponse.empty(200));
        respond(guard, request -> HttpResponse.empty(401));

        assertThat(recorder.settlements()).containsExactly("settled logins refunded", "settled logins charged");
    }

    @Test
    void rendersWhatTheHandlerThrowsAndSettlesByIt() {
        RequestGuard guard = guard(perClient("default", 10), LOGINS).build();

        HttpResponse response = respond(guard, request -> {
            throw new CompletionException(GatewayException.of(CommonError.UNAUTHENTICATED, "Wrong password."));
        });

        assertThat(response.status()).isEqualTo(401);
        assertThat(body(response)).contains("Wrong password.");
        assertThat(response.header("X-RateLimit-Limit")).contains("10");
        assertThat(recorder.settlements()).containsExactly("settled logins charged");
    }

    @Test
    void hidesAndLogsAFaultOfTheHandler() {
        try (CapturedLog log = new CapturedLog("fault-of-the-handler")) {
            HttpResponse response = respond(guard(LOGINS).build(), request -> {
                throw new IllegalStateException("fault-of-the-handler");
            });

            assertThat(response.status()).isEqualTo(500);
            assertThat(body(response)).doesNotContain("fault-of-the-handler");
            assertThat(recorder.settlements()).containsExactly("settled logins refunded");
            assertThat(log.lines()).containsExactly("SEVERE A request failed with INTERNAL_SERVER_ERROR");
        }
    }

    @Test
    void leavesTheEndUnknownIfTheMachineFails() {
        assertThatThrownBy(() -> respond(guard(LOGINS).build(), request -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(recorder.settlements()).containsExactly("settled logins charged");
    }

    @Test
    void rendersARejectionOfTheBodyThatTheHandlerThrows() {
        RequestGuard guard = guard(
                        perClient("default", 10),
                        Requests.in(
                                Phase.BODY, c -> List.of(RateLimitCheck.of("accounts", "ann", RateLimit.perHour(1)))))
                .build();
        Function<Admitted, HttpResponse> login = request -> {
            if (request.onBody(Map.of("account", "ann")).toCompletableFuture().join() instanceof Rejected rejected) {
                throw rejected.error();
            }
            return HttpResponse.empty(204);
        };

        assertThat(respond(guard, login).status()).isEqualTo(204);
        HttpResponse second = respond(guard, login);

        assertThat(second.status()).isEqualTo(429);
        assertThat(second.header("X-RateLimit-Limit")).contains("1");
        assertThat(second.header("Retry-After")).contains("30");
    }

    @Test
    void rendersThatTheLimiterFails() {
        try (CapturedLog log = new CapturedLog("fault-of-a-policy")) {
            HttpResponse response = respond(
                    guard(context -> {
                                throw new IllegalStateException("fault-of-a-policy");
                            })
                            .build(),
                    request -> HttpResponse.empty(200));

            assertThat(response.status()).isEqualTo(500);
            assertThat(log.lines()).containsExactly("SEVERE A request could not be judged");
        }
    }

    @Test
    void rendersErrorsAsTheBuilderSays() {
        HttpResponse response = guard(perClient("default", 10))
                .errors(ErrorRenderer.problem())
                .build()
                .respond(with("forged"), "/shop", AccessRule.token(), "request-1", request -> HttpResponse.empty(200));

        assertThat(response.header("Content-Type")).contains("application/problem+json");
        assertThat(body(response)).contains("\"instance\":\"urn:request:request-1\"");
    }

    @Test
    void waitsForWhatIsChargedAtTheEnd() {
        RequestGuard guard = guard(Requests.in(
                        Phase.OUTCOME, c -> List.of(RateLimitCheck.of("ends", "all", RateLimit.perHour(7)))))
                .build();

        assertThat(respond(guard, request -> HttpResponse.empty(200)).header("X-RateLimit-Limit"))
                .contains("7");
    }
}
