package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.grpc.catalog.EchoRequest;
import io.tollgate.grpc.catalog.GetBookRequest;
import io.tollgate.grpc.catalog.MoveBookRequest;
import io.tollgate.grpc.catalog.Owner;
import io.tollgate.testkit.TestRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens, scopes, the fields that the gateway fills, and the metadata that a service sees. */
class AccessTest {
    private static final String ANN = "Bearer ann";
    private static final Map<String, Object> CLAIMS = Map.of(
            "level",
            5,
            "ratio",
            1.5,
            "name",
            "Ann",
            "flag",
            true,
            "groups",
            List.of("a"),
            "big",
            9_007_199_254_740_993L);

    private static Front front;

    /** Accepts the names of users; {@code admin} has a scope. */
    private static final TokenVerifier TOKENS = token -> Set.of("ann", "admin").contains(token)
            ? CompletableFuture.completedStage(new AccessToken(
                    new Principal(token, token.equals("admin") ? Set.of("catalog.admin") : Set.of(), Set.of(), CLAIMS),
                    Optional.empty(),
                    Instant.MAX))
            : CompletableFuture.failedStage(GatewayException.of(CommonError.INVALID_TOKEN, "No."));

    @BeforeAll
    static void open() {
        front = guarded(builder -> builder.identity("user_id", "principal.user_id")
                .identity("owner.user_id", "principal.user_id")
                .rule(
                        MethodRule.builder("catalog.v1.Catalog.Echo")
                                .auth(Auth.OPTIONAL)
                                .build(),
                        MethodRule.builder("catalog.v1.Catalog.List*")
                                .auth(Auth.NONE)
                                .build(),
                        MethodRule.builder("catalog.v1.Catalog.Delete*")
                                .scopes("catalog.admin")
                                .build()));
    }

    private static Front guarded(java.util.function.Consumer<TranscoderBuilder> settings) {
        return Front.guarded(RequestGuard.builder().tokens(TOKENS).build(), settings);
    }

    @AfterAll
    static void close() {
        front.close();
    }

    @BeforeEach
    void forget() {
        front.catalog.requests.clear();
    }

    @Test
    void rejectsARequestWithoutATokenBeforeItLooksAtIt() {
        for (HttpResponse<String> response : List.of(
                front.get("/v1/by-number/x"),
                front.json("POST", "/v1/fail", "{"),
                front.send("POST", "/v1/fail", "x", "Content-Type", "text/plain", "Authorization", "Bearer forged"))) {
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Bearer");
            assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        }
        assertThat(front.get("/v1/by-number/x", "Authorization", ANN).statusCode())
                .isEqualTo(400);
    }

    @Test
    void demandsWhatTheRulesOfAMethodSay() {
        assertThat(front.get("/v1/shelves/1/books").statusCode()).isEqualTo(200);
        assertThat(front.get("/v1/shelves/1/books", "Authorization", "Bearer forged")
                        .statusCode())
                .as("a token is ignored")
                .isEqualTo(200);
        assertThat(front.get("/v1/echo").statusCode()).isEqualTo(200);
        assertThat(front.get("/v1/echo", "Authorization", "Bearer forged").statusCode())
                .isEqualTo(401);
        assertThat(front.send("DELETE", "/v1/shelves/1/books/2", "", "Authorization", "Bearer admin")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> denied = front.send("DELETE", "/v1/shelves/1/books/2", "", "Authorization", ANN);
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("INSUFFICIENT_SCOPE");
    }

    @Test
    void neitherHidesNorOpensPathsWithoutARoute() {
        assertThat(front.get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(front.send("PUT", "/v1/shelves/1/books", "").statusCode()).isEqualTo(405);
        assertThat(front.send("OPTIONS", "/v1/shelves/1/books", "").statusCode())
                .isEqualTo(204);
    }

    @Test
    void isClosedWithoutAGuard() {
        GatewayException rejected = failure(TestRequest.get("/v1/editions/1"));
        assertThat(rejected.code()).isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(rejected.headers()).containsEntry("WWW-Authenticate", "Bearer");

        assertThat(failure(TestRequest.of("DELETE", "/v1/shelves/1/books/2").withPrincipal(Principal.of("ann")))
                        .code())
                .isEqualTo(CommonError.INSUFFICIENT_SCOPE);
        assertThat(TestRequest.get("/v1/editions/1")
                        .withPrincipal(Principal.of("ann"))
                        .sendToRoute(front.transcoder)
                        .status())
                .isEqualTo(200);
    }

    private static GatewayException failure(TestRequest request) {
        try {
            throw new AssertionError(request.sendToRoute(front.transcoder));
        } catch (GatewayException e) {
            return e;
        }
    }

    @Test
    void tellsAGuardWhatARouteDemands() {
        var rules = front.transcoder.rules(AccessRule.token());

        assertThat(rules.of(TestRequest.of("DELETE", "/v1/shelves/1/books/2")).template())
                .contains("/v1/{name=shelves/*/books/*}");
        assertThat(rules.of(TestRequest.of("DELETE", "/v1/shelves/1/books/2")).rule())
                .hasToString(AccessRule.scopes(List.of("catalog.admin")).toString());
        assertThat(rules.of(TestRequest.of("PUT", "/v1/shelves/1/books/2"))
                        .rule()
                        .requiresToken())
                .isFalse();
        assertThat(rules.of(TestRequest.get("/admin")).rule().requiresToken()).isTrue();
        assertThat(rules.of(TestRequest.get("/admin")).template()).isEmpty();
    }

    @Test
    void fillsFieldsFromTheTokenAndDiscardsWhatTheClientSends() {
        front.send(
                "POST",
                "/v1/shelves/1/books/2:move",
                "{\"userId\":\"evil\",\"owner\":{\"user_id\":\"evil\",\"note\":\"n\",\"level\":9}}",
                "Content-Type",
                "application/json",
                "Authorization",
                ANN);
        assertThat(front.catalog.only())
                .isEqualTo(MoveBookRequest.newBuilder()
                        .setName("shelves/1/books/2")
                        .setUserId("ann")
                        .setOwner(
                                Owner.newBuilder().setUserId("ann").setNote("n").setLevel(9))
                        .build());

        front.catalog.requests.clear();
        front.get("/v1/editions/1?user_id=evil&userId=evil&user_id=worse", "Authorization", ANN);
        assertThat(front.catalog.only())
                .isEqualTo(GetBookRequest.newBuilder()
                        .setIsbn("1")
                        .setUserId("ann")
                        .build());
    }

    /** Ways of saying it that a parser may see otherwise than the gateway does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`userId`:`evil`}",
                "{`user_id`:`evil`}",
                "{`user\\u005fid`:`evil`}",
                "{`owner`:{`userId`:`evil`}}",
                "{`owner`:{`user\\u005fid`:`evil`}}",
                "{`userId`:{`a`:[1]}}",
                "{`userId`:1}",
                "{`userId`:null,`owner`:{`userId`:[]}}",
            })
    void discardsIdentityWithoutAPrincipal(String body) {
        HttpResponse<String> response = front.json("POST", "/v1/echo", body.replace('`', '"'));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        EchoRequest request = (EchoRequest) front.catalog.only();
        assertThat(request.getUserId()).isEmpty();
        assertThat(request.getOwner().getUserId()).isEmpty();

        front.catalog.requests.clear();
        front.send(
                "POST", "/v1/echo", body.replace('`', '"'), "Content-Type", "application/json", "Authorization", ANN);
        request = (EchoRequest) front.catalog.only();
        assertThat(request.getUserId()).isEqualTo("ann");
        assertThat(request.getOwner().getUserId()).isEqualTo("ann");
    }

    @ParameterizedTest
    @CsvSource({
        "text,      principal.claims.name,    Ann",
        "number,    principal.claims.level,   5",
        "big,       principal.claims.big,     9007199254740993",
        "ratio,     principal.claims.ratio,   1.5",
        "flag,      principal.claims.flag,    true",
        "text,      principal.claims.level,   5",
        "text,      principal.claims.flag,    true",
        "text,      principal.claims.sub,     ann",
        "text,      principal.claims.user_id, ann",
        "owner.level, principal.claims.level, 5",
        "text,      request.client_address,   127.0.0.1",
        "text,      request.id,               id-7",
    })
    void convertsWhatItFillsIn(String field, String source, String expected) {
        try (Front other = guarded(builder -> builder.identity(field, source))) {
            HttpResponse<String> response = other.get("/v1/echo", "Authorization", ANN, "X-Request-Id", "id-7");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "number, principal.claims.name",
        "number, principal.claims.ratio",
        "flag,   principal.claims.level",
        "number, principal.claims.groups",
        "text,   principal.claims.groups",
        "time,   principal.claims.name",
    })
    void deniesAClaimThatDoesNotFit(String field, String source) {
        try (Front other = guarded(builder -> builder.identity(field, source))) {
            HttpResponse<String> response = other.get("/v1/echo", "Authorization", ANN);

            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.body()).contains("PERMISSION_DENIED").doesNotContain("Ann");
            assertThat(other.catalog.requests).isEmpty();
        }
    }

    @Test
    void fillsTheScopesIn() {
        try (Front other = guarded(builder -> builder.identity("text", "principal.claims.scope"))) {
            assertThat(other.get("/v1/echo", "Authorization", "Bearer admin").body())
                    .isEqualTo("{\"text\":\"catalog.admin\"}");
            assertThat(other.get("/v1/echo", "Authorization", ANN).body()).isEqualTo("{}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "iss", "roles", "token_type"})
    void rejectsClaimsThatAPrincipalNeverHas(String claim) {
        TranscoderBuilder builder = Transcoder.builder(front.upstream);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.identity("text", "principal.claims." + claim))
                .withMessageContaining("identity.text: principal.claims." + claim + " (expected: a claim that");
    }

    @Test
    void leavesAFieldUnsetIfTheTokenHasNoSuchClaim() {
        try (Front other = guarded(builder -> builder.identity("text", "principal.claims.nothing"))) {
            assertThat(other.get("/v1/echo?text=evil", "Authorization", ANN).body())
                    .isEqualTo("{}");
        }
    }

    @Test
    void forwardsTheRequestIdAndTheTraceOnly() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String body = front.get(
                        "/v1/headers",
                        "Authorization",
                        ANN,
                        "X-Request-Id",
                        "id-7",
                        "traceparent",
                        trace,
                        "tracestate",
                        "a=b",
                        "baggage",
                        "c=d",
                        "Cookie",
                        "secret",
                        "X-Tenant",
                        "t",
                        "grpc-timeout",
                        "1n",
                        "grpc-status",
                        "0",
                        "grpc-trace-bin",
                        "AAAA",
                        "X-Forwarded-For",
                        "1.2.3.4")
                .body();

        assertThat(body)
                .contains("\"x-request-id\":\"id-7\"")
                .contains("\"traceparent\":\"" + trace + "\"")
                .contains("\"tracestate\":\"a=b\"")
                .contains("\"baggage\":\"c=d\"")
                .doesNotContain("authorization")
                .doesNotContain("cookie")
                .doesNotContain("tenant")
                .doesNotContain("grpc-status")
                .doesNotContain("forwarded")
                .doesNotContain("\"1n\"");
    }

    @Test
    void forwardsWhatIsNamed() {
        try (Front other =
                guarded(builder -> builder.forwardAuthorization(true).forwardHeaders("X-Tenant", "Accept-Language"))) {
            String body = other.get(
                            "/v1/headers",
                            "Authorization",
                            ANN,
                            "x-tenant",
                            "one",
                            "X-TENANT",
                            "two",
                            "Accept-Language",
                            "de, en;q=0.5")
                    .body();

            assertThat(body)
                    .contains("\"authorization\":\"Bearer ann\"")
                    .contains("\"x-tenant\":\"one,two\"")
                    .contains("\"accept-language\":\"de, en;q=0.5\"");
        }
    }

    @Test
    void retriesWhatMayBeHandledTwice() {
        try (Front other = guarded(builder -> builder.rule(
                MethodRule.builder("catalog.v1.Catalog.Get*").idempotent(true).build()))) {
            other.catalog.failuresToCome.set(1);
            assertThat(other.get("/v1/editions/1", "Authorization", ANN).statusCode())
                    .isEqualTo(200);
            assertThat(other.catalog.attempts).hasValue(2);

            other.catalog.failuresToCome.set(1);
            assertThat(other.get("/v1/headers", "Authorization", ANN).statusCode())
                    .isEqualTo(503);
            assertThat(other.catalog.attempts).hasValue(3);
        }
    }

    @Test
    void boundsACallByTheDeadlineOfItsRule() {
        try (Front other = guarded(builder -> builder.rule(MethodRule.builder("catalog.v1.*.Echo")
                .deadline(Duration.ofMillis(200))
                .build()))) {
            HttpResponse<String> response = other.get("/v1/echo?text=silence", "Authorization", ANN);

            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(response.body()).contains("REQUEST_TIMEOUT");
        }
    }
}
