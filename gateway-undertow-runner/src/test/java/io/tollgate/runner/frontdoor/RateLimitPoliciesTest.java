package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rate_limit.policies}, as a client sees them. */
class RateLimitPoliciesTest {
    @TempDir
    Path folder;

    @Test
    void aDailyQuotaGoesByUser() throws Exception {
        try (Deployment gateway = gateway("""
                - name: daily
                  key: user
                  limits: 2/day
                """)) {
            String ann = Deployment.mint("ann");

            assertThat(buy(gateway, ann).header("X-RateLimit-Limit")).isEqualTo("2");
            assertThat(buy(gateway, ann).status()).isEqualTo(200);
            Answer refused = buy(gateway, ann);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(43_000, 43_200);
            assertThat(buy(gateway, Deployment.mint("bob")).status()).isEqualTo(200);
            assertThat(gateway.client().get("/health").header("X-RateLimit-Limit"))
                    .as("who is no user has no quota")
                    .isEqualTo("100");
        }
    }

    @Test
    void aShadowNeitherRefusesNorIsReported() throws Exception {
        try (Deployment gateway = gateway("""
                - name: daily
                  limits: 1/day
                  shadow: true
                """, "RATE_LIMIT_STANDARD_HEADERS", "true")) {
            for (int i = 0; i < 3; i++) {
                Answer answer = gateway.client().get("/health");

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("100");
                assertThat(answer.header("RateLimit-Policy")).doesNotContain("daily");
            }
        }
    }

    @Test
    void aClaimChoosesTheTier() throws Exception {
        try (Deployment gateway = gateway("""
                - name: daily
                  key: user
                  limits: 5/day
                  tiers:
                    claim: plan
                    limits: {gold: 50/day, trial: 1/day}
                """)) {
            assertThat(buy(gateway, withPlan("g", "gold")).header("X-RateLimit-Limit"))
                    .isEqualTo("50");
            assertThat(buy(gateway, withPlan("t", "trial")).header("X-RateLimit-Limit"))
                    .isEqualTo("1");
            assertThat(buy(gateway, withPlan("x", "unheard-of")).header("X-RateLimit-Limit"))
                    .isEqualTo("5");
            assertThat(buy(gateway, Deployment.mint("n")).header("X-RateLimit-Limit"))
                    .isEqualTo("5");
        }
    }

    @Test
    void whoIsExemptIsNotAsked() throws Exception {
        try (Deployment gateway = gateway("""
                - name: daily
                  key: user
                  limits: 5/day
                  exempt:
                    users: [monitor]
                    roles: [staff]
                    claims: {plan: [internal, partner]}
                - name: per-address
                  key: address
                  limits: 7/day
                  exempt: {addresses: 127.0.0.0/8}
                """)) {
            for (String exempt : new String[] {
                Deployment.mint("monitor"),
                Deployment.mint(new Principal("s", Set.of(), Set.of("staff"), Map.of())),
                withPlan("p", "partner")
            }) {
                assertThat(buy(gateway, exempt).header("X-RateLimit-Limit")).isEqualTo("100");
            }
            assertThat(buy(gateway, Deployment.mint("ann")).header("X-RateLimit-Limit"))
                    .isEqualTo("5");
        }
    }

    @Test
    void failedLoginsAreChargedToTheirAccountAndOthersAreNot() throws Exception {
        try (Deployment gateway = gateway("""
                - name: login-failures
                  key: account
                  limits: 2/day
                  routes: [/api/v1/users/login]
                  charge_on: [UNAUTHENTICATED]
                """, "AUTH_BRUTE_FORCE_ENABLED", "false")) {
            register(gateway, "ann");
            register(gateway, "bob");

            assertThat(login(gateway, "ann", "wrong guess")).isEqualTo(401);
            for (int i = 0; i < 3; i++) {
                assertThat(login(gateway, "ann", "correct horse")).isEqualTo(200);
            }
            assertThat(login(gateway, "ann", "another guess")).isEqualTo(401);

            assertThat(login(gateway, "ann", "correct horse")).isEqualTo(429);
            assertThat(login(gateway, "ANN", "correct horse")).isEqualTo(429);
            assertThat(login(gateway, "bob", "correct horse")).isEqualTo(200);
        }
    }

    @Test
    void aKeyCanBeAHeaderARouteOrBoth() throws Exception {
        try (Deployment gateway = gateway("""
                - name: tenants
                  key: ["header:X-Tenant", route]
                  methods: [GET]
                  limits: 1/day
                """)) {
            Client client = gateway.client();

            assertThat(client.get("/health", "X-Tenant", "a").status()).isEqualTo(200);
            assertThat(client.get("/health", "X-Tenant", "a").status()).isEqualTo(429);
            assertThat(client.get("/health", "X-Tenant", "b").status()).isEqualTo(200);
            assertThat(client.get("/nowhere", "X-Tenant", "a").status()).isEqualTo(404);
            assertThat(client.get("/health").status()).isEqualTo(200);
            assertThat(client.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void costIsWhatARequestTakesAndSeveralWindowsHoldAtOnce() throws Exception {
        try (Deployment gateway = gateway("""
                - name: heavy
                  key: global
                  cost: 3
                  limits:
                    - {capacity: 7, refill_tokens: 1, refill_period: 1d}
                    - 100/h
                """)) {
            Client client = gateway.client();

            assertThat(client.get("/health").header("X-RateLimit-Remaining")).isEqualTo("4");
            assertThat(client.get("/health").header("X-RateLimit-Remaining")).isEqualTo("1");
            assertThat(client.get("/health").status()).isEqualTo(429);
        }
    }

    @Test
    void theDefaultPolicyCanBeLeftOut() throws Exception {
        try (Deployment gateway = gateway("[]", "RATE_LIMIT_DEFAULT_POLICY", "false")) {
            Answer answer = gateway.client().get("/health");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().firstValue("X-RateLimit-Limit")).isEmpty();
        }
    }

    @Test
    void theStandardFieldsAreStructuredFieldsWithEveryPolicyThatApplied() throws Exception {
        try (Deployment gateway = gateway("""
                - name: per_second
                  limits: 10/s
                - name: only-for-users
                  key: user
                  limits: 5/day
                - name: daily-2
                  limits: 1/day
                """, "RATE_LIMIT_STANDARD_HEADERS", "true")) {
            Answer allowed = gateway.client().get("/health");
            Answer refused = gateway.client().get("/health");

            Map<String, Map<String, Long>> policies = StructuredList.parse(allowed.header("RateLimit-Policy"));
            assertThat(policies.keySet()).containsExactly("default", "per_second", "daily-2");
            assertThat(policies.get("default")).isEqualTo(Map.of("q", 100L, "w", 60L));
            assertThat(policies.get("per_second")).isEqualTo(Map.of("q", 10L, "w", 1L));
            assertThat(policies.get("daily-2")).isEqualTo(Map.of("q", 1L, "w", 86_400L));
            Map<String, Map<String, Long>> left = StructuredList.parse(allowed.header("RateLimit"));
            assertThat(left.keySet()).containsExactly("default", "per_second", "daily-2");
            assertThat(left.get("default").get("r")).isEqualTo(99L);
            assertThat(left.get("daily-2").get("r")).isZero();
            assertThat(left.get("daily-2").get("t")).isBetween(86_000L, 86_400L);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(StructuredList.parse(refused.header("RateLimit")).keySet())
                    .containsExactly("default", "per_second", "daily-2");
            assertThat(StructuredList.parse(refused.header("RateLimit"))
                            .get("daily-2")
                            .get("r"))
                    .isZero();
        }
    }

    private Deployment gateway(String policies, String... variables) throws Exception {
        Deployment.Builder builder =
                Deployment.builder().file(folder, "rate_limit:\n  policies:\n" + policies.indent(4));
        for (int i = 0; i < variables.length; i += 2) {
            builder.with(variables[i], variables[i + 1]);
        }
        return builder.start();
    }

    private static String withPlan(String user, String plan) {
        return Deployment.mint(new Principal(user, Set.of(), Set.of(), Map.of("plan", plan)));
    }

    private static Answer buy(Deployment gateway, String token) {
        return gateway.client()
                .send(
                        "POST",
                        "/api/v1/tickets/rock-2026/purchase",
                        BodyPublishers.noBody(),
                        "Authorization",
                        "Bearer " + token);
    }

    private static void register(Deployment gateway, String name) {
        Answer answer = gateway.client()
                .post(
                        "/api/v1/users/register",
                        "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                                + "\",\"password\":\"correct horse\"}");
        assertThat(answer.status()).isEqualTo(201);
    }

    private static int login(Deployment gateway, String name, String password) {
        return gateway.client()
                .post(
                        "/api/v1/users/login",
                        "{\"email\":\"" + name + "@example.org\",\"password\":\"" + password + "\"}")
                .status();
    }
}
