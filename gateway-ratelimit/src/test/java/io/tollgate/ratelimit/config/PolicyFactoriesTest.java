package io.tollgate.ratelimit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.Refill;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.testkit.TestRateLimitContext;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFactoriesTest {
    private static final RateLimit TEN = RateLimit.perSecond(10);

    @Test
    void areFoundByTheServiceLoader() {
        RateLimitPolicy policy =
                PolicyReader.builder().build().read(List.of(tenant())).get(0);

        assertThat(policy.name()).isEqualTo("tenants");
        assertThat(policy).hasToString("RateLimitPolicy[tenants, tenant]");
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET").withHeader("X-Tenant", "acme")))
                .containsExactly(RateLimitCheck.of("tenants", "tenant:acme", RateLimit.perDay(1_000)));
        assertThat(policy.checks(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
    }

    @Test
    void areUsedByTheModule() {
        assertThat(ModuleFinder.of(Path.of("target", "classes"))
                        .find("io.tollgate.ratelimit")
                        .orElseThrow()
                        .descriptor()
                        .uses())
                .contains(RateLimitPolicyFactory.class.getName());
    }

    @Test
    void areGivenInCode() {
        PolicyReader reader = PolicyReader.builder()
                .factory(factory("global", settings -> checks(settings, OnOutage.LOCAL)))
                .build();

        List<RateLimitPolicy> policies = reader.read(
                List.of(section("name", "all", "type", "global"), tenant(), section("name", "p", "limits", "5/s")));

        assertThat(policies).extracting(RateLimitPolicy::name).containsExactly("all", "tenants", "p");
        assertThat(policies.get(0).checks(TestRateLimitContext.withoutRoute("GET")))
                .containsExactly(RateLimitCheck.of("all", "global", TEN));
    }

    @Test
    void inCodeReplaceThoseThatAreFound() {
        PolicyReader reader = PolicyReader.builder()
                .factory(factory("tenant", settings -> checks(settings, OnOutage.LOCAL)))
                .build();

        assertThat(reader.read(List.of(section("name", "mine", "type", "tenant")))
                        .get(0)
                        .checks(TestRateLimitContext.withoutRoute("GET")))
                .containsExactly(RateLimitCheck.of("mine", "global", TEN));
    }

    @Test
    void haveDifferentTypes() {
        RateLimitPolicyFactory one = factory("same", settings -> context -> List.of());
        PolicyReader.Builder builder =
                PolicyReader.builder().factory(one).factory(factory("same", settings -> context -> List.of()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("type: \"same\" of " + one.getClass().getName() + " and "
                        + one.getClass().getName() + " (expected: one factory for each type)");
        assertThatThrownBy(() -> PolicyReader.builder()
                        .factory(factory("My Type", settings -> context -> List.of()))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("type: \"My Type\" of ")
                .hasMessageEndingWith(" (expected: [a-z0-9_-]{1,64})");
    }

    @Test
    void thatAreFoundTwiceOrCannotBeMadeFailTheBuild(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() ->
                        buildWith(folder, TenantFactory.class.getName() + "\n" + SecondTenantFactory.class.getName()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("type: \"tenant\" of ")
                .hasMessageContaining(SecondTenantFactory.class.getName())
                .hasMessageEndingWith("(expected: one factory for each type)");
        assertThatThrownBy(() -> buildWith(folder, "no.such.Factory"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("rate limit policy factories: ")
                .hasMessageContaining("no.such.Factory");
    }

    /** Builds a reader whose ServiceLoader finds these classes too. */
    private static void buildWith(Path folder, String classes) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(RateLimitPolicyFactory.class.getName()), classes);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL[] here = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(here, PolicyFactoriesTest.class.getClassLoader())) {
            thread.setContextClassLoader(loader);
            PolicyReader.builder().build();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void thatThrowAreAProblemBesideOthers() {
        assertThat(problems(
                        settings -> {
                            throw new IllegalArgumentException("no tenant has this colour");
                        },
                        section("name", "p", "type", "test", "colour", "red")))
                .containsExactly("policies[0]: rejected by its type: no tenant has this colour");
        assertThat(problems(
                        settings -> {
                            throw new IllegalStateException("marked");
                        },
                        section("name", "p", "type", "test"),
                        section("name", "p", "limits", "x")))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isEqualTo("policies[0]: rejected by its type:"
                                        + " java.lang.IllegalStateException: marked"),
                        second -> assertThat(second).startsWith("policies[1].name: p, the name of policies[0]"),
                        third -> assertThat(third).startsWith("policies[1].limits: x (expected"));
    }

    @Test
    void thatStumbleOverAStandInAreNotAProblemOfTheirOwn() {
        assertThat(problems(
                        settings -> {
                            if (settings.text("colour").isEmpty()) {
                                throw new IllegalArgumentException("colour: empty");
                            }
                            return context -> List.of();
                        },
                        section("name", "p", "type", "test")))
                .containsExactly("policies[0]: no colour (expected: colour, 1 to 4096 printable characters)");
    }

    @Test
    void readTheFieldsOfTheirOwn() {
        List<Object> read = new ArrayList<>();
        PolicyReader reader = PolicyReader.builder()
                .factory(factory("test", settings -> {
                    read.add(settings.text("text"));
                    read.add(settings.integer("number", 1, 10));
                    read.add(settings.bool("flag"));
                    read.add(settings.duration("period", Duration.ofSeconds(1), Duration.ofHours(1)));
                    read.add(settings.choice("refill", Refill.class));
                    read.add(settings.limit("limits"));
                    read.add(settings.list("colours"));
                    read.add(settings.key("key", KeySelector.global())
                            .key(TestRateLimitContext.withoutRoute("GET"))
                            .orElseThrow());
                    return context -> List.of();
                }))
                .build();

        reader.read(List.of(section(
                "name",
                "p",
                "type",
                "test",
                "text",
                "a b",
                "number",
                "7",
                "flag",
                true,
                "period",
                "90s",
                "refill",
                "Interval",
                "limits",
                List.of("10/s", section("capacity", 5, "refill_period", "1h")),
                "colours",
                List.of("red", "blue", "red"),
                "key",
                "address")));

        assertThat(read)
                .containsExactly(
                        "a b",
                        7L,
                        true,
                        Duration.ofSeconds(90),
                        Refill.INTERVAL,
                        RateLimit.parse("10/s, 5/h"),
                        List.of("red", "blue"),
                        "ip:192.0.2.1");
    }

    @Test
    void haveDefaults() {
        List<Object> read = new ArrayList<>();
        PolicyReader reader = PolicyReader.builder()
                .factory(factory("test", settings -> {
                    read.add(settings.has("text"));
                    read.add(settings.text("text", "default"));
                    read.add(settings.integer("number", 1, 10, 3));
                    read.add(settings.bool("flag", true));
                    read.add(settings.duration(
                            "period", Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofMinutes(2)));
                    read.add(settings.choice("refill", Refill.GREEDY));
                    read.add(settings.limit("limits", TEN));
                    read.add(settings.list("colours", List.of("green")));
                    return context -> List.of();
                }))
                .build();

        reader.read(List.of(section("name", "p", "type", "test")));

        assertThat(read)
                .containsExactly(
                        false, "default", 3L, true, Duration.ofMinutes(2), Refill.GREEDY, TEN, List.of("green"));
    }

    @Test
    void reportEveryMisuseOfTheirFields() {
        Function<PolicySettings, RateLimitPolicy> create = settings -> {
            settings.text("text");
            settings.integer("number", 1, 10);
            settings.bool("flag", false);
            settings.duration("period", Duration.ofSeconds(1), Duration.ofMinutes(90));
            settings.choice("refill", Refill.GREEDY);
            settings.limit("limits");
            settings.list("colours");
            settings.list("sizes");
            settings.problem("text", "a\nb (expected: c)");
            return context -> List.of();
        };

        assertThat(problems(
                        create,
                        section(
                                "name",
                                "p",
                                "type",
                                "test",
                                "number",
                                11,
                                "flag",
                                "maybe",
                                "period",
                                "2h",
                                "refill",
                                "slow",
                                "colours",
                                List.of(),
                                "sizes",
                                List.of(section("a", 1), "b"),
                                "numbr",
                                5,
                                "shadow",
                                "so-so")))
                .containsExactly(
                        "policies[0].shadow: so-so (expected: true or false)",
                        "policies[0]: no text (expected: text, 1 to 4096 printable characters)",
                        "policies[0].number: 11 (expected: a number, 1 to 10)",
                        "policies[0].flag: maybe (expected: true or false)",
                        "policies[0].period: 2h (expected: a duration with its unit, 1s to 90m)",
                        "policies[0].refill: slow (expected: greedy, interval)",
                        "policies[0]: no limits (expected: limits, tokens per period such as 1000/day, 10/s or 50/15m, or"
                                + " a section with capacity, refill_tokens and refill_period)",
                        "policies[0].colours: an empty list (expected: at least one element)",
                        "policies[0].sizes[0]: more than a value (expected: 1 to 4096 printable characters)",
                        "policies[0].text: a\\u000ab (expected: c)",
                        "policies[0].numbr: unknown key (did you mean number?)");
    }

    @Test
    void makePoliciesThatTheFieldsOfEveryPolicyApplyTo() {
        PolicyReader reader = PolicyReader.builder()
                .routes(List.of("/a", "/b"))
                .onOutage(OnOutage.DENY)
                .factory(factory("local", settings -> checks(settings, OnOutage.LOCAL)))
                .factory(factory("allowing", settings -> checks(settings, OnOutage.ALLOW)))
                .build();

        List<RateLimitPolicy> policies = reader.read(List.of(
                section("name", "plain", "type", "local"),
                section("name", "own", "type", "allowing"),
                section(
                        "name",
                        "all",
                        "type",
                        "allowing",
                        "routes",
                        "/a",
                        "methods",
                        "POST",
                        "exempt",
                        section("users", "ann"),
                        "shadow",
                        true,
                        "on_outage",
                        "local")));

        assertThat(policies.get(0).checks(TestRateLimitContext.withoutRoute("GET")))
                .containsExactly(RateLimitCheck.of("plain", "global", TEN).withOnOutage(OnOutage.DENY));
        assertThat(policies.get(1).checks(TestRateLimitContext.withoutRoute("GET")))
                .containsExactly(RateLimitCheck.of("own", "global", TEN).withOnOutage(OnOutage.ALLOW));
        RateLimitPolicy all = policies.get(2);
        assertThat(all).hasToString("RateLimitPolicy[all, allowing, shadow]");
        assertThat(all.checks(TestRateLimitContext.of("POST", "/a")))
                .containsExactly(RateLimitCheck.of("all", "global", TEN).asShadow());
        assertThat(all.checks(TestRateLimitContext.of("POST", "/b"))).isEmpty();
        assertThat(all.checks(TestRateLimitContext.of("GET", "/a"))).isEmpty();
        assertThat(all.checks(TestRateLimitContext.of("POST", "/a").withPrincipal(Principal.of("ann"))))
                .isEmpty();
    }

    @Test
    void chooseThePhases() {
        RateLimitPolicy inBody = new RateLimitPolicy() {
            @Override
            public List<RateLimitCheck> checks(RateLimitContext context) {
                return List.of(RateLimitCheck.of("p", "global", TEN).reservedFor(Set.of(CommonError.UNAUTHENTICATED)));
            }

            @Override
            public Set<Phase> phases() {
                return Set.of(Phase.BODY);
            }
        };
        RateLimitPolicy read = PolicyReader.builder()
                .factory(factory("test", settings -> inBody))
                .build()
                .read(List.of(section("name", "p", "type", "test", "shadow", true)))
                .get(0);

        assertThat(read.phases()).containsExactly(Phase.BODY);
        assertThat(read.checks(TestRateLimitContext.withoutRoute("GET")))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.shadow()).isTrue();
                    assertThat(check.isReservation()).isTrue();
                });
    }

    private static RateLimitPolicy checks(PolicySettings settings, OnOutage onOutage) {
        String name = settings.name();
        return context -> List.of(RateLimitCheck.of(name, "global", TEN).withOnOutage(onOutage));
    }

    private static List<String> problems(
            Function<PolicySettings, @Nullable RateLimitPolicy> create, Object... policies) {
        PolicyReader reader =
                PolicyReader.builder().factory(factory("test", create)).build();
        InvalidPoliciesException e =
                catchThrowableOfType(InvalidPoliciesException.class, () -> reader.read(List.of(policies)));
        assertThat(e).isNotNull();
        return e.problems().stream().map(PolicyProblem::toString).toList();
    }

    private static RateLimitPolicyFactory factory(String type, Function<PolicySettings, RateLimitPolicy> create) {
        return new RateLimitPolicyFactory() {
            @Override
            public String type() {
                return type;
            }

            @Override
            public RateLimitPolicy create(PolicySettings settings) {
                return create.apply(settings);
            }
        };
    }

    private static Map<String, Object> tenant() {
        return section("name", "tenants", "type", "tenant", "header", "X-Tenant");
    }

    /** A map in the order of its fields. */
    private static Map<String, Object> section(Object... fieldsAndValues) {
        Map<String, Object> section = new LinkedHashMap<>();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            section.put((String) fieldsAndValues[i], fieldsAndValues[i + 1]);
        }
        return section;
    }

    /** Another factory of the type {@code tenant}. */
    public static final class SecondTenantFactory implements RateLimitPolicyFactory {
        @Override
        public String type() {
            return "tenant";
        }

        @Override
        public RateLimitPolicy create(PolicySettings settings) {
            return context -> List.of();
        }
    }
}
