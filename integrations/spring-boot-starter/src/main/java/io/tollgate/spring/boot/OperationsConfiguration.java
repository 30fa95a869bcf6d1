package io.tollgate.spring.boot;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorAccess;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import java.net.URI;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;

/** The pages for operators, if they have a path. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(prefix = "tollgate.operations", name = "path")
final class OperationsConfiguration {
    @Bean
    @ConditionalOnMissingBean
    Traffic traffic() {
        return new Traffic();
    }

    @Bean
    @ConditionalOnMissingBean
    OperatorPages operatorPages(
            TollgateSettings settings,
            TollgateProperties properties,
            Environment environment,
            RequestGuard guard,
            RateLimiter limiter,
            Traffic traffic,
            ObjectProvider<BuildProperties> build) {
        BuildProperties built = build.getIfAvailable();
        String version = built == null ? null : built.getVersion();
        return OperatorPages.builder()
                .name(environment.getProperty("spring.application.name", "application"))
                .version(version == null ? "unknown" : version)
                .access(access(properties.getOperations()))
                .component("rate-limiter", ComponentKind.LIMITER, () -> condition(limiter))
                .policies(guard::policies)
                .traffic(traffic)
                .build();
    }

    private static OperatorAccess access(TollgateProperties.Operations operations) {
        return OperatorAccess.builder()
                .token(Objects.requireNonNull(operations.getToken(), "token"))
                .hosts(operations.getHosts())
                .settings("tollgate.operations.token", "tollgate.operations.hosts")
                .build();
    }

    private static Condition condition(RateLimiter limiter) {
        LimiterHealth health = LimiterHealth.of(limiter);
        Condition condition = health.degraded()
                ? Condition.degraded("decides without Redis: each instance enforces its share")
                : Condition.ok("decides");
        for (var detail : health.details().entrySet()) {
            condition = condition.with(detail.getKey(), String.valueOf(detail.getValue()));
        }
        return condition;
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> tollgatePagesStart(OperatorPages pages, Environment environment) {
        return event ->
                pages.listening(URI.create("http://localhost:" + environment.getProperty("local.server.port", "8080")));
    }

    @Bean
    ApplicationListener<ContextClosedEvent> tollgatePagesEnd(OperatorPages pages) {
        return event -> pages.draining();
    }
}
