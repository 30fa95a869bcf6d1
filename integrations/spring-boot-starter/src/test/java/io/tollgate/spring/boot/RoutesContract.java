package io.tollgate.spring.boot;

import static io.tollgate.spring.boot.Calls.bearer;
import static io.tollgate.spring.boot.Calls.get;
import static io.tollgate.spring.boot.Calls.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The routes of an application, their requirements and the policies that name them; nobody gets around either. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RoutesContract {
    private final Application application;

    RoutesContract(WebApplicationType type) {
        application = Application.start(
                type,
                Shop.class,
                "tollgate.jwt.secret=" + Calls.SECRET,
                "tollgate.rate-limit.policies[0].name=tickets",
                "tollgate.rate-limit.policies[0].limits=2/h",
                "tollgate.rate-limit.policies[0].routes=/tickets/{id}",
                "tollgate.rate-limit.standard-headers=true",
                "tollgate.routes[0].path=/admin/**",
                "tollgate.routes[0].scopes=admin",
                "tollgate.routes[1].path=/public",
                "tollgate.routes[1].access=open",
                "tollgate.routes[2].path=/maybe",
                "tollgate.routes[2].access=optional",
                "tollgate.routes[3].path=/write",
                "tollgate.routes[3].method=POST",
                "tollgate.routes[3].scopes=write",
                "tollgate.routes[4].path=/write",
                "tollgate.routes[4].access=open",
                "tollgate.operations.path=/ops",
                "tollgate.operations.token=an-operator-s-token",
                "management.endpoints.web.exposure.include=health,metrics",
                "management.endpoint.health.show-details=always");
    }

    @AfterAll
    void stop() {
        application.close();
    }

    Application application() {
        return application;
    }

    @Test
    void limitsTheTemplateOfAHandlerByAPolicyThatNamesIt() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            statuses.add(get(application, "/tickets/" + i, "Authorization", bearer("ann"))
                    .statusCode());
        }
        HttpResponse<String> other = get(application, "/tickets", "Authorization", bearer("ann"));

        assertThat(statuses).containsExactly(200, 200, 429);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.headers().firstValue("X-RateLimit-Limit")).isEmpty();
    }

    @Test
    void needsATokenWhereNoRouteSaysOtherwise() throws Exception {
        assertThat(get(application, "/hello").statusCode()).isEqualTo(401);
        assertThat(get(application, "/nowhere").statusCode()).isEqualTo(401);
        assertThat(get(application, "/nowhere", "Authorization", bearer("ann")).statusCode())
                .isEqualTo(404);
        assertThat(get(application, "/public").body()).isEqualTo("public");
        assertThat(get(application, "/maybe").body()).isEqualTo("Hello, nobody");
        assertThat(get(application, "/maybe", "Authorization", bearer("bob")).body())
                .isEqualTo("Hello, bob");
        assertThat(get(application, "/maybe", "Authorization", "Bearer forged").statusCode())
                .isEqualTo(401);
        assertThat(get(application, "/write").statusCode())
                .as("the route of another method")
                .isEqualTo(404);
    }

    @Test
    void needsTheScopesOfARoute() throws Exception {
        HttpResponse<String> without = get(application, "/admin", "Authorization", bearer("ann"));

        assertThat(without.statusCode()).isEqualTo(403);
        assertThat(without.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).contains("insufficient_scope"));
        assertThat(get(application, "/admin", "Authorization", bearer("eve", "admin"))
                        .body())
                .isEqualTo("secret");
        assertThat(get(application, "/admin/users", "Authorization", bearer("ann"))
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin",
                "/admin;x",
                "/admin;x=1",
                "//admin",
                "/./admin",
                "/x/../admin",
                "/public/../admin",
                "/%61dmin",
                "/admin%2f",
                "/admin/",
                "/ADMIN",
                "/admin%20",
                "/admin.",
                "/public;/../admin",
                "/public%2f..%2fadmin",
                "/%2e/admin",
                "/public/%2e%2e/admin",
                "/admin%3bx",
                "/actuator/health/../../admin",
                "/actuator/health;/../../admin",
                "/actuator/health/%2e%2e/%2e%2e/admin",
                "/ops/../admin",
                "/\\admin",
                "/admin%00",
                "http://localhost/admin"
            })
    void hidesARouteHoweverItsPathIsSpelled(String target) throws Exception {
        String response = raw(application, target);

        assertThat(response).startsWith("HTTP/1.1 4").doesNotContain("secret");
    }

    @Test
    void ignoresAnEncodedSemicolonInAPathThatIsOpen() throws Exception {
        assertThat(raw(application, "/public%3Bx")).startsWith("HTTP/1.1 4");
    }

    @Test
    void letsABrowserAskBeforeARequestToAnotherOrigin() throws Exception {
        HttpRequest preflight = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + application.port() + "/cross"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://shop.example.com")
                .header("Access-Control-Request-Method", "GET")
                .build();

        HttpResponse<String> response =
                HttpClient.newHttpClient().send(preflight, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://shop.example.com");
    }

    @Test
    void showsTheLimiterInHealthAndMetricsWithoutAToken() throws Exception {
        HttpResponse<String> health = get(application, "/actuator/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"tollgate\":{\"status\":\"UP\",\"details\":{\"mode\":\"local\"}}");
        assertThat(health.headers().firstValue("X-RateLimit-Limit")).isEmpty();
        assertThat(get(application, "/actuator/metrics").statusCode()).isEqualTo(401);
        assertThat(get(application, "/actuator/metrics", "Authorization", bearer("ann"))
                        .body())
                .contains("tollgate.tokens.verified", "tollgate.ratelimit.buckets", "tollgate.tokens.cached");
    }

    @Test
    void showsThePagesForOperatorsToThoseWithTheirToken() throws Exception {
        String operator = "Bearer an-operator-s-token";

        assertThat(get(application, "/ops/health/ready").statusCode()).isEqualTo(200);
        assertThat(get(application, "/ops/info").statusCode()).isEqualTo(401);
        assertThat(get(application, "/ops/info", "Authorization", bearer("ann")).statusCode())
                .as("the token of a user")
                .isEqualTo(401);
        HttpResponse<String> info = get(application, "/ops/info", "Authorization", operator);
        assertThat(info.statusCode()).isEqualTo(200);
        assertThat(info.body()).contains("\"tickets\"");
        assertThat(info.headers().firstValue("X-RateLimit-Limit")).isEmpty();
        assertThat(get(application, "/ops/nothing", "Authorization", operator).statusCode())
                .isEqualTo(404);
    }

    @Test
    void streamsWhatHappensToOperators() throws Exception {
        get(application, "/public");
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + application.port() + "/ops/events"))
                .header("Authorization", "Bearer an-operator-s-token")
                .build();

        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());

        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        try (BufferedReader events = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            assertThat(events.lines().filter(line -> line.contains("/public")).findFirst())
                    .as("the request, by its template")
                    .isPresent();
        }
    }

    @Test
    void respondsToHeadOfAStreamWithoutAWait() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + application.port() + "/ops/events"))
                .header("Authorization", "Bearer an-operator-s-token")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30)) // A stream of events has no end.
                .build();

        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class Shop {}

    @RestController
    static class Controller {
        @GetMapping("/hello")
        String hello(Principal user) {
            return "Hello, " + user.userId();
        }

        @GetMapping("/maybe")
        String maybe(Optional<Principal> user) {
            return "Hello, " + user.map(Principal::userId).orElse("nobody");
        }

        @GetMapping("/public")
        String open() {
            return "public";
        }

        @GetMapping({"/admin", "/admin/users"})
        String admin() {
            return "secret";
        }

        @GetMapping("/tickets")
        String tickets() {
            return "all";
        }

        @GetMapping("/tickets/{id}")
        String ticket(@PathVariable("id") String id) {
            return id;
        }

        @GetMapping("/cross")
        @CrossOrigin("https://shop.example.com")
        String cross() {
            return "from elsewhere";
        }
    }
}
