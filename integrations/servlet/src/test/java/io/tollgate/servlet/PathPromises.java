package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.token.AccessRule;
import io.tollgate.servlet.Raw.Response;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Rules hold for a servlet however its path is spelled. */
abstract class PathPromises extends UserPromises {
    private static final AccessRule ADMIN = AccessRule.token().andOneOfRoles(List.of("admin"));

    /** Spellings that lead, or might lead, to {@code /admin}. */
    private static final List<String> SPELLINGS = List.of(
            "/admin",
            "/admin/",
            "/admin;x",
            "/admin;x=1/",
            "/;x/admin",
            "//admin",
            "///admin//",
            "/./admin",
            "/admin/.",
            "/x/../admin",
            "/x/./../admin",
            "/x//../admin",
            "/x/%2e%2e/admin",
            "/x/.%2E/admin",
            "/x/..;/admin",
            "/x/..;y=1/admin",
            "/x/%2e%2e;/admin",
            "/%61dmin",
            "/%41dmin",
            "/admi%6e",
            "/admin%2f",
            "/admin%2Fx",
            "/x%2f..%2fadmin",
            "/x/..%2fadmin",
            "/%2fadmin",
            "/admin%5c",
            "/x%5c..%5cadmin",
            "/admin%3b",
            "/admin%00",
            "/admin%20",
            "/%2561dmin",
            "/x/%252e%252e/admin",
            "/ADMIN",
            "/open/../admin",
            "/open/..;/admin",
            "/open/%2e%2e/admin",
            "/open/..%2fadmin",
            "/open;/../admin",
            "http://localhost/admin",
            "http://localhost/open/../admin");

    private final List<String> admin = new CopyOnWriteArrayList<>();
    private final List<String> others = new CopyOnWriteArrayList<>();

    private static GuardFilter filter(TestLimiter limiter, RouteRules rules) {
        return GuardFilter.builder(Guards.authenticating(limiter, 1_000))
                .routes(rules)
                .build();
    }

    private static RouteRules rules() {
        return RouteRules.builder()
                .route("/admin/**", ADMIN)
                .otherwise(AccessRule.open())
                .build();
    }

    private Container.Application application(GuardFilter filter) {
        return context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/admin/*", (request, response) -> admin.add(path(request)));
            Servlets.add(context, "/", (request, response) -> others.add(path(request)));
        };
    }

    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    @Test
    void noSpellingOfAPathEvadesItsRule() throws Exception {
        for (boolean later : new boolean[] {false, true}) {
            try (Container server = start("", application(filter(TestLimiter.of(later), rules())))) {
                attack(server);
                assertThat(Raw.get(server, "/%61dmin;x", "Authorization: Bearer root")
                                .status())
                        .isEqualTo(200);
                assertThat(admin).containsExactly("/admin");
                admin.clear();
            }
        }
    }

    @Test
    void noSpellingEvadesItsRuleInAContainerThatAcceptsOddPaths() throws Exception {
        for (boolean later : new boolean[] {false, true}) {
            try (Container server = startLenient(application(filter(TestLimiter.of(later), rules())))) {
                attack(server);
            }
        }
    }

    /** Sends all spellings without a token. Neither servlet may see one that means {@code /admin} to it. */
    private void attack(Container server) throws Exception {
        for (String spelling : SPELLINGS) {
            Response response = Raw.get(server, spelling);

            assertThat(admin).as(spelling).isEmpty();
            assertThat(others)
                    .as(spelling)
                    .noneMatch(path ->
                            meaning(path).equals("/admin") || meaning(path).startsWith("/admin/"));
            assertThat(response.status()).as(spelling).isIn(200, 400, 401);
            others.clear();
        }
        assertThat(Raw.get(server, "/admin").status()).isEqualTo(401);
        assertThat(Raw.get(server, "/elsewhere").status()).isEqualTo(200);
        assertThat(others).containsExactly("/elsewhere");
        others.clear();
    }

    /** Reads a decoded path as a careless servlet does: without dots, empty segments and backslashes. */
    private static String meaning(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.replace('\\', '/').split("/")) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return "/" + String.join("/", segments);
    }

    @Test
    void chargesAnAmbiguousPathAndRespondsWith400() throws Exception {
        TestLimiter limiter = TestLimiter.immediate();
        try (Container server = startLenient(application(filter(limiter, rules())))) {
            Response response = Raw.get(server, "/x%3b/admin");

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body()).contains("\"code\":\"INVALID_REQUEST\"");
            assertThat(response.header("X-RateLimit-Remaining")).contains("999");
            assertThat(response.header("X-Request-ID")).isPresent();
            assertThat(limiter.asked()).containsExactly("default ip:127.0.0.1");
        }
    }

    @Test
    void rulesSeeThePathWithinTheApplication() throws Exception {
        try (Container server = start("/shop", application(filter(TestLimiter.later(), rules())))) {
            assertThat(Raw.get(server, "/shop/admin").status()).isEqualTo(401);
            assertThat(Raw.get(server, "/shop/x").status()).isEqualTo(200);
            assertThat(Raw.get(server, "/shop/admin", "Authorization: Bearer root")
                            .status())
                    .isEqualTo(200);
            assertThat(others).containsExactly("/x");
            assertThat(admin).containsExactly("/admin");
        }
    }

    @Test
    void rulesSeeThePathPercentEncoded() throws Exception {
        RouteRules rules = RouteRules.builder()
                .route("/caf%C3%A9/{name}", ADMIN)
                .route("/a%20b", ADMIN)
                .otherwise(AccessRule.open())
                .build();
        try (Container server = start("", application(filter(TestLimiter.immediate(), rules)))) {
            assertThat(Raw.get(server, "/caf%c3%a9/1").status()).isEqualTo(401);
            assertThat(Raw.get(server, "/a%20b").status()).isEqualTo(401);
            assertThat(Raw.get(server, "/a%20c").status()).isEqualTo(200);
            assertThat(others).containsExactly("/a c");
        }
    }
}
