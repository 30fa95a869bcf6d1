package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.token.AccessRule;
import io.tollgate.servlet.Container.Application;
import io.tollgate.servlet.Raw.Response;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The user that handlers see, and the response that clients see. */
abstract class UserPromises {
    /** Starts a container with an application at a path, which is empty or of the form {@code /shop}. */
    abstract Container start(String contextPath, Application application) throws Exception;

    /** Starts a container that accepts odd paths: encoded slashes, empty segments. */
    abstract Container startLenient(Application application) throws Exception;

    private static Application whoAmI(GuardFilter filter) {
        return context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/me", (request, response) -> Servlets.text(response, describe(request)));
        };
    }

    private static String describe(HttpServletRequest request) {
        return String.join(
                " ",
                request.getUserPrincipal() == null
                        ? "nobody"
                        : request.getUserPrincipal().getName(),
                request.getRemoteUser() == null ? "-" : request.getRemoteUser(),
                request.isUserInRole("admin") ? "admin" : "user",
                request.getAuthType() == null ? "-" : request.getAuthType(),
                request.getRemoteAddr(),
                GuardFilter.principal(request)
                        .map(Principal::scopes)
                        .map(Object::toString)
                        .orElse("-"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlersSeeTheUserOfTheToken(boolean later) throws Exception {
        GuardFilter filter = GuardFilter.of(Guards.authenticating(TestLimiter.of(later), 10));
        try (Container server = start("", whoAmI(filter))) {
            assertThat(Raw.get(server, "/me", "Authorization: Bearer ann").body())
                    .isEqualTo("ann ann user Bearer 127.0.0.1 [read]");
            assertThat(Raw.get(server, "/me", "Authorization: Bearer root", "X-Forwarded-For: 192.0.2.9")
                            .body())
                    .isEqualTo("root root admin Bearer 127.0.0.1 [read]");
            assertThat(Raw.get(server, "/me").status()).isEqualTo(401);
        }
    }

    @Test
    void handlersSeeNobodyIfTheGuardReadsNoTokens() throws Exception {
        GuardFilter filter = GuardFilter.of(Guards.limiting(TestLimiter.immediate(), 10));
        try (Container server = start("", whoAmI(filter))) {
            assertThat(Raw.get(server, "/me", "Authorization: Bearer ann").body())
                    .isEqualTo("nobody - user - 127.0.0.1 -");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesAUserWhomSomethingElseHasAuthenticated(boolean later) throws Exception {
        TestLimiter limiter = TestLimiter.of(later);
        GuardFilter filter = GuardFilter.builder(Guards.limiting(limiter, 10))
                .principal(request ->
                        Optional.ofNullable(request.getHeader("X-User")).map(Principal::of))
                .requestRoutes(request -> new GuardedRoute(Optional.of("/me"), AccessRule.token()))
                .build();
        try (Container server = start("", whoAmI(filter))) {
            assertThat(Raw.get(server, "/me", "X-User: eve").body())
                    .as("the container's own user stays")
                    .isEqualTo("nobody - user - 127.0.0.1 []");
            assertThat(Raw.get(server, "/me").status()).isEqualTo(401);
        }
        assertThat(limiter.asked()).containsExactly("default user:eve", "default ip:127.0.0.1");
    }

    @Test
    void respondsToHeadWithoutABody() throws Exception {
        GuardFilter filter = GuardFilter.of(Guards.limiting(TestLimiter.immediate(), 1));
        try (Container server = start("", whoAmI(filter))) {
            assertThat(Raw.send(server, "HEAD", "/me", "").status()).isEqualTo(200);

            Response response = Raw.send(server, "HEAD", "/me", "");

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.body()).isEmpty();
            assertThat(Integer.parseInt(response.header("Content-Length").orElseThrow()))
                    .as("the length of the body to GET")
                    .isEqualTo(Raw.get(server, "/me").body().length());
        }
    }

    @Test
    void rendersErrorsAsTheApplicationDoes() throws Exception {
        GuardFilter filter = GuardFilter.builder(Guards.limiting(TestLimiter.later(), 0 + 1))
                .errors(ErrorRenderer.problem())
                .build();
        try (Container server = start("", whoAmI(filter))) {
            Raw.get(server, "/me");

            Response response = Raw.get(server, "/me", "X-Request-ID: id-1");

            assertThat(response.header("Content-Type").orElseThrow()).startsWith("application/problem+json");
            assertThat(response.header("X-Request-ID")).contains("id-1");
            assertThat(response.body()).contains("urn:request:id-1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlersReadTheBody(boolean later) throws Exception {
        GuardFilter filter = GuardFilter.of(Guards.limiting(TestLimiter.of(later), 10));
        String body = "x".repeat(100_000);
        try (Container server = start("", context -> {
            filter.register(context, "/*");
            Servlets.add(
                    context,
                    "/length",
                    (request, response) -> Servlets.text(
                            response, "" + request.getInputStream().readAllBytes().length));
        })) {
            assertThat(Raw.send(server, "POST", "/length", body).body()).isEqualTo("100000");
        }
    }

    @Test
    void severalFiltersEachChargeOnceAndShareTheRequestId() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        List<String> ids = new CopyOnWriteArrayList<>();
        GuardFilter first = GuardFilter.of(Guards.limiting(limiter, 10));
        GuardFilter second = GuardFilter.of(Guards.authenticating(limiter, 10));
        try (Container server = start("", context -> {
            first.register(context, "/*");
            second.register(context, "/me");
            Servlets.add(context, "/me", (request, response) -> {
                ids.add(GuardFilter.requestId(request).orElseThrow());
                Servlets.text(response, describe(request));
            });
        })) {
            Response response = Raw.get(server, "/me", "Authorization: Bearer ann");

            assertThat(response.body()).isEqualTo("ann ann user Bearer 127.0.0.1 [read]");
            assertThat(response.header("X-Request-ID")).contains(ids.get(0));
        }
        assertThat(ids).hasSize(1);
        assertThat(limiter.asked()).containsExactlyInAnyOrder("default ip:127.0.0.1", "default user:ann");
    }
}
