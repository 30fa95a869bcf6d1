package io.tollgate.ratelimit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Mistakes, all of which are reported at once. */
class PolicyProblemsTest {
    private static final String LIMIT =
            "tokens per period such as 1000/day, 10/s or 50/15m, or a section with capacity,"
                    + " refill_tokens and refill_period";

    @Test
    void areReportedTogether() {
        assertThat(problems(List.of(
                        section("name", "Daily", "limits", "1000 a day"),
                        section(
                                "name",
                                "second",
                                "key",
                                "usr",
                                "limits",
                                List.of(section("capacity", 0, "refill_rate", 1, "refill_tokens", 5), "10/fortnight"),
                                "cost",
                                -1,
                                "rutes",
                                List.of("/health")),
                        section(
                                "name",
                                "second",
                                "limits",
                                List.of("5/s"),
                                "routes",
                                List.of("/logn", "/nowhere/at/all"),
                                "charge_on",
                                "UNAUTHENTICTED",
                                "exempt",
                                section("addresses", List.of("10.0.0.0/33"), "rolls", List.of("a")),
                                "tiers",
                                section("claim", "plan", "limits", section("gold", "none")),
                                "on_outage",
                                "shrug"),
                        section("limits", "5/s", "key", "account", "phase", "request", "cost", 6),
                        "just text")))
                .containsExactly(
                        "policies[0].name: Daily (expected: [a-z0-9_-]{1,64})",
                        "policies[0].limits: 1000 a day (expected: " + LIMIT + ")",
                        "policies[1].key: usr (expected: user_or_address, user, address, certificate, account, route, global,"
                                + " header:<name> or claim:<name>)",
                        "policies[1].limits[0].capacity: 0 (expected: a number, 1 to 9007199254)",
                        "policies[1].limits[0]: not exactly one refill (expected: refill_period, with refill_tokens unless"
                                + " that is the capacity; or refill_rate in tokens per second, with refill_interval unless"
                                + " that is 1m)",
                        "policies[1].limits[1]: 10/fortnight (expected: " + LIMIT + ")",
                        "policies[1].cost: -1 (expected: a number, 0 to 9007199254)",
                        "policies[1].rutes: unknown key (did you mean routes?)",
                        "policies[2].name: second, the name of policies[1] (expected: another)",
                        "policies[2].routes[0]: /logn (expected: a route; did you mean /login?)",
                        "policies[2].routes[1]: /nowhere/at/all (expected: a route: /health, /login)",
                        "policies[2].exempt.addresses[0]: 10.0.0.0/33 (expected: an address, or a network such as"
                                + " 10.0.0.0/8 with no bits beyond its prefix)",
                        "policies[2].exempt.rolls: unknown key (did you mean roles?)",
                        "policies[2].on_outage: shrug (expected: local, allow, deny)",
                        "policies[2].tiers.limits.gold: none (expected: " + LIMIT + ")",
                        "policies[2].charge_on: UNAUTHENTICTED (expected: an error code; did you mean UNAUTHENTICATED?)",
                        "policies[3]: no name (expected: name, [a-z0-9_-]{1,64})",
                        "policies[3].phase: request (expected with the key account, which is in the body: body or outcome)",
                        "policies[3].cost: 6 (expected: 0 to the smallest capacity, 5)",
                        "policies[4]: not a section (expected: charge_on, cost, exempt, key, limits, methods, name,"
                                + " on_outage, phase, routes, shadow, tiers, type)");
    }

    @Test
    void sayWhatIsMissing() {
        assertThat(problems(List.of(section())))
                .containsExactly(
                        "policies[0]: no name (expected: name, [a-z0-9_-]{1,64})",
                        "policies[0]: no limits (expected: limits, each " + LIMIT + ")");
        assertThat(problem("limits", section("refill_period", "1h")))
                .isEqualTo("policies[0].limits: no capacity (expected: capacity, a number, 1 to 9007199254)");
        assertThat(problem("tiers", section("claim", "plan")))
                .isEqualTo("policies[0].tiers: incomplete (expected: claim and limits)");
        Map<String, @Nullable Object> withNull = new HashMap<>(section("name", "p"));
        withNull.put("limits", null);
        assertThat(problems(List.of(withNull)))
                .containsExactly("policies[0]: no limits (expected: limits, each " + LIMIT + ")");
    }

    @Test
    void areFoundInValuesOfTheWrongKind() {
        assertThat(problems("none"))
                .containsExactly(
                        "policies: not a list (expected: a list of sections, each with name, limits and more)");
        assertThat(problems(section("name", "a", "limits", "5/s")))
                .containsExactly(
                        "policies: not a list (expected: a list of sections, each with name, limits and more)");
        assertThat(problems(section("1", section("name", "a", "limits", "5/s"))))
                .containsExactly(
                        "policies: not a list (expected: a list of sections, each with name, limits and more)");
        assertThat(problem("cost", section("a", 1)))
                .isEqualTo("policies[0].cost: more than a value (expected: a number, 0 to 9007199254)");
        assertThat(problem("shadow", List.of(true)))
                .isEqualTo("policies[0].shadow: more than a value (expected: true or false)");
        assertThat(problem("shadow", "perhaps")).isEqualTo("policies[0].shadow: perhaps (expected: true or false)");
        assertThat(problem("cost", 1.5)).isEqualTo("policies[0].cost: 1.5 (expected: a number, 0 to 9007199254)");
        assertThat(problem("cost", "")).isEqualTo("policies[0].cost: \"\" (expected: a number, 0 to 9007199254)");
        assertThat(problem("exempt", "staff"))
                .isEqualTo(
                        "policies[0].exempt: not a section (expected: addresses, certificates, claims, roles, users)");
        assertThat(problem("exempt", section("claims", "plan")))
                .isEqualTo("policies[0].exempt.claims: not a section (expected: values of each claim)");
        assertThat(problem("tiers", section("claim", "plan", "limits", "5/s")))
                .isEqualTo("policies[0].tiers.limits: not a section (expected: a limit for each value of the claim)");
        assertThat(problem("methods", "get"))
                .isEqualTo("policies[0].methods: get (expected: an HTTP method in capitals)");
        assertThat(problem("key", "header:")).startsWith("policies[0].key: header: (expected: user_or_address");
        assertThat(problem("key", "user:ann")).startsWith("policies[0].key: user:ann (expected: user_or_address");
        assertThat(problem("key", "claim")).startsWith("policies[0].key: claim (expected: user_or_address");
    }

    @Test
    void areFoundInBucketsThatCannotBe() {
        assertThat(problem(
                        "limits",
                        section("capacity", 9_007_199_254L, "refill_rate", "0.000001", "refill_interval", "1s")))
                .startsWith("policies[0].limits: no bucket with these values: refill: 1 millionths of a token per PT1S"
                        + " (expected: enough to fill 9007199254 tokens within 285 years)");
        assertThat(problem("limits", List.of("1/s,2/s,3/s,4/s,5/s", "6/s,7/s,8/s,9/s")))
                .isEqualTo("policies[0].limits: 9 windows (expected: 1 to 8)");
        assertThat(problem("limits", List.of())).isEqualTo("policies[0].limits: 0 windows (expected: 1 to 8)");
    }

    @Test
    void nameTheTypesThatThereAre() {
        assertThat(problem("type", "tennant"))
                .isEqualTo("policies[0].type: tennant (expected: a type of policies; did you mean tenant?)");
        assertThat(problem("type", "something-else"))
                .isEqualTo("policies[0].type: something-else (expected: a type of policies: tenant)");
        InvalidPoliciesException e = catchThrowableOfType(
                InvalidPoliciesException.class,
                () -> PolicyReader.builder()
                        .discoverFactories(false)
                        .build()
                        .read(List.of(section("name", "p", "type", "tenant"))));
        assertThat(e.problems())
                .extracting(PolicyProblem::toString)
                .containsExactly("policies[0].type: tenant (expected: a type of policies, of which there is none)");
    }

    @Test
    void acceptAnyTemplateIfRoutesAreNotKnown() {
        PolicyReader any = PolicyReader.builder().path("limits.of").build();

        assertThat(any.read(List.of(section("name", "p", "limits", "5/s", "routes", "/any/{thing}"))))
                .hasSize(1);
        InvalidPoliciesException e = catchThrowableOfType(
                InvalidPoliciesException.class,
                () -> any.read(List.of(section("name", "p", "limits", "5/s", "routes", "any"))));
        assertThat(e)
                .hasMessage("the rate limit policies have a problem:\n  limits.of[0].routes: any"
                        + " (expected: the template of a route, such as /tickets/{id})");
    }

    @Test
    void areOnePolicyTooMany() {
        List<Object> policies = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            policies.add(section("name", "p" + i, "limits", "5/s"));
        }

        assertThat(problems(policies)).containsExactly("policies: 101 policies (expected: at most 100)");
    }

    @Test
    void areOneLineEachWhateverIsInThem() {
        assertThat(problem("on_outage", "a\nb\u202ec" + "x".repeat(200)))
                .isEqualTo("policies[0].on_outage: a\\u000ab\\u202ec" + "x".repeat(115)
                        + "… (expected: local, allow, deny)");
        assertThat(problems(List.of(section("name", "p", "limits", "5/s", "odd\nkey", 1))))
                .singleElement()
                .asString()
                .startsWith("policies[0].odd\\u000akey: unknown key");
        assertThat(problems(Arrays.asList("x", null, 5))).hasSize(3);
    }

    @Test
    void surviveSerialization() throws Exception {
        InvalidPoliciesException e = catchThrowableOfType(
                InvalidPoliciesException.class,
                () -> PolicyReader.builder().build().read(List.of(section("name", "A", "limits", "x"))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((InvalidPoliciesException) in.readObject()).problems()).isEqualTo(e.problems());
        }
        assertThat(e)
                .hasMessageStartingWith("the rate limit policies have 2 problems:\n  policies[0].name: A (expected");
    }

    private static String problem(String field, Object value) {
        Map<String, Object> policy = section("name", "p", "limits", "5/s");
        policy.put(field, value);
        List<String> problems = problems(List.of(policy));
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static List<String> problems(Object policies) {
        PolicyReader reader =
                PolicyReader.builder().routes(List.of("/login", "/health")).build();
        InvalidPoliciesException e = catchThrowableOfType(InvalidPoliciesException.class, () -> reader.read(policies));
        assertThat(e).isNotNull();
        return e.problems().stream().map(PolicyProblem::toString).toList();
    }

    /** A map in the order of its fields. */
    private static Map<String, Object> section(Object... fieldsAndValues) {
        Map<String, Object> section = new LinkedHashMap<>();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            section.put((String) fieldsAndValues[i], fieldsAndValues[i + 1]);
        }
        return section;
    }
}
