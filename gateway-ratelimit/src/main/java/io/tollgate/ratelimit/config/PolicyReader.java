package io.tollgate.ratelimit.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads policies from maps and lists, as a parser of YAML, HOCON or JSON returns them:
 *
 * <pre>{@code
 * List<RateLimitPolicy> policies = PolicyReader.builder()
 *         .build()
 *         .read(List.of(Map.of("name", "daily", "key", "user", "limits", List.of("10/s", "1000/day"))));
 * }</pre>
 *
 * <p>Values are strings, numbers, booleans, lists and maps. A single value stands for a list of one, and a map with the
 * keys 0, 1, … (from flat properties) for a list. The fields are those of {@code rate_limit.policies} in the gateway:
 * {@code name}, {@code limits}, {@code key}, {@code cost}, {@code routes}, {@code methods}, {@code charge_on}, {@code
 * phase}, {@code tiers}, {@code exempt}, {@code shadow}, {@code on_outage}; and {@code type} for policies of a {@link
 * RateLimitPolicyFactory}, which reads fields of its own. Immutable and thread-safe, if its factories are.
 */
public final class PolicyReader {
    /** The maximum of policies in a list. */
    public static final int MAX_POLICIES = 100;

    private static final String EXPECTED = "a list of sections, each with name, limits and more";
    private static final Scalar<String> NAME = Scalar.matching("[a-z0-9_-]{1,64}", "[a-z0-9_-]{1,64}");

    private final String path;
    private final Optional<Set<String>> routes;
    private final Map<String, ErrorCode> codes;
    private final Map<String, RateLimitPolicyFactory> factories;
    private final OnOutage onOutage;

    private PolicyReader(Builder builder) {
        this.path = builder.path;
        this.routes = Optional.ofNullable(builder.routes);
        this.codes = new TreeMap<>(builder.codes);
        this.factories = Factories.byType(builder.factories, builder.discover);
        this.onOutage = builder.onOutage;
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a list of policies.
     *
     * @param policies a list of maps, or a map with the keys 0, 1, … of such maps
     * @return the policies, in the same order. Unmodifiable
     * @throws InvalidPoliciesException with all mistakes
     */
    public List<RateLimitPolicy> read(Object policies) {
        List<PolicyProblem> problems = new ArrayList<>();
        List<RateLimitPolicy> read = new ArrayList<>();
        Map<String, String> pathsByName = new LinkedHashMap<>();
        Place list = Place.root(path, requireNonNull(policies, "policies"), problems);
        List<Place> elements = list.elements(EXPECTED);
        for (Place element : elements) {
            policy(element, pathsByName).ifPresent(read::add);
        }
        if (elements.size() > MAX_POLICIES) {
            list.problem(elements.size() + " policies (expected: at most " + MAX_POLICIES + ")");
        }
        if (!problems.isEmpty()) {
            throw new InvalidPoliciesException(problems);
        }
        return List.copyOf(read);
    }

    /**
     * Returns the names of the policies that may apply to requests of a route, by their {@code routes} and {@code methods}.
     *
     * @param policies a list that {@link #read} accepts, of maps
     */
    public static List<String> namesFor(List<?> policies, String method, String template) {
        List<String> names = new ArrayList<>();
        for (Object policy : policies) {
            if (policy instanceof Map<?, ?> section
                    && isAmong(section.get("routes"), template)
                    && isAmong(section.get("methods"), method)) {
                names.add(String.valueOf(section.get("name")));
            }
        }
        return names;
    }

    private static boolean isAmong(@Nullable Object choice, String value) {
        if (choice instanceof Map<?, ?> numbered) {
            return numbered.containsValue(value);
        }
        return choice == null || (choice instanceof List<?> list ? list.contains(value) : choice.equals(value));
    }

    private Optional<RateLimitPolicy> policy(Place s, Map<String, String> pathsByName) {
        String name = name(s, pathsByName);
        Predicate<RateLimitContext> applies = Conditions.read(s, routes);
        boolean shadow = s.take("shadow", Scalar.bool()).orElse(false);
        Optional<OnOutage> behaviour = s.take("on_outage", Scalar.choice(OnOutage.class));
        Optional<Place> type = s.take("type");
        if (type.isEmpty()) {
            return StandardPolicy.read(s, name, applies, shadow, behaviour.orElse(onOutage), codes);
        }
        return type.get()
                .oneOf(factories.keySet(), "a type of policies")
                .map(factories::get)
                .flatMap(factory -> create(factory, s, name))
                .map(policy -> new TypedPolicy(
                        name, type.get().as(NAME).orElse(name), policy, applies, shadow, behaviour, onOutage));
    }

    private static Optional<RateLimitPolicy> create(RateLimitPolicyFactory factory, Place s, String name) {
        int before = s.problems();
        @Nullable RateLimitPolicy policy;
        try {
            policy = factory.create(new PolicySettings(s, name));
        } catch (RuntimeException e) {
            // A factory may fail because of a substitute; the problem behind the substitute is enough.
            if (s.problems() == before) {
                s.problem(Scalar.message("rejected by its type: "
                        + (e instanceof IllegalArgumentException && e.getMessage() != null ? e.getMessage() : e)));
            }
            return Optional.empty();
        }
        s.noOtherFields();
        if (policy == null) {
            s.problem("rejected by its type: " + factory.getClass().getName() + " returned no policy");
        }
        return Optional.ofNullable(policy);
    }

    /** Returns the name; a substitute if there is a problem, which is noted. */
    private static String name(Place s, Map<String, String> pathsByName) {
        Optional<String> name = s.take("name", NAME);
        if (s.isSection() && !s.has("name")) {
            s.problem("no name (expected: name, " + NAME.expected() + ")");
        }
        @Nullable
        String earlier = name.map(n -> pathsByName.putIfAbsent(n, s.path())).orElse(null);
        if (earlier != null) {
            s.problem("name", name.orElseThrow() + ", the name of " + earlier + " (expected: another)");
        }
        return name.orElse("unnamed");
    }

    /** Builds a {@link PolicyReader}. Not thread-safe. */
    public static final class Builder {
        private String path = "policies";
        private @Nullable Set<String> routes;
        private final Map<String, ErrorCode> codes = new LinkedHashMap<>();
        private final List<RateLimitPolicyFactory> factories = new ArrayList<>();
        private boolean discover = true;
        private OnOutage onOutage = OnOutage.LOCAL;

        private Builder() {
            errorCodes(List.of(CommonError.values()));
            errorCodes(List.of(OrderError.values()));
        }

        /** Sets the path of the list, which begins the paths of problems; {@code policies} by default. */
        public Builder path(String prefix) {
            this.path = requireNonNull(prefix, "prefix");
            return this;
        }

        /** Sets the templates of the existing routes. Unset: any template is accepted. */
        public Builder routes(Collection<String> templates) {
            this.routes = new TreeSet<>(templates);
            return this;
        }

        /**
         * Adds error codes that {@code charge_on} may name, in addition to those of {@link CommonError} and {@link
         * OrderError}.
         */
        public Builder errorCodes(Collection<? extends ErrorCode> more) {
            more.forEach(code -> codes.put(code.name(), code));
            return this;
        }

        /** Adds a type of policies. It replaces a type of the same name that {@link java.util.ServiceLoader} finds. */
        public Builder factory(RateLimitPolicyFactory factory) {
            factories.add(requireNonNull(factory, "factory"));
            return this;
        }

        /**
         * Sets whether {@link java.util.ServiceLoader} searches for factories, with the thread's context class loader;
         * true by default.
         */
        public Builder discoverFactories(boolean on) {
            this.discover = on;
            return this;
        }

        /** Sets {@code on_outage} for policies that do not set it; {@link OnOutage#LOCAL} by default. */
        public Builder onOutage(OnOutage behaviour) {
            this.onOutage = requireNonNull(behaviour, "behaviour");
            return this;
        }

        /**
         * Returns the reader.
         *
         * @throws IllegalStateException if two factories have the same type, a type is not {@code [a-z0-9_-]{1,64}}, or
         *     a discovered factory cannot be instantiated
         */
        public PolicyReader build() {
            return new PolicyReader(this);
        }
    }
}
