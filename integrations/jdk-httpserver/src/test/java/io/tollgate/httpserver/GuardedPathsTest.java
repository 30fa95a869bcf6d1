package io.tollgate.httpserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No way of writing a path reaches a handler without the requirements of its route. */
class GuardedPathsTest {
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(name -> Executors.newCachedThreadPool(task -> new Thread(task, name)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/admin, 401",
        "/admin/, 401",
        "/admin/users, 401",
        "/admin?x, 401",
        "/%61dmin, 401",
        "/%61%64%6D%69%6e/users, 401",
        "http://localhost/admin, 401",
        "/admin;x, 400",
        "/admin;x/users, 400",
        "/admin%3bx, 400",
        "/;x/admin, 400",
        "//admin, 404",
        "/x//admin, 400",
        "/admin//, 400",
        "/./admin, 400",
        "/%2e/admin, 400",
        "/admin/., 400",
        "/x/../admin, 400",
        "/x/%2e%2E/admin, 400",
        "/admin%2f, 400",
        "/admin%2Fusers, 400",
        "/x%5C..%5Cadmin, 400",
        "/admin%00, 400",
        "/admin%0a, 400",
        "/admin%c0%af, 400",
        "/adminx, 404",
        "/admin%20, 404",
    })
    void guardsAContextWhateverThePathLooksLike(String target, int status) throws IOException {
        GuardFilter filter = GuardFilter.builder(guard(100))
                .routes(RouteRules.builder()
                        .route("/admin/**", AccessRule.token())
                        .otherwise(AccessRule.open())
                        .build())
                .build();
        server.mount("/admin", filter, exchange -> {
            seen.add(target);
            TestServer.text(exchange, "administration");
        });
        server.mount("/", filter, exchange -> TestServer.text(exchange, "public"));

        assertThat(RawClient.status(server.port(), target)).isEqualTo(status);
        assertThat(seen).as("calls of the handler").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin", "/admin/", "/%61dmin", "/a%64min/"})
    void findsARouteInOneContextForAll(String target) throws IOException {
        server.mount(
                "/",
                GuardFilter.builder(guard(100))
                        .routes(RouteRules.builder()
                                .route("/admin", AccessRule.token())
                                .otherwise(AccessRule.open())
                                .build())
                        .build(),
                exchange -> TestServer.text(
                        exchange, "by the path " + exchange.getRequestURI().getPath()));

        assertThat(RawClient.status(server.port(), target)).isEqualTo(401);
        assertThat(RawClient.status(server.port(), "/ADMIN"))
                .as("another path, since the server distinguishes cases")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/files/a%21b, /files/a!b",
        "/files/%7Eann, /files/~ann",
        "/files/a%20b, /files/a%20b",
        "/files/%e2%82%ac, /files/%E2%82%AC",
        "/files/100%25, /files/100%25",
        "/files/a%3Fb, /files/a%3Fb",
        "/files/, /files",
        "/files/a+b, /files/a+b"
    })
    void showsRulesOneFormOfEachPath(String target, String path) throws IOException {
        server.mount(
                "/files",
                GuardFilter.builder(guard(100)).routes(this::open).build(),
                exchange -> TestServer.text(exchange, "file"));

        assertThat(RawClient.status(server.port(), target)).isEqualTo(200);
        assertThat(seen).containsExactly(path);
    }

    @Test
    void countsPathsThatItRejects() throws IOException {
        server.mount("/", GuardFilter.of(guard(2)), exchange -> TestServer.text(exchange, "public"));

        assertThat(RawClient.status(server.port(), "/;")).isEqualTo(400);
        String last = RawClient.get(server.port(), "/;");
        assertThat(last).startsWith("HTTP/1.1 400").contains("INVALID_REQUEST", "X-ratelimit-remaining: 0");
        assertThat(RawClient.status(server.port(), "/;")).isEqualTo(429);
    }

    private GuardedRoute open(HttpRequestHead head) {
        seen.add(head.path());
        return RouteRules.all(AccessRule.open()).of(head);
    }

    private static RequestGuard guard(int perHour) {
        return RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .secret("thirty-two bytes of secret, or more")
                        .build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(perHour))))
                .build();
    }
}
