package io.tollgate.runner;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorPages;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.LoginProtection;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.ratelimit.RedisStats;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.routes.ApiRoute;
import io.tollgate.runner.telemetry.Metrics;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The rate limiter and the policies of a gateway, as its configuration describes them. */
final class RateLimiting implements AutoCloseable {
    private final GatewayConfig config;
    private final TimeSource time;
    private final Optional<Metrics> metrics;
    private final Optional<Supplier<String>> redisPassword;
    /** Knows who attacks, so that it must survive a reload. */
    private final List<RateLimitPolicy> loginProtection;

    private @Nullable RedisRateLimiter redis;
    private Supplier<Condition> condition =
            () -> Condition.ok("limits are decided by a part given in code").with("mode", "custom");

    /** Creates them; {@code redisPassword} is the one of each moment. */
    RateLimiting(
            GatewayConfig config,
            TimeSource time,
            Optional<Metrics> metrics,
            Optional<Supplier<String>> redisPassword) {
        this.config = config;
        this.time = time;
        this.metrics = metrics;
        this.redisPassword = redisPassword;
        this.loginProtection = loginProtection(config);
    }

    /** Returns a new limiter: of this process, or of Redis with this process as its fallback. */
    RateLimiter limiter() {
        int replicas = config.rateLimit().replicas();
        boolean alone = !config.redis().enabled();
        LocalRateLimiter local = LocalRateLimiter.builder()
                .maxKeys(config.rateLimit().maxKeys())
                .replicas(alone ? replicas : 1)
                .time(time)
                .build();
        metrics.ifPresent(m -> m.watch(local));
        if (alone) {
            condition = () -> Condition.ok("decides in this process alone").with("mode", "local");
            return local;
        }
        RedisRateLimiter shared = redis(config.redis());
        redis = shared;
        FallbackRateLimiter limiter = FallbackRateLimiter.builder(leasing(shared))
                .local(local)
                .replicas(replicas)
                .time(time)
                .build();
        condition = () -> condition(limiter.state());
        metrics.ifPresent(m -> {
            m.watch(shared);
            m.watch(limiter);
        });
        return limiter;
    }

    private RateLimiter leasing(RateLimiter shared) {
        GatewayConfig.Lease lease = config.rateLimit().lease();
        if (!lease.enabled()) {
            return shared;
        }
        LeasingRateLimiter leasing = LeasingRateLimiter.builder(shared)
                .tokens(lease.tokens())
                .duration(lease.duration())
                .hotPerSecond(lease.hotPerSecond())
                .build();
        metrics.ifPresent(m -> m.watch(leasing));
        return leasing;
    }

    private RedisRateLimiter redis(GatewayConfig.Redis redis) {
        RedisRateLimiter.Builder builder = RedisRateLimiter.builder()
                .connectTimeout(redis.connectTimeout())
                .deadline(redis.decisionDeadline())
                .maxQueued(redis.maxQueued())
                .database(redis.db());
        switch (redis.mode()) {
            case STANDALONE -> builder.standalone(redis.host(), redis.port());
            case SENTINEL -> builder.sentinel(redis.sentinelMaster(), nodes(redis));
            case CLUSTER -> builder.cluster(nodes(redis));
        }
        redis.namespace().ifPresent(builder::namespace);
        redis.username().ifPresent(builder::username);
        redisPassword.ifPresent(builder::password);
        if (redis.tls()) {
            builder.tls(trustStoreOfTheJvm());
        }
        return builder.build();
    }

    private static List<String> nodes(GatewayConfig.Redis redis) {
        return redis.nodes().stream()
                .map(node -> node.host() + ":" + node.port())
                .toList();
    }

    private static SSLContext trustStoreOfTheJvm() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new GatewayStartException("redis.tls: the JVM's trust store cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the policies of {@code now}, and then those that were {@code added} in code.
     *
     * @throws IllegalArgumentException if two have one name
     */
    List<RateLimitPolicy> policies(GatewayConfig now, List<RateLimitPolicy> added) {
        OnOutage onOutage = now.rateLimit().onOutage();
        List<RateLimitPolicy> all = new ArrayList<>();
        if (now.rateLimit().defaultPolicy()) {
            all.add(Policies.named("default")
                    .limit(RateLimit.of(now.redis().tokenBucket()))
                    .onOutage(onOutage)
                    .build());
        }
        all.addAll(now.rateLimit().policies().policies(onOutage));
        all.addAll(loginProtection);
        all.addAll(added);
        Set<String> names = new HashSet<>();
        for (RateLimitPolicy policy : all) {
            if (!names.add(policy.name())) {
                throw new IllegalArgumentException("policies: two are named " + policy.name()
                        + " (expected: a name of its own for each, in code and in rate_limit.policies)");
            }
        }
        return all;
    }

    private static List<RateLimitPolicy> loginProtection(GatewayConfig config) {
        GatewayConfig.BruteForce bruteForce = config.auth().bruteForce();
        if (!bruteForce.enabled()) {
            return List.of();
        }
        return List.of(LoginProtection.builder()
                .routes(ApiRoute.LOGIN.template())
                .accountAttribute("account")
                .window(bruteForce.window())
                .addressFailures(bruteForce.addressFailures())
                .accountFailures(bruteForce.accountFailures())
                .accountDelay(bruteForce.accountDelay())
                .replicas(config.rateLimit().replicas())
                .build());
    }

    /** Adds the limiter, and Redis if it is used, to the pages. */
    void show(OperatorPages.Builder pages) {
        pages.component("rate-limiter", ComponentKind.LIMITER, condition);
        RedisRateLimiter used = redis;
        if (used != null) {
            pages.component("redis", ComponentKind.REDIS, () -> condition(used.stats()));
        }
    }

    static Condition condition(RedisStats stats) {
        String trouble = stats.trouble().map(cause -> ": " + cause).orElse("");
        if (!stats.up()) {
            return Condition.degraded("no connection" + trouble);
        }
        return trouble.isEmpty()
                ? Condition.ok("connected")
                : Condition.degraded("connected, but not deciding" + trouble);
    }

    static Condition condition(FallbackRateLimiter.State state) {
        Condition condition = state == FallbackRateLimiter.State.SHARED
                ? Condition.ok("decides in Redis, with all gateways")
                : Condition.degraded("decides without Redis: each gateway enforces its share");
        return condition.with("mode", state.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
    }
}
