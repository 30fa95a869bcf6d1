package io.tollgate.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The peculiarities of the JDK's server; the contract has the rest. */
class GuardFilterTest {
    private final JwtTokenService tokens = JwtTokenService.builder()
            .secret("thirty-two bytes of secret, or more")
            .build();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(name -> Executors.newCachedThreadPool(task -> new Thread(task, name)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void makesTheUserThePrincipalOfTheExchange() throws Exception {
        GuardFilter filter = GuardFilter.builder(guard(RateLimit.perHour(9)))
                .routes(RouteRules.all(AccessRule.optionalToken()))
                .build();
        server.mount("/", filter, exchange -> {
            HttpPrincipal principal = exchange.getPrincipal();
            TestServer.text(
                    exchange,
                    GuardFilter.principal(exchange).map(Principal::userId) + " "
                            + (principal == null ? "nobody" : principal.getUsername()));
        });

        assertThat(get("/", "Authorization", bearer("ann")).body()).isEqualTo("Optional[ann] ann");
        assertThat(get("/").body()).isEqualTo("Optional.empty nobody");
    }

    @Test
    void knowsNothingOfAnExchangeThatItDidNotSee() throws Exception {
        server.mount(
                "/",
                exchange -> TestServer.text(
                        exchange,
                        "" + GuardFilter.principal(exchange) + GuardFilter.requestId(exchange)
                                + GuardFilter.admitted(exchange)));

        assertThat(get("/").body()).isEqualTo("Optional.emptyOptional.emptyOptional.empty");
    }

    @Test
    void chargesByTheStatusThatAnotherThreadSends() throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.named("failures")
                                .limit(RateLimit.perHour(1))
                                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                                .build()))
                .build();
        server.mount("/", GuardFilter.of(guard), exchange -> new Thread(() -> send(exchange, 401)).start());

        assertThat(get("/").statusCode()).isEqualTo(401);
        assertThat(get("/").statusCode()).isEqualTo(429);
    }

    @Test
    void rendersTheErrorThatAHandlerThrows() throws Exception {
        GuardFilter filter = GuardFilter.builder(RequestGuard.builder().build())
                .errors(ErrorRenderer.problem())
                .build();
        server.mount("/known", filter, exchange -> {
            throw GatewayException.of(CommonError.RESOURCE_NOT_FOUND, "There is no such ticket.");
        });
        server.mount("/fault", filter, exchange -> {
            throw new IllegalStateException("on purpose");
        });

        HttpResponse<String> known = get("/known", "X-Request-ID", "abc");
        assertThat(known.statusCode()).isEqualTo(404);
        assertThat(known.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(known.body()).contains("There is no such ticket.", "urn:request:abc");
        HttpResponse<String> fault = get("/fault");
        assertThat(fault.statusCode()).isEqualTo(500);
        assertThat(fault.body()).contains("INTERNAL_SERVER_ERROR").doesNotContain("on purpose");
    }

    @Test
    void chargesByTheErrorThatAHandlerThrows() throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.named("conflicts")
                                .limit(RateLimit.perHour(1))
                                .chargeOnlyOn(CommonError.OPERATION_ABORTED)
                                .build()))
                .build();
        Queue<CommonError> errors = new ConcurrentLinkedQueue<>(List.of(
                CommonError.RESOURCE_ALREADY_EXISTS, CommonError.OPERATION_ABORTED, CommonError.OPERATION_ABORTED));
        server.mount("/", GuardFilter.of(guard), exchange -> {
            throw GatewayException.of(errors.remove(), "No.");
        });

        assertThat(get("/").statusCode()).isEqualTo(409);
        assertThat(get("/").statusCode())
                .as("since the first error, of the same status, cost nothing")
                .isEqualTo(409);
        assertThat(get("/").statusCode()).isEqualTo(429);
    }

    @Test
    void closesTheConnectionIfAHandlerThrowsInTheMiddleOfItsResponse() {
        server.mount("/", GuardFilter.of(RequestGuard.builder().build()), exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write("half".getBytes(UTF_8));
            throw new IllegalStateException("on purpose");
        });

        assertThatThrownBy(() -> get("/")).isInstanceOf(IOException.class);
    }

    @Test
    void respondsIfARequestCannotBeJudged() throws Exception {
        RateLimiter broken = check -> CompletableFuture.failedStage(new IllegalStateException("on purpose"));
        server.mount(
                "/limiter",
                GuardFilter.of(RequestGuard.builder()
                        .limiter(broken, List.of(Policies.standard(RateLimit.perHour(1))))
                        .build()),
                exchange -> TestServer.text(exchange, "unreachable"));
        server.mount(
                "/tokens",
                GuardFilter.builder(RequestGuard.builder().build())
                        .routes(RouteRules.all(AccessRule.token()))
                        .build(),
                exchange -> TestServer.text(exchange, "unreachable"));

        assertThat(get("/limiter").statusCode()).isEqualTo(500);
        assertThat(get("/tokens").statusCode()).as("a rule without a verifier").isEqualTo(500);
        assertThat(get("/tokens").headers().firstValue("X-Request-ID")).isPresent();
    }

    @Test
    void limitsByTheBody() throws Exception {
        LocalRateLimiter local = LocalRateLimiter.builder().build();
        RateLimiter elsewhere = new RateLimiter() {
            @Override
            public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
                return CompletableFuture.supplyAsync(
                        () -> local.decide(check).toCompletableFuture().join(), task -> new Thread(task).start());
            }
        };
        RateLimitPolicy perAccount = Policies.named("logins")
                .phase(RateLimitContext.Phase.BODY)
                .key(context -> context.attribute("account"))
                .limit(RateLimit.perHour(1))
                .build();
        RequestGuard guard =
                RequestGuard.builder().limiter(elsewhere, List.of(perAccount)).build();
        server.mount("/login", GuardFilter.of(guard), exchange -> {
            String account = exchange.getRequestURI().getQuery();
            Admission admission = GuardFilter.admitted(exchange)
                    .orElseThrow()
                    .onBody(Map.of("account", account))
                    .toCompletableFuture()
                    .join();
            if (admission instanceof Rejected rejected) {
                throw rejected.error();
            }
            TestServer.text(exchange, "Welcome");
        });

        assertThat(get("/login?ann").body()).isEqualTo("Welcome");
        assertThat(get("/login?ann").statusCode()).isEqualTo(429);
        assertThat(get("/login?bob").body()).isEqualTo("Welcome");
    }

    @Test
    void stacks() throws Exception {
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        RequestGuard perAddress = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(1))))
                .build();
        server.mount("/", GuardFilter.of(guard(RateLimit.perHour(5))), exchange -> {
                    ids.add(GuardFilter.requestId(exchange).orElseThrow());
                    TestServer.text(
                            exchange,
                            GuardFilter.principal(exchange).orElseThrow().userId()
                                    + exchange.getPrincipal().getUsername());
                })
                .getFilters()
                .add(GuardFilter.of(perAddress));

        HttpResponse<String> response = get("/", "Authorization", bearer("ann"));
        assertThat(response.body()).as("the user of the first filter").isEqualTo("annann");
        assertThat(response.headers().allValues("X-Request-ID")).isEqualTo(List.copyOf(ids));
        assertThat(response.headers().allValues("X-RateLimit-Limit")).containsExactly("5");
        assertThat(get("/", "Authorization", bearer("ann")).statusCode()).isEqualTo(429);
    }

    @Test
    void reportsEveryRequest() throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        RequestListener listener = new RequestListener() {
            @Override
            public void started(HttpRequestHead head) {
                events.add("started " + head.path());
            }

            @Override
            public void finished(RequestSummary request) {
                events.add(request.route().orElse("no route") + " "
                        + request.response().status() + " "
                        + Optional.ofNullable(request.error()) + " "
                        + request.principal().map(Principal::userId).orElse("-") + " "
                        + request.decisions().decisions().size() + " "
                        + (request.nanos() > 0) + " "
                        + request.requestId());
            }
        };
        server.mount(
                "/hello",
                GuardFilter.builder(guard(RateLimit.perHour(1)))
                        .listener(listener)
                        .build(),
                exchange -> TestServer.text(exchange, "Hello"));

        get("/hello", "X-Request-ID", "1", "Authorization", bearer("ann"));
        get("/hello", "X-Request-ID", "2", "Authorization", bearer("ann"));
        get("/hello;x", "X-Request-ID", "3");

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(events)
                        .containsExactly(
                                "started /hello",
                                "/hello 200 Optional.empty ann 1 true 1",
                                "started /hello",
                                "/hello 429 Optional[RATE_LIMIT_EXCEEDED] ann 1 true 2",
                                "started /hello;x",
                                "no route 400 Optional[INVALID_REQUEST] - 1 true 3"));
    }

    @Test
    void settlesAnExchangeThatIsClosedWithoutAResponse() throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.named("failures")
                                .limit(RateLimit.perHour(1))
                                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                                .build()))
                .build();
        server.mount("/", GuardFilter.of(guard), HttpExchange::close);

        assertThat(RawClient.get(server.port(), "/")).isEmpty();
        assertThat(get("/").statusCode())
                .as("the outcome was unknown, and is charged")
                .isEqualTo(429);
    }

    private RequestGuard guard(RateLimit limit) {
        return RequestGuard.builder()
                .tokens(tokens)
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();
    }

    private String bearer(String user) {
        return "Bearer "
                + tokens.issue(Principal.of(user)).toCompletableFuture().join().accessToken();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(60));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static void send(HttpExchange exchange, int status) {
        try {
            TestServer.send(exchange, status, "text/plain", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
