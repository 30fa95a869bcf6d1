package io.tollgate.spring.boot;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.micrometer.GuardMetrics;
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.TokenMetrics;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.ratelimit.SharedRateLimiter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Meters of decisions, limiters and tokens, if the application measures. Boot itself measures its requests. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
final class MetricsConfiguration {
    @Bean
    @ConditionalOnMissingBean
    GuardMetrics guardMetrics(MeterRegistry registry) {
        return new GuardMetrics(registry);
    }

    @Bean
    MeterBinder tollgateLimiterMetrics(RateLimiter limiter) {
        return registry -> bind(limiter, registry);
    }

    @Bean
    MeterBinder tollgateTokenMetrics(ObjectProvider<TokenVerifier> verifier, ObjectProvider<RemoteKeys> keys) {
        return registry -> {
            TokenVerifier tokens = verifier.getIfAvailable();
            if (tokens instanceof JwtVerifier jwt) {
                new TokenMetrics(jwt).bindTo(registry);
            } else if (tokens instanceof JwtTokenService service) {
                new TokenMetrics(service).bindTo(registry);
            }
            keys.ifUnique(remote -> new TokenMetrics(remote).bindTo(registry));
        };
    }

    private static void bind(RateLimiter limiter, MeterRegistry registry) {
        if (limiter instanceof SharedRateLimiter shared) {
            new RateLimiterMetrics(shared.redis()).bindTo(registry);
            new RateLimiterMetrics(shared.local()).bindTo(registry);
            new RateLimiterMetrics(shared.fallback()).bindTo(registry);
            shared.leasing().ifPresent(leasing -> new RateLimiterMetrics(leasing).bindTo(registry));
        } else if (limiter instanceof LocalRateLimiter local) {
            new RateLimiterMetrics(local).bindTo(registry);
        } else if (limiter instanceof FallbackRateLimiter fallback) {
            new RateLimiterMetrics(fallback).bindTo(registry);
        } else if (limiter instanceof RedisRateLimiter redis) {
            new RateLimiterMetrics(redis).bindTo(registry);
        } else if (limiter instanceof LeasingRateLimiter leasing) {
            new RateLimiterMetrics(leasing).bindTo(registry);
        }
    }
}
