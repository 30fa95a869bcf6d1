package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.testkit.TestRateLimitContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoliciesTest {
    private static final RateLimit TEN = RateLimit.perMinute(10);
    private static final RateLimit THOUSAND = RateLimit.perMinute(1_000);
    private static final Principal ALICE = new Principal("alice", Set.of(), Set.of("admin"), Map.of("plan", "gold"));

    @Test
    void chargesEveryRequestOfTheStandardPolicyToItsUserOrAddress() {
        RateLimitPolicy policy = Policies.standard(TEN);
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withPrincipal(ALICE)))
                .containsExactly(RateLimitCheck.of("default", "user:alice", TEN));
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET")))
                .singleElement()
                .extracting(RateLimitCheck::key)
                .isEqualTo("ip:192.0.2.1");
        assertThat(policy.phases()).containsExactly(Phase.REQUEST);
    }

    @Test
    void letsAClaimChooseTheLimit() {
        RateLimitPolicy policy = Policies.named("tiered")
                .limit(TEN)
                .tiers("plan", Map.of("gold", THOUSAND))
                .build();
        assertThat(only(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(ALICE))
                        .limit())
                .isEqualTo(THOUSAND);
        assertThat(only(policy, TestRateLimitContext.withoutRoute("GET").withPrincipal(Principal.of("bob")))
                        .limit())
                .isEqualTo(TEN);
        assertThat(only(policy, TestRateLimitContext.withoutRoute("GET")).limit())
                .isEqualTo(TEN);
    }

    @Test
    void leavesOutWhoIsExemptOrDoesNotMatch() {
        RateLimitPolicy policy = Policies.named("p")
                .limit(TEN)
                .when(Matchers.method("POST"))
                .when(Matchers.route("/a", "/b"))
                .exempt(Matchers.addressIn("10.0.0.0/8", "2001:db8::/32"))
                .exempt(Matchers.role("admin"))
                .exempt(Matchers.claim("plan", "free"))
                .exempt(Matchers.user("bob"))
                .build();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a"))).hasSize(1);
        assertThat(policy.checks(TestRateLimitContext.of("GET", "/a"))).isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/c"))).isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withClientAddress("10.1.2.3")))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withClientAddress("2001:db8:ffff::1")))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withClientAddress("2001:db9::1")))
                .hasSize(1);
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withPrincipal(ALICE)))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withPrincipal(Principal.of("bob"))))
                .isEmpty();
        Principal free = new Principal("carol", Set.of(), Set.of(), Map.of("plan", "free"));
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a").withPrincipal(free)))
                .isEmpty();
    }

    @Test
    void carriesCostShadowAndOutageIntoTheCheck() {
        RateLimitPolicy policy = Policies.named("p")
                .key(KeySelector.global())
                .limit(request -> TEN)
                .cost(request -> "POST".equals(request.method()) ? 5 : 50)
                .shadow(true)
                .onOutage(OnOutage.DENY)
                .build();
        assertThat(policy.checks(TestRateLimitContext.of("POST", "/a")))
                .containsExactly(RateLimitCheck.of("p", "global", TEN)
                        .withCost(5)
                        .asShadow()
                        .withOnOutage(OnOutage.DENY));
        assertThat(only(policy, TestRateLimitContext.withoutRoute("GET")).cost())
                .isEqualTo(10);
    }

    @Test
    void reservesForALoginWhatItLosesOnlyIfItFails() {
        RateLimitPolicy policy = Policies.named("failed-logins")
                .key(KeySelector.attribute("account"))
                .when(Matchers.route("/login"))
                .limit(TEN)
                .phase(Phase.BODY)
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
        assertThat(policy.phases()).containsExactly(Phase.BODY);
        TestRateLimitContext login = TestRateLimitContext.of("POST", "/login");
        assertThat(policy.checks(login)).isEmpty();
        TestRateLimitContext read = login.withAttribute("account", "A@example.com");
        RateLimitCheck check = only(policy, read);
        assertThat(check.cost()).isEqualTo(1);
        assertThat(check.key()).isEqualTo("attribute:account:a@example.com");
        assertThat(check.chargedOn()).containsExactly(CommonError.UNAUTHENTICATED);
        assertThat(policy.checks(read.failed(CommonError.UNAUTHENTICATED))).isEmpty();
    }

    @Test
    void reservesBeforeTheBodyUnlessAnotherPhaseIsSet() {
        RateLimitPolicy policy = Policies.named("sold-out")
                .limit(TEN)
                .cost(3)
                .chargeOnlyOn(OrderError.SOLD_OUT, OrderError.QUEUE_FULL)
                .build();
        assertThat(policy.phases()).containsExactly(Phase.REQUEST);
        RateLimitCheck check = only(policy, TestRateLimitContext.withoutRoute("GET"));
        assertThat(check.cost()).isEqualTo(3);
        assertThat(check.chargedOn()).containsExactlyInAnyOrder(OrderError.SOLD_OUT, OrderError.QUEUE_FULL);
    }

    @Test
    void chargesItsErrorsAtTheOutcomeIfThatIsItsPhase() {
        RateLimitPolicy policy = Policies.named("p")
                .limit(TEN)
                .phase(Phase.OUTCOME)
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").succeeded()))
                .isEmpty();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").failed(CommonError.SERVICE_UNAVAILABLE)))
                .isEmpty();
        RateLimitCheck check =
                only(policy, TestRateLimitContext.withoutRoute("GET").failed(CommonError.UNAUTHENTICATED));
        assertThat(check.cost()).isEqualTo(1);
        assertThat(check.isReservation()).isFalse();
    }

    @Test
    void tellsItsName() {
        assertThat(Policies.standard(TEN).name()).isEqualTo("default");
        assertThat(Policies.named("p").limit(TEN).shadow(true).build())
                .hasToString("RateLimitPolicy[p, shadow]")
                .extracting(RateLimitPolicy::name)
                .isEqualTo("p");
    }

    @Test
    void chargesEveryOutcomeWhenAskedOnlyThen() {
        RateLimitPolicy policy =
                Policies.named("p").limit(TEN).phase(Phase.OUTCOME).build();
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
        assertThat(only(policy, TestRateLimitContext.withoutRoute("GET").succeeded())
                        .cost())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "192.0.2.0/31, 192.0.2.1, true",
        "192.0.2.0/31, 192.0.2.2, false",
        "0.0.0.0/0, 192.0.2.1, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::1, ::1, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
    })
    void knowsWhetherAnAddressIsInARange(String range, String address, boolean in) {
        assertThat(Matchers.addressIn(range)
                        .test(TestRateLimitContext.withoutRoute("GET").withClientAddress(address)))
                .isEqualTo(in);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.0/33",
                "10.0.0.0/",
                "::/129",
                "::g",
                "010.0.0.1",
                ":::",
                "1.2.3.4/-1"
            })
    void rejectsWhatIsNoRange(String range) {
        assertThatThrownBy(() -> Matchers.addressIn(range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("address range: " + range + " (expected: an address, or a network");
    }

    @Test
    void checksNothingWithoutAKey() {
        RateLimitPolicy perUser =
                Policies.named("p").key(KeySelector.user()).limit(TEN).build();

        assertThat(perUser.checks(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
    }

    @Test
    void looksWithoutTakingAtNoCost() {
        assertThat(only(Policies.named("p").limit(TEN).cost(0).build(), TestRateLimitContext.withoutRoute("GET"))
                        .cost())
                .isZero();
    }

    @Test
    void rejectsABadPolicyWhenItIsBuilt() {
        assertThatThrownBy(() -> Policies.named("Bad Name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: \"Bad Name\" (expected: [a-z0-9_-]{1,64})");
        assertThatThrownBy(() -> Policies.named("p").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("limit: none");
        assertThatThrownBy(() -> Policies.named("p").cost(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cost: -1");
    }

    private static RateLimitCheck only(RateLimitPolicy policy, RateLimitContext request) {
        List<RateLimitCheck> checks = policy.checks(request);
        assertThat(checks).hasSize(1);
        return checks.get(0);
    }
}
