package io.tollgate.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.ratelimit.Policies;
import io.tollgate.runner.Gateway;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Routes and filters that are added in code, through the front door. */
class CustomRouteTest {
    private static final String BEARER = "Authorization: Bearer " + TestGateway.TOKEN + "\r\n";

    /** Responds with all that a route can know. */
    private static final RouteEndpoint TELL =
            request -> text(request.route() + " " + request.pathParameter("tenant") + " "
                    + request.query().orElse("-") + " "
                    + request.principal().map(user -> user.userId()).orElse("anonymous") + " "
                    + request.context().requestId());

    @Test
    void aRouteOfYourOwnIsAuthenticatedAndHasItsParameters() throws Exception {
        try (Gateway gateway = TestGateway.builder()
                .route("GET", "/tenants/{tenant}/quota", AccessRule.token(), TELL)
                .start()) {
            RawResponse anonymous = get(gateway, "/tenants/acme/quota", "");
            assertThat(anonymous.status()).isEqualTo(401);
            assertThat(anonymous.code()).isEqualTo("MISSING_TOKEN");

            RawResponse known = get(gateway, "/tenants/a%C3%A9%2Fb/quota?x=1", BEARER + "X-Request-Id: id-1\r\n");
            assertThat(known.status()).isEqualTo(200);
            assertThat(known.body()).isEqualTo("/tenants/{tenant}/quota aé/b x=1 user-1 id-1");
            assertThat(known.header("X-RateLimit-Limit")).isNotNull();

            assertThat(get(gateway, "/tenants/%FF/quota", BEARER).code()).isEqualTo("INVALID_REQUEST");
        }
    }

    @Test
    void aRouteOfYourOwnEndsAtItsDeadline() throws Exception {
        CompletableFuture<HttpResponse> never = new CompletableFuture<>();
        try (Gateway gateway = TestGateway.builder()
                .route("GET", "/slow", AccessRule.open(), Duration.ofMillis(50), request -> {
                    request.context().onCancel(() -> never.cancel(false));
                    return never;
                })
                .start()) {
            RawResponse late = get(gateway, "/slow", "");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.code()).isEqualTo("REQUEST_TIMEOUT");
            await().until(never::isCancelled);
        }
        assertThatThrownBy(() ->
                        TestGateway.builder().route("GET", "/slow", AccessRule.open(), Duration.ZERO, request -> never))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("deadline: PT0S (expected: > 0)");
    }

    @Test
    void aRouteOfYourOwnHasItsMethodsAndHidesNone() throws Exception {
        try (Gateway gateway = TestGateway.builder()
                .route("GET", "/tenants/{tenant}", AccessRule.open(), request -> text("get"))
                .route("PUT", "/tenants/{tenant}", AccessRule.open(), request -> text("put"))
                .route("GET", "/health", AccessRule.open(), request -> text("never"))
                .start()) {
            assertThat(get(gateway, "/tenants/acme", "").body()).isEqualTo("get");
            assertThat(send(gateway, "PUT", "/tenants/acme", "").body()).isEqualTo("put");
            RawResponse wrong = send(gateway, "DELETE", "/tenants/acme", "");
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.header("Allow")).isEqualTo("GET, HEAD, PUT");
            assertThat(get(gateway, "/health", "").body()).contains("\"status\":\"ok\"");
            assertThat(get(gateway, "/tenants/acme/more", "").code()).isEqualTo("ROUTE_NOT_FOUND");
        }
    }

    @Test
    void anErrorOfARouteOfYourOwnIsRenderedAsAnyOther() throws Exception {
        try (Gateway gateway = TestGateway.builder()
                .route(
                        "GET",
                        "/late",
                        AccessRule.open(),
                        request -> CompletableFuture.failedStage(
                                GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "Not now.")))
                .route("GET", "/thrown", AccessRule.open(), request -> {
                    throw new IllegalStateException("secret");
                })
                .start()) {
            assertThat(get(gateway, "/late", "").code()).isEqualTo("SERVICE_UNAVAILABLE");
            RawResponse fault = get(gateway, "/thrown", "");
            assertThat(fault.status()).isEqualTo(500);
            assertThat(fault.body()).doesNotContain("secret");
        }
    }

    @Test
    void filtersStandBeforeAllRoutesTheFirstOutermost() throws Exception {
        try (Gateway gateway = TestGateway.builder()
                .route("GET", "/own", AccessRule.open(), request -> text("own"))
                .filter((request, next) -> next.handle(request)
                        .thenApply(response -> response.withHeader("X-Order", header(response) + "outer")))
                .filter((request, next) -> next.handle(request)
                        .thenApply(response -> response.withHeader("X-Order", header(response) + "inner,")))
                .start()) {
            assertThat(get(gateway, "/own", "").header("X-Order")).isEqualTo("inner,outer");
            assertThat(get(gateway, "/health", "").header("X-Order")).isEqualTo("inner,outer");
            assertThat(get(gateway, "/nothing", "").header("X-Order"))
                    .as("no route, no filter")
                    .isNull();
        }
    }

    @Test
    void aFilterMayRespondAndMustNotExchangeTheRequest() throws Exception {
        try (Gateway gateway = TestGateway.builder()
                .filter((request, next) -> request.header("X-Stop").isPresent()
                        ? CompletableFuture.completedFuture(HttpResponse.empty(204))
                        : next.handle(request))
                .start()) {
            assertThat(get(gateway, "/health", "X-Stop: 1\r\n").status()).isEqualTo(204);
            assertThat(get(gateway, "/health", "").status()).isEqualTo(200);
        }
        Request other = FakeSource.local().request();
        try (Gateway gateway = TestGateway.builder()
                .filter((request, next) -> next.handle(other))
                .start()) {
            assertThat(get(gateway, "/health", "").status()).isEqualTo(500);
        }
    }

    @Test
    void whatCannotBeARouteIsRejectedAtOnce() {
        Gateway.Builder builder = TestGateway.builder();
        assertThatThrownBy(() -> builder.route("get", "/x", AccessRule.open(), TELL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("method: get");
        for (String template :
                new String[] {"x", "", "//", "/x//", "/a b", "/{}", "/x{y}", "/{a}/{a}", "/{a}{b}", "/x?y"}) {
            assertThatThrownBy(() -> builder.route("GET", template, AccessRule.open(), TELL))
                    .as(template)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("template: " + template);
        }
    }

    @Test
    void twoRoutesForTheSameRequestsAreRejectedAtOnce() {
        Gateway.Builder builder = TestGateway.builder().route("GET", "/tenants/{tenant}", AccessRule.open(), TELL);
        assertThatThrownBy(() -> builder.route("GET", "/tenants/{id}", AccessRule.open(), TELL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("route: GET /tenants/{id}");
        builder.route("PUT", "/tenants/{id}", AccessRule.open(), TELL)
                .route("GET", "/tenants/all", AccessRule.open(), TELL);
    }

    @Test
    void policiesOfOneNameAreRejectedAtTheStart() {
        RateLimitPolicy policy =
                Policies.named("default").limit(RateLimit.perHour(1)).build();
        assertThatThrownBy(() -> TestGateway.builder().policies(policy).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two are named default");
    }

    private static String header(HttpResponse response) {
        return response.header("X-Order").orElse("");
    }

    private static CompletionStage<HttpResponse> text(String text) {
        return CompletableFuture.completedFuture(
                HttpResponse.of(200, "text/plain; charset=utf-8", text.getBytes(UTF_8)));
    }

    private static RawResponse get(Gateway gateway, String path, String headers) throws Exception {
        return send(gateway, "GET", path, headers);
    }

    private static RawResponse send(Gateway gateway, String method, String path, String headers) throws Exception {
        return RawClient.exchange(
                gateway.address(),
                method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "Connection: close\r\n\r\n");
    }
}
