package io.tollgate.examples.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The behaviour of Javalin with requests, beside that of all servers. */
class GuardPluginTest {
    private final RequestGuard guard = RequestGuard.builder()
            .tokens(JwtVerifier.builder()
                    .secret("thirty-two bytes of secret, or more")
                    .build())
            .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(9))))
            .build();

    @Test
    void aHeaderThatOverridesTheMethodOverridesTheRuleToo() throws Exception {
        RouteRules rules = RouteRules.builder()
                .route("GET", "/events", AccessRule.open())
                .route("DELETE", "/events", AccessRule.token())
                .build();
        try (TestServer server = new TestServer(config -> {
            config.registerPlugin(new GuardPlugin(guard, rules));
            config.router.mount(routes ->
                    routes.get("/events", ctx -> ctx.result("all")).delete("/events", ctx -> ctx.result("gone")));
        })) {
            assertThat(send(request(server, "/events")).body()).isEqualTo("all");
            assertThat(send(request(server, "/events").header("X-HTTP-Method-Override", "DELETE"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aHandlerThatFailsLaterIsChargedByItsStatus() throws Exception {
        RequestGuard failures = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.named("failures")
                                .limit(RateLimit.perHour(1))
                                .chargeOnlyOn(CommonError.INTERNAL_SERVER_ERROR)
                                .build()))
                .build();
        try (TestServer server = new TestServer(config -> {
            config.registerPlugin(new GuardPlugin(failures, RouteRules.all(AccessRule.open())));
            config.router.mount(routes -> routes.exception(IllegalArgumentException.class, (e, ctx) -> ctx.status(400))
                    .get(
                            "/{error}",
                            ctx -> ctx.future(() -> CompletableFuture.failedFuture(
                                    ctx.pathParam("error").equals("400")
                                            ? new IllegalArgumentException("on purpose")
                                            : new IllegalStateException("on purpose")))));
        })) {
            // The request is settled when its response is complete, which is after the client has it.
            for (int i = 0; i < 3; i++) {
                Awaitility.await().until(() -> send(request(server, "/400")).statusCode() == 400);
            }
            Awaitility.await().until(() -> send(request(server, "/500")).statusCode() == 500);
            Awaitility.await().until(() -> send(request(server, "/400")).statusCode() == 429);
        }
    }

    @Test
    void guardsHandlersThatRespondLater() throws Exception {
        CompletableFuture<String> text = new CompletableFuture<>();
        try (TestServer server = new TestServer(config -> {
            config.registerPlugin(new GuardPlugin(guard, RouteRules.all(AccessRule.open())));
            config.router.mount(routes -> routes.get("/later", ctx -> ctx.future(() -> text.thenAccept(ctx::result)))
                    .get(
                            "/failed",
                            ctx -> ctx.future(
                                    () -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")))));
        })) {
            CompletableFuture<HttpResponse<String>> response = HttpClient.newHttpClient()
                    .sendAsync(request(server, "/later").build(), BodyHandlers.ofString());
            text.complete("later");
            assertThat(response.get().body()).isEqualTo("later");
            assertThat(response.get().headers().firstValue("X-RateLimit-Remaining"))
                    .contains("8");
            assertThat(send(request(server, "/failed")).statusCode()).isEqualTo(500);
        }
    }

    @Test
    void limitsUnknownPathsAndBodies() throws Exception {
        try (TestServer server = new TestServer(config -> {
            config.http.maxRequestSize = 1_000;
            config.registerPlugin(new GuardPlugin(guard, RouteRules.all(AccessRule.open())));
            config.router.mount(routes -> routes.post("/", ctx -> ctx.result(ctx.body())));
        })) {
            HttpResponse<String> unknown = send(request(server, "/unknown"));
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.headers().firstValue("X-RateLimit-Remaining")).contains("8");

            HttpResponse<String> large = send(request(server, "/").POST(BodyPublishers.ofString("x".repeat(1_001))));
            assertThat(large.statusCode()).isEqualTo(413);
            assertThat(large.headers().firstValue("X-RateLimit-Remaining")).contains("7");
        }
    }

    private static HttpRequest.Builder request(TestServer server, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
