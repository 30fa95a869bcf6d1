package io.tollgate.ratelimit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.Principal;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.testkit.TestRateLimitContext;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyReaderTest {
    private static final String BUY = "/tickets/{id}/purchase";

    private final PolicyReader reader = PolicyReader.builder().build();

    @Test
    void readsAPolicyOfANameAndALimit() {
        RateLimitPolicy policy = read(Map.of("name", "daily", "limits", "1000/day"));

        assertThat(policy.name()).isEqualTo("daily");
        assertThat(policy).hasToString("RateLimitPolicy[daily]");
        assertThat(policy.phases()).containsExactly(Phase.REQUEST);
        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET")))
                .isEqualTo(RateLimitCheck.of("daily", "ip:192.0.2.1", RateLimit.perDay(1_000)));
        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(Principal.of("ann")))
                        .key())
                .isEqualTo("user:ann");
    }

    @Test
    void knowsWhichPoliciesMayApplyToARoute() {
        List<Map<String, Object>> policies = List.of(
                Map.of("name", "all", "limits", "1/s"),
                Map.of("name", "route", "limits", "1/s", "routes", BUY),
                Map.of("name", "routes", "limits", "1/s", "routes", List.of("/other", BUY), "methods", List.of("POST")),
                Map.of("name", "numbered", "limits", "1/s", "routes", Map.of("0", BUY)),
                Map.of("name", "other", "limits", "1/s", "routes", "/other"));

        assertThat(PolicyReader.namesFor(policies, "POST", BUY)).containsExactly("all", "route", "routes", "numbered");
        assertThat(PolicyReader.namesFor(policies, "GET", BUY)).containsExactly("all", "route", "numbered");
    }

    @Test
    void readsWindowsInEveryForm() {
        RateLimitPolicy policy = read(Map.of(
                "name",
                "windows",
                "limits",
                List.of(
                        "10/s",
                        Map.of("capacity", 500, "refill_tokens", "100", "refill_period", "12h", "refill", "interval"),
                        Map.of("capacity", 7.0, "refill_rate", 0.25, "refill_interval", "8s"),
                        Map.of("capacity", 5L, "refill_period", "1 day"),
                        Map.of("capacity", "6", "refill_rate", "0.5"))));

        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET"))
                        .limit()
                        .bandwidths())
                .containsExactly(
                        Bandwidth.of(10, 10, Duration.ofSeconds(1)),
                        Bandwidth.of(500, 100, Duration.ofHours(12)).withRefill(Refill.INTERVAL),
                        Bandwidth.ofRate(7, new BigDecimal("0.25"), Duration.ofSeconds(8)),
                        Bandwidth.of(5, 5, Duration.ofDays(1)),
                        Bandwidth.ofRate(6, new BigDecimal("0.5"), Duration.ofMinutes(1)));
    }

    @Test
    void readsWindowsOfOneText() {
        RateLimitPolicy policy = read(Map.of("name", "windows", "limits", "10/s, 1000/day"));

        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET")).limit())
                .isEqualTo(RateLimit.perSecond(10).and(RateLimit.perDay(1_000)));
    }

    @ParameterizedTest
    @CsvSource({
        "user_or_address, user:ann",
        "user, user:ann",
        "address, ip:192.0.2.1",
        "route, route:POST /tickets/{id}/purchase",
        "global, global",
        "header:X-Tenant, header:x-tenant:acme",
        "claim:plan, claim:plan:gold",
        "account, attribute:account:a@example.com",
    })
    void readsEveryKey(String key, String bucketKey) {
        RateLimitPolicy policy = read(Map.of("name", "p", "limits", "5/s", "key", key));

        assertThat(check(policy, request(policy)).key()).isEqualTo(bucketKey);
    }

    @Test
    void joinsKeys() {
        RateLimitPolicy policy =
                read(Map.of("name", "p", "limits", "5/s", "key", List.of("user", "header:X-Tenant", "user")));

        assertThat(check(policy, request(policy)).key()).isEqualTo("user:ann|header:x-tenant:acme");
    }

    @Test
    void asksForAKeyInTheBodyWhenThatIsRead() {
        RateLimitPolicy policy = read(Map.of("name", "p", "limits", "5/s", "key", List.of("address", "account")));

        assertThat(policy.phases()).containsExactly(Phase.BODY);
        assertThat(read(Map.of("name", "p", "limits", "5/s", "key", "account", "phase", "OUTCOME"))
                        .phases())
                .containsExactly(Phase.OUTCOME);
    }

    @Test
    void letsAClaimChooseTheTier() {
        RateLimitPolicy policy = read(Map.of(
                "name",
                "p",
                "limits",
                "5/s",
                "tiers",
                Map.of("claim", "plan", "limits", Map.of("gold", List.of("50/s", "100000/day"), "0", "1/s"))));

        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(withPlan("gold")))
                        .limit())
                .isEqualTo(RateLimit.perSecond(50).and(RateLimit.perDay(100_000)));
        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(withPlan("0")))
                        .limit())
                .isEqualTo(RateLimit.perSecond(1));
        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(withPlan("none")))
                        .limit())
                .isEqualTo(RateLimit.perSecond(5));
    }

    @Test
    void appliesToRoutesAndMethods() {
        RateLimitPolicy policy = read(
                Map.of("name", "p", "limits", "5/s", "routes", List.of("/a", "/b"), "methods", List.of("POST", "PUT")));

        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a"))).hasSize(1);
        assertThat(policy.checks(TestRateLimitContext.of("PUT", "/b"))).hasSize(1);
        assertThat(policy.checks(TestRateLimitContext.of("GET", "/a"))).isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/c"))).isEmpty();
    }

    @Test
    void exempts() {
        RateLimitPolicy policy = read(Map.of(
                "name",
                "p",
                "limits",
                "5/s",
                "exempt",
                Map.of(
                        "addresses", List.of("10.0.0.0/8", "2001:db8::1"),
                        "users", "monitor",
                        "roles", List.of("staff", "admin"),
                        "claims", Map.of("plan", List.of("internal", "partner")))));

        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET"))).hasSize(1);
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withClientAddress("10.1.2.3")))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withClientAddress("2001:db8::1")))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withPrincipal(Principal.of("monitor"))))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET")
                        .withPrincipal(new Principal("s", Set.of(), Set.of("admin"), Map.of()))))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withPrincipal(withPlan("partner"))))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withPrincipal(withPlan("gold"))))
                .hasSize(1);
    }

    @Test
    void readsCostShadowAndOutage() {
        RateLimitCheck check = check(
                read(Map.of("name", "p", "limits", "5/s", "cost", 3, "shadow", true, "on_outage", "Deny")),
                TestRateLimitContext.withoutRoute("GET"));

        assertThat(check.cost()).isEqualTo(3);
        assertThat(check.shadow()).isTrue();
        assertThat(check.onOutage()).isEqualTo(OnOutage.DENY);
    }

    @Test
    void usesItsOwnBehaviourInAnOutageUnlessAPolicyHasAnother() {
        PolicyReader denying = PolicyReader.builder().onOutage(OnOutage.DENY).build();
        List<RateLimitPolicy> policies = denying.read(List.of(
                Map.of("name", "a", "limits", "5/s"), Map.of("name", "b", "limits", "5/s", "on_outage", "local")));

        assertThat(check(policies.get(0), TestRateLimitContext.withoutRoute("GET"))
                        .onOutage())
                .isEqualTo(OnOutage.DENY);
        assertThat(check(policies.get(1), TestRateLimitContext.withoutRoute("GET"))
                        .onOutage())
                .isEqualTo(OnOutage.LOCAL);
    }

    @Test
    void reservesForTheErrorsThatAreCharged() {
        RateLimitPolicy policy =
                read(Map.of("name", "p", "limits", "5/s", "charge_on", List.of("SOLD_OUT", "UNAUTHENTICATED")));

        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET")).chargedOn())
                .containsExactlyInAnyOrder(OrderError.SOLD_OUT, CommonError.UNAUTHENTICATED);
    }

    @Test
    void knowsTheErrorsThatAreAdded() {
        ErrorCode lent = ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409);
        RateLimitPolicy policy = PolicyReader.builder()
                .errorCodes(List.of(lent))
                .build()
                .read(List.of(Map.of("name", "p", "limits", "5/s", "charge_on", "BOOK_LENT")))
                .get(0);

        assertThat(check(policy, TestRateLimitContext.withoutRoute("GET")).chargedOn())
                .containsExactly(lent);
    }

    @Test
    void acceptsWhatFlatPropertiesMakeOfLists() {
        List<RateLimitPolicy> policies = reader.read(Map.of(
                "1", Map.of("name", "second", "limits", Map.of("0", "10/s", "1", "1000/day")),
                "0", Map.of("name", "first", "limits", "5/s", "methods", Map.of("0", "GET", "1", "HEAD"))));

        assertThat(policies).extracting(RateLimitPolicy::name).containsExactly("first", "second");
        assertThat(check(policies.get(1), TestRateLimitContext.withoutRoute("GET"))
                        .limit())
                .isEqualTo(RateLimit.parse("10/s, 1000/day"));
        assertThat(policies.get(0).checks(TestRateLimitContext.of("HEAD", "/a")))
                .hasSize(1);
        assertThat(policies.get(0).checks(TestRateLimitContext.of("POST", "/a")))
                .isEmpty();
    }

    @Test
    void acceptsMoreThanTenOfThem() {
        Map<String, Object> flat = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            flat.put(Integer.toString(i), Map.of("name", "p" + i, "limits", "5/s"));
        }

        assertThat(reader.read(flat))
                .extracting(RateLimitPolicy::name)
                .element(10)
                .isEqualTo("p10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "yes", "on", "1", " TRUE "})
    void acceptsTextsForBooleans(String text) {
        assertThat(check(
                                read(Map.of("name", "p", "limits", "5/s", "shadow", text)),
                                TestRateLimitContext.withoutRoute("GET"))
                        .shadow())
                .isTrue();
    }

    @Test
    void acceptsArraysAndNumbersForTexts() {
        RateLimitPolicy policy = read(
                Map.of("name", 42, "limits", new String[] {"5/s", "6/m"}, "exempt", Map.of("users", List.of(42, 43L))));

        assertThat(policy.name()).isEqualTo("42");
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withPrincipal(Principal.of("43"))))
                .isEmpty();
    }

    @Test
    void readsNothingFromAnEmptyList() {
        assertThat(reader.read(List.of())).isEmpty();
    }

    @Test
    void returnsAListThatNobodyChanges() {
        List<RateLimitPolicy> policies = reader.read(List.of(Map.of("name", "p", "limits", "5/s")));

        assertThatThrownBy(policies::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    private RateLimitPolicy read(Map<String, ?> policy) {
        List<RateLimitPolicy> policies = reader.read(List.of(policy));
        assertThat(policies).hasSize(1);
        return policies.get(0);
    }

    private static TestRateLimitContext request(RateLimitPolicy policy) {
        return TestRateLimitContext.of("POST", BUY)
                .withPrincipal(new Principal("ann", Set.of(), Set.of(), Map.of("plan", "gold")))
                .withHeader("X-Tenant", "acme")
                .withAttribute("account", "A@example.com")
                .in(policy.phases().iterator().next());
    }

    private static Principal withPlan(String plan) {
        return new Principal("u", Set.of(), Set.of(), Map.of("plan", plan));
    }

    private static RateLimitCheck check(RateLimitPolicy policy, TestRateLimitContext request) {
        List<RateLimitCheck> checks = policy.checks(request);
        assertThat(checks).hasSize(1);
        return checks.get(0);
    }
}
