package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.config.ConfigNode;
import io.tollgate.ratelimit.config.InvalidPoliciesException;
import io.tollgate.ratelimit.config.PolicyProblem;
import io.tollgate.ratelimit.config.PolicyReader;
import io.tollgate.runner.routes.ApiRoute;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code rate_limit.policies}, as {@link PolicyReader} reads it. Kept as plain values, by which two configurations are
 * compared: policies cannot be. Immutable.
 */
public final class PolicyConfig {
    static final String EXPECTED = "a list of sections, each with name, limits and more";

    /** Fields of typed policies that hold no secret; those of the type itself may. */
    private static final Set<String> SHOWN =
            Set.of("name", "type", "routes", "methods", "exempt", "shadow", "on_outage");

    private final Object values;
    private final List<String> names;

    private PolicyConfig(Object values, List<String> names) {
        this.values = values;
        this.names = List.copyOf(names);
    }

    /** Returns the policies of {@code list}; notes what is wrong with them. */
    static PolicyConfig read(ConfigNode list) {
        Map<String, ConfigNode> places = new HashMap<>();
        Object values = requireNonNull(list.plain(places), "values");
        try {
            return new PolicyConfig(
                    values,
                    reader(OnOutage.LOCAL).read(values).stream()
                            .map(RateLimitPolicy::name)
                            .toList());
        } catch (InvalidPoliciesException e) {
            for (PolicyProblem problem : e.problems()) {
                places.getOrDefault(problem.path(), list).problem(problem.message());
            }
        } catch (IllegalStateException e) {
            list.problem(e.getMessage());
        }
        return new PolicyConfig(List.of(), List.of());
    }

    private static PolicyReader reader(OnOutage onOutage) {
        return PolicyReader.builder()
                .path(ConfigKeys.RATE_LIMIT_POLICIES.name())
                .routes(ApiRoute.templates())
                .errorCodes(KnownErrors.ALL)
                .onOutage(onOutage)
                .build();
    }

    /**
     * Returns new policies, in the order of the list.
     *
     * @param otherwise {@code on_outage} for policies that do not set it
     */
    public List<RateLimitPolicy> policies(OnOutage otherwise) {
        return reader(otherwise).read(values);
    }

    /** Returns the names of the policies, in the order of the list. Unmodifiable. */
    public List<String> names() {
        return names;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof PolicyConfig other && values.equals(other.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Shows the list, without the values of fields that only a type of policies knows. */
    @Override
    public String toString() {
        return values instanceof List<?> list
                ? list.stream().map(PolicyConfig::shown).toList().toString()
                : "";
    }

    private static @Nullable Object shown(@Nullable Object policy) {
        if (!(policy instanceof Map<?, ?> section) || section.get("type") == null) {
            return policy;
        }
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        section.forEach((name, value) -> shown.put(String.valueOf(name), SHOWN.contains(name) ? value : "…"));
        return Collections.unmodifiableMap(shown);
    }
}
