package io.tollgate.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TestRequestTest {
    @Test
    void isAnEmptyRequestOfAClientUnlessTheTestSaysOtherwise() {
        TestRequest request = TestRequest.get("/hello?x=1");

        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.path()).isEqualTo("/hello");
        assertThat(request.query()).contains("x=1");
        assertThat(request.peer().getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(request.clientAddress()).isEqualTo(request.peer());
        assertThat(request.principal()).isEmpty();
        assertThat(request.headers("Host")).isEmpty();
        assertThat(request.id()).isEqualTo("test-request");
        assertThat(request.context().deadlineNanos()).isEmpty();
        assertThat(Stages.await(request.body(0))).isEmpty();
        assertThat(request).hasToString("TestRequest[GET /hello]");
    }

    @Test
    void hasWhatTheTestGivesIt() {
        TestRequest request = TestRequest.post("/tickets/a%20b")
                .withRoute("/tickets/{event}")
                .withPeer("2001:db8::1")
                .withClientAddress("203.0.113.9")
                .withHeader("Accept", "a")
                .withHeader("accept", "b")
                .withBearer("first")
                .withBearer("second")
                .withJson("{}")
                .withPrincipal(Principal.of("ann"))
                .withContext(CallContext.of("request-7"));

        assertThat(request.pathParameter("event")).isEqualTo("a b");
        assertThat(request.route()).isEqualTo("/tickets/{event}");
        assertThat(request.peer().getHostAddress()).startsWith("2001:db8");
        assertThat(request.clientAddress().getHostAddress()).isEqualTo("203.0.113.9");
        assertThat(request.headers("ACCEPT")).containsExactly("a", "b");
        assertThat(request.header("authorization")).contains("Bearer second");
        assertThat(request.headers("Authorization")).hasSize(1);
        assertThat(request.header("Content-Type")).contains("application/json");
        assertThat(Stages.await(request.body(2))).asString(UTF_8).isEqualTo("{}");
        assertThat(request.principal()).contains(Principal.of("ann"));
        assertThat(request.id()).isEqualTo("request-7");
    }

    @Test
    void isNotChangedByItsCopies() {
        TestRequest request = TestRequest.get("/");

        assertThat(request.withHeader("A", "1").withBody(new byte[3])).isNotSameAs(request);

        assertThat(request.header("A")).isEmpty();
        assertThat(Stages.await(request.body(0))).isEmpty();
    }

    @Test
    void failsToReadABodyThatIsTooLarge() {
        Failures.assertFails(
                CommonError.BODY_TOO_LARGE,
                TestRequest.post("/").withBody(new byte[3]).body(2));
    }

    @Test
    void rejectsWhatDoesNotFit() {
        assertThatThrownBy(() -> TestRequest.get("/a").withRoute("/b/{id}"))
                .hasMessage("template: /b/{id} (expected: one that matches /a)");
        assertThatThrownBy(() -> TestRequest.get("/a").withPeer("localhost"))
                .hasMessage("address: localhost (expected: an IP address, such as 192.0.2.1 or 2001:db8::1)");
        assertThatThrownBy(() -> TestRequest.get("/a").withRoute("/{id}").pathParameter("name"))
                .hasMessage("name: name (expected: a parameter of /{id})");
    }

    @Test
    void isSentToEndpoints() {
        HttpEndpoint head = request -> CompletableFuture.completedStage(
                HttpResponse.of(200, "text/plain", request.method().getBytes(UTF_8)));
        RouteEndpoint route = request -> CompletableFuture.failedStage(
                GatewayException.of(CommonError.PERMISSION_DENIED, request.pathParameter("id")));

        assertThat(TestRequest.get("/a").sendTo(head).status()).isEqualTo(200);
        assertThatThrownBy(() -> TestRequest.get("/a").withRoute("/{id}").sendToRoute(route))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.code()).isEqualTo(CommonError.PERMISSION_DENIED))
                .hasMessage("a");
    }

    @Test
    void describesARequestToPolicies() {
        TestRateLimitContext request = TestRateLimitContext.of("POST", "/login")
                .withClientAddress("192.0.2.9")
                .withPrincipal(Principal.of("ann"))
                .withHeader("X-Tenant", "acme")
                .withTokenError(CommonError.TOKEN_EXPIRED);
        TestRateLimitContext body = request.withAttribute("account", "ann@example.org");
        TestRateLimitContext failed = body.failed(CommonError.UNAUTHENTICATED);

        assertThat(request.phase()).isEqualTo(Phase.REQUEST);
        assertThat(request.route()).contains("/login");
        assertThat(request.addressKey()).isEqualTo("ip:192.0.2.9");
        assertThat(request.header("x-tenant")).contains("acme");
        assertThat(request.tokenError()).contains(CommonError.TOKEN_EXPIRED);
        assertThat(request.attribute("account")).isEmpty();
        assertThat(body.phase()).isEqualTo(Phase.BODY);
        assertThat(body.attribute("account")).contains("ann@example.org");
        assertThat(body.withoutAttributes().attribute("account")).isEmpty();
        assertThat(failed.phase()).isEqualTo(Phase.OUTCOME);
        assertThat(failed.attribute("account")).contains("ann@example.org");
        assertThat(failed.error().map(code -> code.type())).contains(ErrorType.AUTHENTICATION_ERROR);
        assertThat(failed.succeeded().error()).isEmpty();
        assertThat(TestRateLimitContext.withoutRoute("GET").route()).isEqualTo(Optional.empty());
        assertThat(failed).hasToString("TestRateLimitContext[POST /login, OUTCOME]");
    }
}
