package io.tollgate.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.tollgate.ratelimit.config.InvalidPoliciesException;
import io.tollgate.ratelimit.config.PolicyReader;
import io.tollgate.ratelimit.config.RateLimitPolicyFactory;
import io.tollgate.spring.boot.TollgateProperties.Access;
import io.tollgate.spring.boot.TollgateProperties.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** The properties, checked: all that is wrong with them is reported when this is made. */
final class TollgateSettings {
    private static final String PREFIX = TollgateProperties.PREFIX;
    private static final String POLICIES = PREFIX + ".rate-limit.policies";

    private final TollgateProperties properties;
    private final PropertyProblems problems;
    private final Environment environment;
    private final List<RateLimitPolicy> policies;
    private final Optional<RedisRateLimiter.Builder> redis;
    private final ClientAddresses clientAddresses;
    private final List<RouteRequirement> routes;
    private final List<PathPattern> excluded;

    TollgateSettings(
            TollgateProperties properties,
            PropertyProblems problems,
            Environment environment,
            List<RateLimitPolicyFactory> factories,
            List<RateLimitPolicy> policiesInCode,
            @Nullable SslBundles bundles) {
        this.properties = properties;
        this.problems = problems;
        this.environment = environment;
        this.policies = policies(factories, policiesInCode);
        this.redis = new RedisSettings(properties.getRedis(), Binder.get(environment), problems, bundles).read();
        this.clientAddresses = clientAddresses();
        this.routes = routes();
        this.excluded = excluded();
        checkLimits();
        checkTokens();
        checkOperations();
        problems.throwIfAny();
    }

    /**
     * The requirements of requests to a route.
     *
     * @param method in capitals; empty for every method
     * @param access empty if it is the default of the guard
     */
    record RouteRequirement(Optional<String> method, PathPattern pattern, Optional<AccessRule> access) {}

    private List<RateLimitPolicy> policies(
            List<RateLimitPolicyFactory> factories, List<RateLimitPolicy> policiesInCode) {
        List<RateLimitPolicy> all = new ArrayList<>();
        PolicyReader.Builder reader = PolicyReader.builder()
                .path(POLICIES)
                .onOutage(properties.getRateLimit().getOnOutage());
        factories.forEach(reader::factory);
        try {
            all.addAll(reader.build()
                    .read(PolicyMaps.inSnakeCase(properties.getRateLimit().getPolicies())));
        } catch (InvalidPoliciesException e) {
            e.problems().forEach(problem -> problems.add(problem.path(), problem.message()));
        } catch (IllegalStateException e) { // Factories that contradict one another.
            problems.add(POLICIES, String.valueOf(e.getMessage()));
        }
        for (RateLimitPolicy policy : policiesInCode) {
            if (all.stream().anyMatch(other -> other.name().equals(policy.name()))) {
                problems.add(
                        POLICIES,
                        "two are named " + policy.name()
                                + " (expected: a name of its own for each, in properties and in beans)");
            }
            all.add(policy);
        }
        return List.copyOf(all);
    }

    private ClientAddresses clientAddresses() {
        List<AddressRange> trusted = new ArrayList<>();
        List<String> texts = properties.getTrustedProxies();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            problems.attempt(PREFIX + ".trusted-proxies[" + i + "]", () -> AddressRange.parse(text))
                    .ifPresent(trusted::add);
        }
        return trusted.isEmpty()
                ? ClientAddresses.direct()
                : ClientAddresses.behind(trusted, ClientAddresses.Header.X_FORWARDED_FOR);
    }

    private List<RouteRequirement> routes() {
        List<RouteRequirement> read = new ArrayList<>();
        for (int i = 0; i < properties.getRoutes().size(); i++) {
            Route route = properties.getRoutes().get(i);
            String name = PREFIX + ".routes[" + i + "]";
            Optional<PathPattern> pattern = pattern(name + ".path", route.getPath());
            Optional<AccessRule> access = access(name, route);
            Optional<String> method = Optional.ofNullable(route.getMethod());
            if (method.filter(text -> !text.matches("[A-Z]{1,32}")).isPresent()) {
                problems.add(name + ".method", method.get() + " (expected: an HTTP method in capitals)");
            }
            pattern.ifPresent(parsed -> read.add(new RouteRequirement(method, parsed, access)));
        }
        return List.copyOf(read);
    }

    private Optional<AccessRule> access(String name, Route route) {
        boolean demanding = !route.getScopes().isEmpty() || !route.getRoles().isEmpty();
        Access access = route.getAccess();
        if (access == null) {
            return demanding ? demanding(name, route) : Optional.empty();
        }
        if (access != Access.TOKEN && demanding) {
            problems.add(
                    name + ".access",
                    access.name().toLowerCase(Locale.ROOT) + " (expected: token, since there are scopes or roles)");
        }
        return switch (access) {
            case OPEN -> Optional.of(AccessRule.open());
            case OPTIONAL -> Optional.of(AccessRule.optionalToken());
            case TOKEN -> demanding(name, route);
        };
    }

    private Optional<AccessRule> demanding(String name, Route route) {
        return problems.attempt(
                name + ".scopes",
                () -> (route.getScopes().isEmpty() ? AccessRule.token() : AccessRule.scopes(route.getScopes()))
                        .andOneOfRoles(route.getRoles()));
    }

    private List<PathPattern> excluded() {
        List<String> texts = properties.getExcludedPaths();
        if (texts == null) {
            String actuator = environment.getProperty("management.endpoints.web.base-path", "/actuator");
            texts = List.of((actuator.equals("/") ? "" : actuator) + "/health/**");
        }
        List<PathPattern> patterns = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            pattern(PREFIX + ".excluded-paths[" + i + "]", texts.get(i)).ifPresent(patterns::add);
        }
        // The pages for operators have a token of their own, in the same header.
        String pages = properties.getOperations().getPath();
        if (pages != null) {
            pattern(PREFIX + ".operations.path", pages + "/**").ifPresent(patterns::add);
        }
        return List.copyOf(patterns);
    }

    private Optional<PathPattern> pattern(String property, @Nullable String text) {
        if (text == null || !text.startsWith("/")) {
            problems.add(
                    property,
                    (text == null ? "unset" : text) + " (expected: the pattern of a path, such as /tickets/{id})");
            return Optional.empty();
        }
        try {
            return Optional.of(PathPatternParser.defaultInstance.parse(text));
        } catch (PatternParseException e) {
            problems.add(property, text + " (expected: a pattern such as /tickets/{id}: " + e.getMessage() + ")");
            return Optional.empty();
        }
    }

    private void checkLimits() {
        problems.attempt(
                PREFIX + ".rate-limit.max-keys",
                () -> LocalRateLimiter.builder()
                        .maxKeys(properties.getRateLimit().getMaxKeys()));
        problems.attempt(
                PREFIX + ".rate-limit.replicas",
                () -> LocalRateLimiter.builder()
                        .replicas(properties.getRateLimit().getReplicas()));
    }

    private void checkTokens() {
        JwtProperties jwt = properties.getJwt();
        String jwtPrefix = PREFIX + ".jwt.";
        if (jwt.getSecret() != null && jwt.getJwksUri() != null) {
            problems.add(jwtPrefix + "secret", "set beside jwks-uri (expected: one of them)");
        }
        if (jwt.getSecret() != null && jwt.getSecret().getBytes(UTF_8).length < 32) {
            problems.add(jwtPrefix + "secret", "too short (expected: at least 32 bytes)");
        }
        if (jwt.getSecret() == null
                && jwt.getJwksUri() == null
                && (jwt.getIssuer() != null || jwt.getAudience() != null)) {
            problems.add(
                    jwtPrefix + (jwt.getIssuer() != null ? "issuer" : "audience"),
                    "set without keys (expected: secret or jwks-uri beside it)");
        }
        if (jwt.getJwksUri() != null) {
            problems.attempt(jwtPrefix + "jwks-uri", () -> RemoteKeys.builder().uri(jwt.getJwksUri()));
        }
        problems.attempt(
                jwtPrefix + "jwks-refresh-interval",
                () -> RemoteKeys.builder().refreshInterval(jwt.getJwksRefreshInterval()));
        problems.attempt(jwtPrefix + "clock-skew", () -> JwtVerifier.builder().clockSkew(jwt.getClockSkew()));
        problems.attempt(
                jwtPrefix + "max-token-length", () -> JwtVerifier.builder().maxTokenLength(jwt.getMaxTokenLength()));
        problems.attempt(jwtPrefix + "cache-size", () -> JwtVerifier.builder().cacheSize(jwt.getCacheSize()));
    }

    private void checkOperations() {
        TollgateProperties.Operations operations = properties.getOperations();
        String path = operations.getPath();
        if (path == null) {
            return;
        }
        if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
            problems.add(
                    PREFIX + ".operations.path", path + " (expected: a path such as /ops, without a slash at its end)");
        }
        String token = operations.getToken();
        if (token == null || token.length() < 16) {
            problems.add(
                    PREFIX + ".operations.token",
                    (token == null ? "unset" : "too short")
                            + " (expected: a secret of at least 16 characters, since the pages have a path)");
        }
    }

    /**
     * Checks that routes with a requirement can be reached.
     *
     * @param there whether something authenticates users
     */
    void requireUsers(boolean there) {
        for (int i = 0; i < properties.getRoutes().size() && !there; i++) {
            Route route = properties.getRoutes().get(i);
            if ((route.getAccess() != null && route.getAccess() != Access.OPEN)
                    || !route.getScopes().isEmpty()
                    || !route.getRoles().isEmpty()) {
                problems.add(
                        PREFIX + ".routes[" + i + "]",
                        "needs a user (expected: tollgate.jwt.secret or tollgate.jwt.jwks-uri, or Spring Security)");
            }
        }
        problems.throwIfAny();
    }

    /** Returns the policies: those of the properties, then those of beans. */
    List<RateLimitPolicy> policies() {
        return policies;
    }

    boolean sharesLimits() {
        return redis.isPresent();
    }

    /** Returns a new limiter on Redis, with this process as its fallback. */
    SharedRateLimiter sharedLimiter() {
        return SharedRateLimiter.builder(redis.orElseThrow())
                .replicas(properties.getRateLimit().getReplicas())
                .maxKeys(properties.getRateLimit().getMaxKeys())
                .leases(properties.getRateLimit().isLeases())
                .build();
    }

    /** Returns a new limiter of this process. */
    LocalRateLimiter localLimiter() {
        return LocalRateLimiter.builder()
                .replicas(properties.getRateLimit().getReplicas())
                .maxKeys(properties.getRateLimit().getMaxKeys())
                .build();
    }

    ClientAddresses resolver() {
        return clientAddresses;
    }

    boolean standardHeaders() {
        return properties.getRateLimit().isStandardHeaders();
    }

    List<RouteRequirement> routeRequirements() {
        return routes;
    }

    List<PathPattern> excludedPaths() {
        return excluded;
    }

    ErrorRenderer errorRenderer() {
        return switch (properties.getErrors().getFormat()) {
            case ENVELOPE -> ErrorRenderer.envelope();
            case PROBLEM -> ErrorRenderer.problem();
            case NEGOTIATED -> ErrorRenderer.negotiated();
        };
    }

    /** Returns a builder of the verifier, without keys. */
    JwtVerifier.Builder verifier() {
        JwtProperties jwt = properties.getJwt();
        JwtVerifier.Builder builder = JwtVerifier.builder()
                .clockSkew(jwt.getClockSkew())
                .maxTokenLength(jwt.getMaxTokenLength())
                .cacheSize(jwt.getCacheSize());
        if (jwt.getIssuer() != null) {
            builder.issuer(jwt.getIssuer());
        }
        if (jwt.getAudience() != null) {
            builder.audience(jwt.getAudience());
        }
        return builder;
    }

    /** Returns the published keys, which are fetched from now on. */
    RemoteKeys remoteKeys() {
        JwtProperties jwt = properties.getJwt();
        return RemoteKeys.builder()
                .uri(Objects.requireNonNull(jwt.getJwksUri(), "jwksUri"))
                .refreshInterval(jwt.getJwksRefreshInterval())
                .build();
    }
}
