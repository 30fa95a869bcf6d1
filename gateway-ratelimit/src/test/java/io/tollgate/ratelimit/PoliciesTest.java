package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
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
        assertThat(policy.checks(new Facts().as(ALICE)))
                .containsExactly(new RateLimitCheck("default", "user:alice", TEN, 1, false, OnOutage.LOCAL));
        assertThat(policy.checks(new Facts()))
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
        assertThat(only(policy, new Facts().as(ALICE)).limit()).isEqualTo(THOUSAND);
        assertThat(only(policy, new Facts().as(Principal.of("bob"))).limit()).isEqualTo(TEN);
        assertThat(only(policy, new Facts()).limit()).isEqualTo(TEN);
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
        assertThat(policy.checks(new Facts().route("POST", "/a"))).hasSize(1);
        assertThat(policy.checks(new Facts().route("GET", "/a"))).isEmpty();
        assertThat(policy.checks(new Facts().route("POST", "/c"))).isEmpty();
        assertThat(policy.checks(new Facts().route("POST", "/a").from("10.1.2.3")))
                .isEmpty();
        assertThat(policy.checks(new Facts().route("POST", "/a").from("2001:db8:ffff::1")))
                .isEmpty();
        assertThat(policy.checks(new Facts().route("POST", "/a").from("2001:db9::1")))
                .hasSize(1);
        assertThat(policy.checks(new Facts().route("POST", "/a").as(ALICE))).isEmpty();
        assertThat(policy.checks(new Facts().route("POST", "/a").as(Principal.of("bob"))))
                .isEmpty();
        Principal free = new Principal("carol", Set.of(), Set.of(), Map.of("plan", "free"));
        assertThat(policy.checks(new Facts().route("POST", "/a").as(free))).isEmpty();
    }

    @Test
    void carriesCostShadowAndOutageIntoTheCheck() {
        RateLimitPolicy policy = Policies.named("p")
                .key(KeySelector.global())
                .limit(facts -> TEN)
                .cost(facts -> "POST".equals(facts.method()) ? 5 : 50)
                .shadow(true)
                .onOutage(OnOutage.DENY)
                .build();
        assertThat(policy.checks(new Facts().route("POST", "/a")))
                .containsExactly(new RateLimitCheck("p", "global", TEN, 5, true, OnOutage.DENY));
        assertThat(only(policy, new Facts()).cost()).isEqualTo(10);
    }

    @Test
    void asksFirstAndChargesALoginOnlyWhenItFailed() {
        RateLimitPolicy policy = Policies.failedLogins(TEN, "/login");
        assertThat(policy.phases()).containsExactlyInAnyOrder(Phase.BODY, Phase.OUTCOME);
        Facts login = new Facts().route("POST", "/login");
        assertThat(policy.checks(login)).isEmpty();
        login.body("account", "A@example.com");
        assertThat(only(policy, login).cost()).isZero();
        assertThat(policy.checks(login.ended(null))).isEmpty();
        assertThat(policy.checks(login.ended(CommonError.SERVICE_UNAVAILABLE))).isEmpty();
        RateLimitCheck charge = only(policy, login.ended(CommonError.UNAUTHENTICATED));
        assertThat(charge.cost()).isEqualTo(1);
        assertThat(charge.key()).isEqualTo("attribute:account:a@example.com");
    }

    @Test
    void chargesEveryOutcomeWhenAskedOnlyThen() {
        RateLimitPolicy policy =
                Policies.named("p").limit(TEN).phase(Phase.OUTCOME).build();
        assertThat(policy.checks(new Facts())).isEmpty();
        assertThat(only(policy, new Facts().ended(null)).cost()).isEqualTo(1);
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
        assertThat(Matchers.addressIn(range).test(new Facts().from(address))).isEqualTo(in);
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
    void refusesWhatIsNoRange(String range) {
        assertThatThrownBy(() -> Matchers.addressIn(range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("range: \"" + range + "\" (expected: an address or a prefix");
    }

    @Test
    void refusesABadPolicyWhenItIsBuilt() {
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

    private static RateLimitCheck only(RateLimitPolicy policy, RateLimitContext facts) {
        List<RateLimitCheck> checks = policy.checks(facts);
        assertThat(checks).hasSize(1);
        return checks.get(0);
    }
}
