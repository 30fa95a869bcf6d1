package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The promise of an integration that takes {@link RouteRules}: a path gets the rules of the handler that the server finds for it. */
@SuppressWarnings("try") // Closing a server may be interrupted.
public abstract class PathContract {
    private static final String SECRET = "thirty-two bytes of secret, or more";
    private static final String FOR_ADMINS = "text for admins";

    /**
     * Starts a server on a free port of the loopback address that finds the rule of a request by {@code rules}, and has one
     * route.
     *
     * @param admin returns the text of the response to {@code GET /admin}
     */
    protected abstract ServerUnderTest start(RequestGuard guard, RouteRules rules, Supplier<String> admin)
            throws Exception;

    private static final List<String> PATHS = List.of(
            "/admin",
            "/admin/",
            "/admin//",
            "/admin;x",
            "/admin;x=1/",
            "/;/admin",
            "/admin/;x",
            "//admin",
            "///admin",
            "//public/admin",
            "//public/../admin",
            "/./admin",
            "/admin/.",
            "/admin/x/..",
            "/x/../admin",
            "/public/../admin",
            "/public/./../admin",
            "/public//../admin",
            "/public/..;/admin",
            "/public;x/../admin",
            "/public/%2e%2e/admin",
            "/public/%2E./admin",
            "/public%2f..%2fadmin",
            "/public/..%2fadmin",
            "/public%5c..%5cadmin",
            "/public\\..\\admin",
            "/%61dmin",
            "/%61%64%6D%69%6e",
            "/%2561dmin",
            "/admin%2f",
            "/admin%2F",
            "/%2fadmin",
            "/admin%3bx",
            "/admin%00",
            "/admin%20",
            "/admin%0a",
            "/admin%3f",
            "/ADMIN",
            "/Admin",
            "/admin?public",
            "/admin#public",
            "/public#/../admin",
            "http://localhost/admin",
            "http://localhost//admin",
            "http://public/../admin",
            "http://localhost/public/../admin",
            "http://localhost?/admin",
            "http://localhost?x/../admin",
            "http://localhost?x=http://localhost/admin",
            "http://localhost#/admin",
            "http:/admin",
            "http:///admin",
            "x://localhost/admin",
            "admin",
            "public/../admin",
            "/admi\u00ee",
            "*");

    @Test
    void noPathLeadsAroundARule() throws Exception {
        assertHidden(RouteRules.builder()
                .route("GET", "/admin", AccessRule.token())
                .otherwise(AccessRule.open())
                .build());
    }

    @Test
    void noPathLeadsAroundARuleForAllPathsBelow() throws Exception {
        assertHidden(RouteRules.builder()
                .route("/admin/**", AccessRule.token())
                .otherwise(AccessRule.open())
                .build());
    }

    @Test
    void noPathGetsTheRuleOfAnOpenRoute() throws Exception {
        assertHidden(RouteRules.builder()
                .route("/public/**", AccessRule.open())
                .route("/x/**", AccessRule.open())
                .build());
    }

    @Test
    void aUserGetsTheRoute() throws Exception {
        RouteRules rules =
                RouteRules.builder().route("GET", "/admin", AccessRule.token()).build();
        try (ServerUnderTest server = serve(rules)) {
            assertThat(get(server, "/admin", "")).startsWith("HTTP/1.1 401 ");
            String bearer = JwtTokenService.builder()
                    .secret(SECRET)
                    .build()
                    .issue(Principal.of("ann"))
                    .toCompletableFuture()
                    .join()
                    .accessToken();
            assertThat(get(server, "/admin", "Authorization: Bearer " + bearer + "\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .contains(FOR_ADMINS);
        }
    }

    /** Asserts that nobody gets the route without a token, whatever the path. */
    private void assertHidden(RouteRules rules) throws Exception {
        try (ServerUnderTest server = serve(rules)) {
            assertThat(PATHS)
                    .allSatisfy(path -> assertThat(get(server, path, ""))
                            .startsWith("HTTP/1.1 4")
                            .doesNotContain(FOR_ADMINS));
        }
    }

    private ServerUnderTest serve(RouteRules rules) throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(SECRET).build())
                .build();
        return start(guard, rules, () -> FOR_ADMINS);
    }

    private static String get(ServerUnderTest server, String path, String headers) throws IOException {
        try (Connection connection = new Connection(server.port())) {
            connection.send("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + headers + "\n");
            return connection.readToEnd();
        }
    }
}
