package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.config.ConfigException;
import io.tollgate.runner.routes.ApiRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code rate_limit.policies} takes. */
class PoliciesTest {
    private static final String LIMIT =
            "tokens per period such as 1000/day, 10/s or 50/15m, or a section with capacity,"
                    + " refill_tokens and refill_period";
    private static final Map<String, String> SECRET = Map.of("JWT_SECRET_KEY", Samples.SECRET);

    @TempDir
    Path folder;

    @Test
    void areReadInTheirOrder() throws IOException {
        PolicyConfig config = read("config.yaml", """
                rate_limit:
                  policies:
                    - name: bookings
                      key: [user, route]
                      limits:
                        - 10/s
                        - capacity: 500
                          refill_tokens: 100
                          refill_period: 12h
                      shadow: true
                    - name: login-failures
                      key: account
                      limits: 5/15m
                      routes: [/api/v1/users/login]
                      charge_on: [UNAUTHENTICATED]
                    - name: tenants
                      type: tenant
                      header: X-Tenant
                      limits: 1000/day
                """);

        assertThat(config.names()).containsExactly("bookings", "login-failures", "tenants");
        List<RateLimitPolicy> policies = config.policies(OnOutage.LOCAL);
        assertThat(policies)
                .extracting(RateLimitPolicy::toString)
                .containsExactly(
                        "RateLimitPolicy[bookings, shadow]",
                        "RateLimitPolicy[login-failures]",
                        "RateLimitPolicy[tenants, tenant]");
        assertThat(policies.get(1).phases()).as("of a key that is in the body").containsExactly(Phase.BODY);
    }

    @Test
    void meanTheSameInHoconAndInAVariable() throws IOException {
        String hocon = """
                [{
                  name = daily, key = "user", shadow = true, cost = 2
                  limits = [10/s, { capacity = 1000, refill_period = 1 day }]
                }]
                """;
        PolicyConfig fromYaml = read("config.yaml", """
                rate_limit:
                  policies:
                    - name: daily
                      key: user
                      cost: 2
                      limits: [10/s, {refill_period: 1 day, capacity: 1000}]
                      shadow: true
                """);

        assertThat(read("gateway.conf", "rate_limit.policies = " + hocon)).isEqualTo(fromYaml);
        assertThat(ConfigLoader.load(
                                Optional.empty(),
                                Map.of("JWT_SECRET_KEY", Samples.SECRET, "RATE_LIMIT_POLICIES", hocon))
                        .config()
                        .rateLimit()
                        .policies())
                .isEqualTo(fromYaml);
        assertThat(read("config.yaml", "rate_limit: {policies: [{name: daily, limits: 10/s}]}"))
                .isNotEqualTo(fromYaml);
    }

    @Test
    void areShownWithoutWhatMayBeASecretOfAType() throws IOException {
        assertThat(read(
                        "config.yaml",
                        "rate_limit: {policies: [{name: a, limits: 5/s},"
                                + " {name: b, type: tenant, header: X-Secret, limits: 5/s, shadow: true}]}"))
                .hasToString("[{limits=5/s, name=a}, {header=…, limits=…, name=b, shadow=true, type=tenant}]");
    }

    @Test
    void haveATypeWhoseProblemsAreReportedWithAllOthers() throws IOException {
        assertThat(problems("""
                rate_limit:
                  policies:
                    - name: tenants
                      type: tenant
                      heeder: X-Tenant
                      limits: lots
                    - name: others
                      type: tennant
                """))
                .containsExactly(
                        ":3: rate_limit.policies[0]: no header (expected: header, 1 to 4096 printable characters)",
                        ":5: rate_limit.policies[0].heeder: unknown key (did you mean header?)",
                        ":6: rate_limit.policies[0].limits: lots (expected: " + LIMIT + ")",
                        ":8: rate_limit.policies[1].type: tennant (expected: a type of policies; did you mean tenant?)");
    }

    @Test
    void areForRoutesThatThereAre() throws IOException {
        String policy = """
                rate_limit:
                  policies:
                    - name: second
                      limits: [5/s]
                      routes: [/api/v1/user/login, /nowhere/at/all]
                """;
        assertThat(problems(policy))
                .containsExactly(
                        ":5: rate_limit.policies[0].routes[0]: /api/v1/user/login (expected: a route; did you"
                                + " mean /api/v1/users/login?)",
                        ":5: rate_limit.policies[0].routes[1]: /nowhere/at/all (expected: a route: "
                                + String.join(", ", new TreeSet<>(ApiRoute.templates())) + ")");
        // Those of exposed services are known when their descriptors have been read.
        assertThat(ConfigLoader.load(
                                Optional.of(Files.writeString(folder.resolve("config.yaml"), policy + """
                                        transcoding:
                                          services:
                                            - {name: a, host: localhost, port: 1, reflection: true}
                                        """)), SECRET)
                        .config()
                        .rateLimit()
                        .policies()
                        .names())
                .containsExactly("second");
    }

    @Test
    void areRejectedWithAllThatIsWrongAtOnce() throws IOException {
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
                      routes: [/health]
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
                        ":4: rate_limit.policies[0].limits: 1000 a day (expected: " + LIMIT + ")",
                        ":6: rate_limit.policies[1].key: usr (expected: user_or_address, user, address, certificate, account, route, global,"
                                + " header:<name> or claim:<name>)",
                        ":8: rate_limit.policies[1].limits[0].capacity: 0 (expected: a number, 1 to 9007199254)",
                        ":8: rate_limit.policies[1].limits[0]: not exactly one refill (expected: refill_period, with refill_tokens"
                                + " unless that is the capacity; or refill_rate in tokens per second, with refill_interval"
                                + " unless that is 1m)",
                        ":11: rate_limit.policies[1].limits[1]: 10/fortnight (expected: " + LIMIT + ")",
                        ":12: rate_limit.policies[1].cost: -1 (expected: a number, 0 to 9007199254)",
                        ":13: rate_limit.policies[1].rutes: unknown key (did you mean routes?)",
                        ":14: rate_limit.policies[2].name: second, the name of rate_limit.policies[1] (expected: another)",
                        ":17: rate_limit.policies[2].charge_on: UNAUTHENTICTED (expected: an error code; did you"
                                + " mean UNAUTHENTICATED?)",
                        ":18: rate_limit.policies[2].exempt.addresses[0]: 10.0.0.0/33 (expected: an address, or a network such"
                                + " as 10.0.0.0/8 with no bits beyond its prefix)",
                        ":18: rate_limit.policies[2].exempt.rolls: unknown key (did you mean roles?)",
                        ":19: rate_limit.policies[2].tiers.limits.gold: none (expected: " + LIMIT + ")",
                        ":20: rate_limit.policies[2].on_outage: shrug (expected: local, allow, deny)",
                        ":21: rate_limit.policies[3]: no name (expected: name, [a-z0-9_-]{1,64})",
                        ":23: rate_limit.policies[3].phase: request (expected with the key account, which is in the body: body"
                                + " or outcome)",
                        ":24: rate_limit.policies[3].cost: 6 (expected: 0 to the smallest capacity, 5)",
                        ":25: rate_limit.policies[4]: not a section (expected: charge_on, cost, exempt, key, limits, methods, name, on_outage, phase, routes, shadow, tiers, type)");
    }

    @Test
    void areRejectedWithTheNameOfTheDefaultOneWhileThatIsAsked() throws IOException {
        String named = "rate_limit:\n  policies: [{name: default, limits: 5/s}]\n";

        assertThat(problems(named))
                .containsExactly(":2: rate_limit.policies: a policy named default, as one of the gateway's own is"
                        + " (expected: another name, or rate_limit.default_policy: false)");
        assertThat(read("config.yaml", named + "  default_policy: false\n").names())
                .containsExactly("default");
    }

    @Test
    void areRejectedWithoutAnythingBeingReadTwice() throws IOException {
        assertThat(problems("rate_limit: {policies: [{name: a, limits: 5/s, name: b}]}"))
                .containsExactly(":1: rate_limit.policies[0].name: duplicate key, first set at "
                        + folder.resolve("bad.yaml") + ":1");
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
    void rejectMoreWindowsThanABucketHas() throws IOException {
        assertThat(problems("rate_limit: {policies: [{name: a, limits: [1/s,2/s,3/s,4/s,5/s,6/s,7/s,8/s,9/s]}]}"))
                .containsExactly(":1: rate_limit.policies[0].limits: 9 windows (expected: 1 to 8)");
        assertThat(problems("rate_limit: {policies: [{name: a, limits: []}]}"))
                .containsExactly(":1: rate_limit.policies[0].limits: 0 windows (expected: 1 to 8)");
    }

    private PolicyConfig read(String name, String text) throws IOException {
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
