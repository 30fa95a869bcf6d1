package io.tollgate.runner;

import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.runner.config.GatewayConfig;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Makes what the section {@code redis} of a configuration describes. */
final class RedisParts {
    private RedisParts() {}

    /** Connects in the background; whoever asks for it closes it. */
    static RedisRateLimiter limiter(GatewayConfig.Redis redis) {
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
        redis.password().ifPresent(password -> builder.password(password.value()));
        if (redis.tls()) {
            builder.tls(trustingWhatTheJvmTrusts());
        }
        return builder.build();
    }

    private static List<String> nodes(GatewayConfig.Redis redis) {
        return redis.nodes().stream()
                .map(node -> node.host() + ":" + node.port())
                .toList();
    }

    private static SSLContext trustingWhatTheJvmTrusts() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new GatewayStartException("redis.tls: the JVM's trust store cannot be used: " + e.getMessage(), e);
        }
    }
}
