package io.tollgate.runner.config;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.config.ConfigKey;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig.RedisMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks values that are right alone and wrong together. */
final class Rules {
    /** The secret of the {@code config.yaml} that everybody has. */
    static final String SAMPLE_SECRET = "your-secret-key-change-in-production-super-secure-32-chars-minimum-2024";

    /** The names of the gateway's own policies: the default one, and the protection of logins and tokens. */
    private static final Set<String> OWN_POLICIES = Set.of("default", "failed-logins", "bad-tokens", "failed-account");

    /** The least `max-age` of hosts that browsers ship with. */
    private static final Duration MIN_PRELOAD_AGE = Duration.ofDays(365);

    private static final Secret SAMPLE = new Secret(SAMPLE_SECRET);

    private Rules() {}

    /** Notes problems in {@code values}, and returns warnings. */
    static List<String> check(ConfigValues values) {
        TokenRules.check(values);
        cors(values);
        adminPort(values);
        ListenerTls.check(values, ConfigKeys.HTTP_TLS);
        ListenerTls.check(values, ConfigKeys.ADMIN_TLS);
        hsts(values);
        redisNodes(values);
        redisCluster(values);
        tokenBucket(values);
        policies(values);
        ConfigKeys.USER_SERVICE.check(values);
        ConfigKeys.ORDER_SERVICE.check(values);
        exposedServices(values);
        DocsTypes.check(values);
        return warnings(values);
    }

    static boolean usesSample(ConfigValues values) {
        return values.find(ConfigKeys.JWT_SECRET_KEY).filter(SAMPLE::equals).isPresent();
    }

    static boolean is(ConfigValues values, Environment environment) {
        return values.find(ConfigKeys.APP_ENVIRONMENT)
                .filter(environment::equals)
                .isPresent();
    }

    private static void cors(ConfigValues values) {
        if (!values.has(ConfigKeys.CORS_ALLOWED_ORIGINS)) {
            return;
        }
        List<String> origins = values.get(ConfigKeys.CORS_ALLOWED_ORIGINS);
        boolean any = origins.contains("*");
        if (any && origins.size() > 1) {
            values.problem(
                    ConfigKeys.CORS_ALLOWED_ORIGINS,
                    String.join(", ", origins) + " (expected: * alone, or a list of origins without it)");
        }
        if (any && values.find(ConfigKeys.CORS_ALLOW_CREDENTIALS).orElse(false)) {
            values.problem(
                    ConfigKeys.CORS_ALLOW_CREDENTIALS,
                    "true (expected: false while cors.allowed_origins is *, or a list of origins there)");
        }
    }

    private static void adminPort(ConfigValues values) {
        boolean enabled = values.find(ConfigKeys.ADMIN_ENABLED).orElse(false);
        if (enabled && values.has(ConfigKeys.HTTP_PORT) && values.has(ConfigKeys.ADMIN_PORT)) {
            int port = values.get(ConfigKeys.ADMIN_PORT);
            if (port != 0 && port == values.get(ConfigKeys.HTTP_PORT)) {
                values.problem(
                        ConfigKeys.ADMIN_PORT,
                        port + " (expected: another port than server.http.port, or server.admin.enabled: false)");
            }
        }
    }

    private static void hsts(ConfigValues values) {
        boolean preload = values.find(ConfigKeys.HTTP_HSTS_PRELOAD).orElse(false);
        Duration age = values.find(ConfigKeys.HTTP_HSTS_MAX_AGE).orElse(MIN_PRELOAD_AGE);
        boolean subdomains =
                values.find(ConfigKeys.HTTP_HSTS_INCLUDE_SUBDOMAINS).orElse(true);
        if (preload && (age.compareTo(MIN_PRELOAD_AGE) < 0 || !subdomains)) {
            values.problem(
                    ConfigKeys.HTTP_HSTS_PRELOAD,
                    "true (expected only with server.http.hsts.max_age: 365d or more and include_subdomains: true, which"
                            + " browsers demand)");
        }
    }

    private static void redisNodes(ConfigValues values) {
        if (values.has(ConfigKeys.REDIS_MODE) && values.has(ConfigKeys.REDIS_NODES)) {
            RedisMode mode = values.get(ConfigKeys.REDIS_MODE);
            if (mode != RedisMode.STANDALONE
                    && values.get(ConfigKeys.REDIS_NODES).isEmpty()) {
                values.problem(
                        ConfigKeys.REDIS_NODES,
                        "none (expected with redis.mode: sentinel or cluster: one or more of host:port)");
            }
        }
    }

    private static void redisCluster(ConfigValues values) {
        boolean cluster = values.find(ConfigKeys.REDIS_MODE)
                .filter(RedisMode.CLUSTER::equals)
                .isPresent();
        if (cluster && values.find(ConfigKeys.REDIS_DB).orElse(0) != 0) {
            values.problem(
                    ConfigKeys.REDIS_DB,
                    values.get(ConfigKeys.REDIS_DB) + " (expected with redis.mode: cluster, which has no other: 0)");
        }
    }

    private static void policies(ConfigValues values) {
        if (values.find(ConfigKeys.TRANSCODING_SERVICES)
                .filter(TranscodingConfig::isEmpty)
                .isPresent()) {
            values.find(ConfigKeys.RATE_LIMIT_POLICIES).ifPresent(PolicyConfig::requireOwnRoutes);
        }
        for (String name : values.find(ConfigKeys.RATE_LIMIT_POLICIES)
                .map(PolicyConfig::names)
                .orElse(List.of())) {
            ConfigKey<Boolean> owner =
                    name.equals("default") ? ConfigKeys.RATE_LIMIT_DEFAULT_POLICY : ConfigKeys.BRUTE_FORCE_ENABLED;
            if (OWN_POLICIES.contains(name) && values.find(owner).orElse(false)) {
                values.problem(
                        ConfigKeys.RATE_LIMIT_POLICIES,
                        "a policy named " + name + ", as one of the gateway's own is (expected: another name," + " or "
                                + owner + ": false)");
            }
        }
    }

    /** Components of the gateway have one name each, on the operators' pages and in metrics. */
    private static void exposedServices(ConfigValues values) {
        Set<String> own = new HashSet<>(Set.of("listener", "keys", "redis", "rate-limiter"));
        ConfigKeys.USER_SERVICE.name(values).ifPresent(own::add);
        ConfigKeys.ORDER_SERVICE.name(values).ifPresent(own::add);
        List<String> names = values.find(ConfigKeys.TRANSCODING_SERVICES).stream()
                .flatMap(exposed -> exposed.services().stream().map(TranscodingConfig.Service::name))
                .toList();
        for (String name : names) {
            String descriptors = name + "-descriptors"; // a component beside that of its connection
            if (own.contains(name)) {
                exposedName(values, name + ", as a part of the gateway is");
            } else if (own.contains(descriptors)) {
                exposedName(
                        values, name + ", whose descriptors would be " + descriptors + ", as a part of the gateway is");
            }
            if (names.contains(descriptors)) {
                exposedName(values, descriptors + ", as the descriptors of the service " + name + " are");
            }
        }
    }

    private static void exposedName(ConfigValues values, String taken) {
        values.problem(ConfigKeys.TRANSCODING_SERVICES, "a service named " + taken + " (expected: another name)");
    }

    private static void tokenBucket(ConfigValues values) {
        if (values.has(ConfigKeys.BUCKET_CAPACITY)
                && values.has(ConfigKeys.BUCKET_REFILL_RATE)
                && values.has(ConfigKeys.BUCKET_REFILL_INTERVAL)
                && values.has(ConfigKeys.BUCKET_REFILL)) {
            try {
                bandwidth(values);
            } catch (IllegalArgumentException e) {
                values.problem(ConfigKeys.BUCKET_REFILL_RATE, "no bucket with these values: " + e.getMessage());
            }
        }
    }

    static Bandwidth bandwidth(ConfigValues values) {
        return Bandwidth.ofRate(
                        values.get(ConfigKeys.BUCKET_CAPACITY),
                        values.get(ConfigKeys.BUCKET_REFILL_RATE),
                        values.get(ConfigKeys.BUCKET_REFILL_INTERVAL))
                .withRefill(values.get(ConfigKeys.BUCKET_REFILL));
    }

    private static Optional<String> adminWarning(ConfigValues values) {
        boolean open = values.find(ConfigKeys.ADMIN_ENABLED).orElse(false)
                && values.isMissing(ConfigKeys.ADMIN_TOKEN)
                && values.find(ConfigKeys.ADMIN_HOST)
                        .filter(host -> !GatewayConfig.Admin.isLoopback(host))
                        .isPresent();
        return open
                ? Optional.of(
                        "server.admin.host is not loopback and there is no server.admin.token: the admin port answers"
                                + " /health and /metrics and nothing else")
                : Optional.empty();
    }

    private static List<String> warnings(ConfigValues values) {
        List<String> warnings = new ArrayList<>();
        if (usesSample(values)) {
            warnings.add("jwt.secret_key is the sample secret: anybody can make tokens that this gateway accepts");
        }
        if (values.isSet(ConfigKeys.REDIS_NODES)
                && values.find(ConfigKeys.REDIS_MODE)
                        .filter(RedisMode.STANDALONE::equals)
                        .isPresent()) {
            warnings.add("redis.nodes is not used with redis.mode: standalone, which uses redis.host and redis.port");
        }
        adminWarning(values).ifPresent(warnings::add);
        ConfigKeys.USER_SERVICE.warning(values).ifPresent(warnings::add);
        ConfigKeys.ORDER_SERVICE.warning(values).ifPresent(warnings::add);
        ListenerTls.warning(values, ConfigKeys.HTTP_TLS).ifPresent(warnings::add);
        ListenerTls.warning(values, ConfigKeys.ADMIN_TLS).ifPresent(warnings::add);
        if (values.isSet(ConfigKeys.HTTP_HSTS_MAX_AGE)
                && !values.find(ConfigKeys.HTTP_TLS.enabled()).orElse(false)) {
            warnings.add(
                    "server.http.hsts.max_age is not used without server.http.tls.enabled: true; behind a proxy with"
                            + " TLS, the proxy sends that header");
        }
        warnings.addAll(TokenRules.warnings(values));
        return warnings;
    }
}
