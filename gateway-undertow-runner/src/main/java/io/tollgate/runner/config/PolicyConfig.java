package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.config.ConfigNode;
import io.tollgate.ratelimit.config.InvalidPoliciesException;
import io.tollgate.ratelimit.config.PolicyProblem;
import io.tollgate.ratelimit.config.PolicyReader;
import io.tollgate.runner.routes.ApiRoute;
import java.util.ArrayList;
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
    private final List<Runnable> foreignRoutes;

    private PolicyConfig(Object values, List<String> names, List<Runnable> foreignRoutes) {
        this.values = values;
        this.names = List.copyOf(names);
        this.foreignRoutes = List.copyOf(foreignRoutes);
    }

    /** Returns the policies of {@code list}; notes what is wrong with them. */
    static PolicyConfig read(ConfigNode list) {
        Map<String, ConfigNode> places = new HashMap<>();
        Object values = requireNonNull(list.plain(places), "values");
        List<Runnable> foreign = new ArrayList<>();
        try {
            List<PolicyProblem> problems = problems(values, reader(OnOutage.LOCAL));
            for (PolicyProblem problem : problems(values, reader(OnOutage.LOCAL).routes(ApiRoute.templates()))) {
                Runnable noted = () -> places.getOrDefault(problem.path(), list).problem(problem.message());
                if (problems.contains(problem)) {
                    noted.run();
                } else {
                    foreign.add(noted);
                }
            }
            if (problems.isEmpty()) {
                List<RateLimitPolicy> policies = reader(OnOutage.LOCAL).build().read(values);
                return new PolicyConfig(
                        values, policies.stream().map(RateLimitPolicy::name).toList(), foreign);
            }
        } catch (IllegalStateException e) {
            list.problem(e.getMessage());
        }
        return new PolicyConfig(List.of(), List.of(), foreign);
    }

    private static List<PolicyProblem> problems(Object values, PolicyReader.Builder reader) {
        try {
            reader.build().read(values);
            return List.of();
        } catch (InvalidPoliciesException e) {
            return e.problems();
        }
    }

    private static PolicyReader.Builder reader(OnOutage onOutage) {
        return PolicyReader.builder()
                .path(ConfigKeys.RATE_LIMIT_POLICIES.name())
                .errorCodes(KnownErrors.ALL)
                .onOutage(onOutage);
    }

    /** Notes a problem for each route that is not one of the gateway's own: they are all, if no service is transcoded. */
    void requireOwnRoutes() {
        foreignRoutes.forEach(Runnable::run);
    }

    /** Returns the names of the policies that may apply to requests of a route. */
    public List<String> namesFor(String method, String template) {
        return values instanceof List<?> list ? PolicyReader.namesFor(list, method, template) : List.of();
    }

    /**
     * Returns new policies, in the order of the list.
     *
     * @param otherwise {@code on_outage} for policies that do not set it
     */
    public List<RateLimitPolicy> policies(OnOutage otherwise) {
        return reader(otherwise).build().read(values);
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
