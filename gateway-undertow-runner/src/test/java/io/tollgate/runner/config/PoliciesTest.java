package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.CommonError;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.runner.config.PolicyConfig.KeyKind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code rate_limit.policies} takes. */
class PoliciesTest {
    private static final Map<String, String> SECRET = Map.of("JWT_SECRET_KEY", Samples.SECRET);

    private static final String EVERYTHING = """
            rate_limit:
              policies:
                - name: bookings
                  key: [user, route, "header:X-Tenant"]
                  limits:
                    - 10/s
                    - capacity: 500
                      refill_tokens: 100
                      refill_period: 12h
                      refill: interval
                    - capacity: 7
                      refill_rate: 0.25
                      refill_interval: 8s
                  cost: 2
                  routes:
                    - /api/v1/tickets/{event_id}/purchase
                    - /api/v1/orders/{event_id}/purchase
                  methods: [POST, PUT]
                  tiers:
                    claim: plan
                    limits:
                      gold: 100000/day
                      silver: [20/s, 5000/day]
                  exempt:
                    addresses: [10.0.0.0/8, "2001:db8::1"]
                    users: [monitor]
                    roles: [staff]
                    claims:
                      plan: [internal, partner]
                  shadow: true
                  on_outage: deny
                - name: login-failures
                  key: account
                  limits: 5/15m
                  routes: [/api/v1/users/login]
                  charge_on: [UNAUTHENTICATED]
            """;

    @TempDir
    Path folder;

    @Test
    void sayAllThatAPolicyCanDo() throws IOException {
        List<PolicyConfig> policies = read("config.yaml", EVERYTHING);

        assertThat(policies).hasSize(2);
        PolicyConfig bookings = policies.get(0);
        assertThat(bookings.name()).isEqualTo("bookings");
        assertThat(bookings.key())
                .containsExactly(
                        new PolicyConfig.Key(KeyKind.USER, Optional.empty()),
                        new PolicyConfig.Key(KeyKind.ROUTE, Optional.empty()),
                        new PolicyConfig.Key(KeyKind.HEADER, Optional.of("X-Tenant")));
        assertThat(bookings.limit().bandwidths())
                .containsExactly(
                        Bandwidth.of(10, 10, Duration.ofSeconds(1)),
                        Bandwidth.of(500, 100, Duration.ofHours(12)).withRefill(Refill.INTERVAL),
                        Bandwidth.ofRate(7, new BigDecimal("0.25"), Duration.ofSeconds(8)));
        assertThat(bookings.cost()).isEqualTo(2);
        assertThat(bookings.routes())
                .containsExactly("/api/v1/tickets/{event_id}/purchase", "/api/v1/orders/{event_id}/purchase");
        assertThat(bookings.methods()).containsExactly("POST", "PUT");
        assertThat(bookings.phase()).isEqualTo(Phase.REQUEST);
        assertThat(bookings.tiers())
                .contains(new PolicyConfig.Tiers(
                        "plan",
                        Map.of(
                                "gold",
                                RateLimit.perDay(100_000),
                                "silver",
                                RateLimit.perSecond(20).and(RateLimit.perDay(5000)))));
        assertThat(bookings.exempt())
                .isEqualTo(new PolicyConfig.Exempt(
                        List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("2001:db8::1")),
                        List.of("monitor"),
                        List.of("staff"),
                        Map.of("plan", List.of("internal", "partner"))));
        assertThat(bookings.shadow()).isTrue();
        assertThat(bookings.onOutage()).contains(OnOutage.DENY);
        PolicyConfig logins = policies.get(1);
        assertThat(logins.phase()).as("of a key that is in the body").isEqualTo(Phase.BODY);
        assertThat(logins.chargeOn()).containsExactly(CommonError.UNAUTHENTICATED);
        assertThat(logins.cost()).isEqualTo(1);
        assertThat(logins.exempt()).isEqualTo(PolicyConfig.Exempt.NOBODY);
    }

    @Test
    void meanTheSameInHoconAndInAVariable() throws IOException {
        String hocon = """
                [{
                  name = daily, key = "user", shadow = true
                  limits = [10/s, { capacity = 1000, refill_period = 1 day }]
                }]
                """;
        List<PolicyConfig> fromYaml = read("config.yaml", """
                rate_limit: {policies: [{name: daily, key: user, shadow: true, limits: [10/s, 1000/day]}]}
                """);

        assertThat(read("gateway.conf", "rate_limit.policies = " + hocon)).isEqualTo(fromYaml);
        assertThat(ConfigLoader.load(
                                Optional.empty(),
                                Map.of("JWT_SECRET_KEY", Samples.SECRET, "RATE_LIMIT_POLICIES", hocon))
                        .config()
                        .rateLimit()
                        .policies())
                .isEqualTo(fromYaml);
    }

    @ParameterizedTest
    @CsvSource({
        "10/s, 10, PT1S",
        "10/second, 10, PT1S",
        "600 / minute, 600, PT1M",
        "1000/day, 1000, PT24H",
        "1000/d, 1000, PT24H",
        "50/15m, 50, PT15M",
        "5/1h30m, 5, PT1H30M",
        "3/500ms, 3, PT0.5S",
    })
    void takeAWindowInShort(String text, long capacity, Duration period) throws IOException {
        List<PolicyConfig> policies = read("config.yaml", "rate_limit: {policies: [{name: a, limits: " + text + "}]}");

        assertThat(policies.get(0).limit()).isEqualTo(RateLimit.per(period, capacity));
    }

    @Test
    void areRefusedWithAllThatIsWrongAtOnce() throws IOException {
        assertThat(problems("""
                rate_limit:
                  policies:
                    - name: Daily
                      limits: 1000 a day
                    - name: second
                      key: usr
                      limits:
                        - capacity: 0
                          refill_rate: 1
                          refill_tokens: 5
                        - 10/fortnight
                      cost: -1
                      rutes: [/health]
                    - name: second
                      limits: [5/s]
                      routes: [/api/v1/user/login, /nowhere/at/all]
                      charge_on: UNAUTHENTICTED
                      exempt: {addresses: [10.0.0.0/33], rolls: [a]}
                      tiers: {claim: plan, limits: {gold: none}}
                      on_outage: shrug
                    - limits: 5/s
                      key: account
                      phase: request
                      cost: 6
                    - just text
                """))
                .containsExactly(
                        ":3: rate_limit.policies[0].name: Daily (expected: [a-z0-9_-]{1,64})",
                        ":4: rate_limit.policies[0].limits: 1000 a day (expected: " + LimitReader.EXPECTED + ")",
                        ":6: rate_limit.policies[1].key: usr (expected: user_or_address, user, address, account, route, global,"
                                + " header:<name> or claim:<name>)",
                        ":8: rate_limit.policies[1].limits[0].capacity: 0 (expected: a number, 1 to 9007199254)",
                        ":8: rate_limit.policies[1].limits[0]: no one refill (expected: refill_period, with refill_tokens where"
                                + " that is not the capacity; or refill_rate in tokens per second, with refill_interval where"
                                + " that is not 1m)",
                        ":11: rate_limit.policies[1].limits[1]: 10/fortnight (expected: " + LimitReader.EXPECTED + ")",
                        ":12: rate_limit.policies[1].cost: -1 (expected: a number, 0 to 9007199254)",
                        ":13: rate_limit.policies[1].rutes: unknown key (did you mean routes?)",
                        ":14: rate_limit.policies[2].name: second, the name of rate_limit.policies[1] (expected: another)",
                        ":16: rate_limit.policies[2].routes[0]: /api/v1/user/login (expected: a route of the gateway; did you"
                                + " mean /api/v1/users/login?)",
                        ":16: rate_limit.policies[2].routes[1]: /nowhere/at/all (expected: a route of the gateway: "
                                + String.join(", ", PolicyConfig.ROUTES) + ")",
                        ":17: rate_limit.policies[2].charge_on: UNAUTHENTICTED (expected: an error code of the gateway; did you"
                                + " mean UNAUTHENTICATED?)",
                        ":18: rate_limit.policies[2].exempt.addresses[0]: 10.0.0.0/33 (expected: an address, or a network such"
                                + " as 10.0.0.0/8 with no bits beyond its prefix)",
                        ":18: rate_limit.policies[2].exempt.rolls: unknown key (did you mean roles?)",
                        ":19: rate_limit.policies[2].tiers.limits.gold: none (expected: " + LimitReader.EXPECTED + ")",
                        ":20: rate_limit.policies[2].on_outage: shrug (expected: local, allow, deny)",
                        ":21: rate_limit.policies[3]: no name (expected: name, [a-z0-9_-]{1,64})",
                        ":23: rate_limit.policies[3].phase: request (expected with the key account, which is in the body: body"
                                + " or outcome)",
                        ":24: rate_limit.policies[3].cost: 6 (expected: 0 to the smallest capacity, 5)",
                        ":25: rate_limit.policies[4]: not a section (expected: charge_on, cost, exempt, key, limits, methods, name, on_outage, phase, routes, shadow, tiers)");
    }

    @Test
    void areRefusedWithTheNameOfTheDefaultOneWhileThatIsAsked() throws IOException {
        String named = "rate_limit:\n  policies: [{name: default, limits: 5/s}]\n";

        assertThat(problems(named))
                .containsExactly(":2: rate_limit.policies: a policy named default, as one of the gateway's own is"
                        + " (expected: another name, or rate_limit.default_policy: false)");
        assertThat(read("config.yaml", named + "  default_policy: false\n")).hasSize(1);
    }

    @Test
    void areRefusedWithoutAnythingBeingReadTwice() throws IOException {
        assertThat(problems("rate_limit: {policies: [{name: a, limits: 5/s, name: b}]}"))
                .containsExactly(
                        ":1: rate_limit.policies[0].name: said twice, before in " + folder.resolve("bad.yaml") + ":1");
        assertThat(problems("rate_limit: {policies: {name: a, limits: 5/s}}"))
                .containsExactly(":1: rate_limit.policies: not a list (expected: a list of sections, each with name,"
                        + " limits and more)");
    }

    @Test
    void saysOfAVariableWhatIsWrongInIt() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "[{name: a, limits: 0/s}]", "rate_limit.policies[0].limits: 0/s",
                        "[{name: a", "rate_limit.policies: neither JSON nor HOCON (expected: a list of sections",
                        "none", "rate_limit.policies: not a list (expected: a list of sections")
                .entrySet()) {
            ConfigException e = catchThrowableOfType(
                    ConfigException.class,
                    () -> ConfigLoader.load(
                            Optional.empty(),
                            Map.of("JWT_SECRET_KEY", Samples.SECRET, "RATE_LIMIT_POLICIES", wrong.getKey())));

            assertThat(e.problems())
                    .singleElement()
                    .asString()
                    .startsWith("variable RATE_LIMIT_POLICIES: " + wrong.getValue());
        }
    }

    @Test
    void refuseMoreWindowsThanABucketHas() throws IOException {
        assertThat(problems("rate_limit: {policies: [{name: a, limits: [1/s,2/s,3/s,4/s,5/s,6/s,7/s,8/s,9/s]}]}"))
                .containsExactly(":1: rate_limit.policies[0].limits: 9 windows (expected: 1 to 8)");
        assertThat(problems("rate_limit: {policies: [{name: a, limits: []}]}"))
                .containsExactly(":1: rate_limit.policies[0].limits: 0 windows (expected: 1 to 8)");
    }

    private List<PolicyConfig> read(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return ConfigLoader.load(Optional.of(file), SECRET).config().rateLimit().policies();
    }

    /** Without the name of the file. */
    private List<String> problems(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), yaml);
        ConfigException e =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(Optional.of(file), SECRET));
        return e.problems().stream()
                .map(problem -> problem.toString().replaceFirst("^\\Q" + file + "\\E", ""))
                .toList();
    }
}
