package io.tollgate.spring.boot;

import io.tollgate.api.ratelimit.RateLimiter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The component {@code tollgate} of the health endpoint, whose classes moved from Boot 3 to Boot 4. */
final class HealthConfiguration {
    private HealthConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    @ConditionalOnProperty(name = "management.health.tollgate.enabled", matchIfMissing = true)
    static final class Boot3 {
        @Bean
        @ConditionalOnMissingBean(name = "tollgateHealthIndicator")
        org.springframework.boot.actuate.health.HealthIndicator tollgateHealthIndicator(RateLimiter limiter) {
            return () -> {
                LimiterHealth health = LimiterHealth.of(limiter);
                return (health.degraded()
                                ? org.springframework.boot.actuate.health.Health.status(LimiterHealth.DEGRADED)
                                : org.springframework.boot.actuate.health.Health.up())
                        .withDetails(health.details())
                        .build();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    @ConditionalOnProperty(name = "management.health.tollgate.enabled", matchIfMissing = true)
    static final class Boot4 {
        @Bean
        @ConditionalOnMissingBean(name = "tollgateHealthIndicator")
        org.springframework.boot.health.contributor.HealthIndicator tollgateHealthIndicator(RateLimiter limiter) {
            return () -> {
                LimiterHealth health = LimiterHealth.of(limiter);
                return (health.degraded()
                                ? org.springframework.boot.health.contributor.Health.status(LimiterHealth.DEGRADED)
                                : org.springframework.boot.health.contributor.Health.up())
                        .withDetails(health.details())
                        .build();
            };
        }
    }
}
