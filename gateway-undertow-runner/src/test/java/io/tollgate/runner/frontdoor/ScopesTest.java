package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A route that asks for scopes and roles. */
class ScopesTest {
    private static final String TICKETS = "/api/v1/tickets/rock-2026/purchase";
    private static final String ROUTE = "\"/api/v1/tickets/{event_id}/purchase\"";

    private static Deployment deployment;

    @BeforeAll
    static void open() throws Exception {
        deployment = Deployment.builder()
                .with("AUTH_REQUIRED_SCOPES", "{" + ROUTE + ": [\"tickets:buy\", \"tickets:read\"]}")
                .with("AUTH_REQUIRED_ROLES", "{" + ROUTE + ": [customer, staff]}")
                .start();
    }

    @AfterAll
    static void close() {
        deployment.close();
    }

    @Test
    void admitsATokenThatHasWhatIsAsked() {
        Answer answer = buy(TICKETS, Set.of("tickets:read", "tickets:buy", "other"), Set.of("staff"));

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void refusesATokenWithoutOneOfTheScopes() {
        Answer answer = buy(TICKETS, Set.of("tickets:buy"), Set.of("staff"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).isEqualTo("AUTHORIZATION_ERROR");
        assertThat(answer.code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(answer.header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"tickets:buy tickets:read\"");
        assertThat(answer.header("X-RateLimit-Limit")).isNotEmpty();
    }

    @Test
    void refusesAUserWithNoneOfTheRoles() {
        assertThat(buy(TICKETS, Set.of("tickets:read", "tickets:buy"), Set.of("admin"))
                        .code())
                .isEqualTo("INSUFFICIENT_SCOPE");
    }

    @Test
    void asksTheSameOfTheOlderPath() {
        assertThat(buy("/api/v1/orders/rock-2026/purchase", Set.of(), Set.of("staff"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void still401WithoutAToken() {
        assertThat(deployment.client().post(TICKETS, "{}").status()).isEqualTo(401);
    }

    @Test
    void grantsTheScopesThatAreConfiguredWhereTheGatewayIssues() throws Exception {
        try (Deployment issuing = Deployment.builder()
                .gatewayIssues()
                .with("AUTH_REQUIRED_SCOPES", "{" + ROUTE + ": [\"tickets:buy\"]}")
                .with("AUTH_DEFAULT_SCOPES", "tickets:buy, tickets:read")
                .start()) {
            Answer registered = issuing.client()
                    .post(
                            "/api/v1/users/register",
                            "{\"email\":\"a@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}");
            String token = registered.json().get("accessToken").asText();

            assertThat(issuing.client()
                            .post(TICKETS, "{}", "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
        }
    }

    private static Answer buy(String path, Set<String> scopes, Set<String> roles) {
        String token = JwtTokenService.builder()
                .secret(Deployment.SECRET)
                .build()
                .issue(new Principal("user-1", scopes, roles, Map.of()))
                .toCompletableFuture()
                .join()
                .accessToken();
        return deployment.client().post(path, "{}", "Authorization", "Bearer " + token);
    }
}
