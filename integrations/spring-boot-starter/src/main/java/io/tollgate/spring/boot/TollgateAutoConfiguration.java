package io.tollgate.spring.boot;

import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.ratelimit.config.RateLimitPolicyFactory;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

/**
 * Guards the requests of a web application as the {@linkplain TollgateProperties properties} say. Each bean is there only if the
 * application defines none of its type. Beans of {@link RateLimitPolicy}, in their order, apply after the policies of the
 * properties; beans of {@link RateLimitPolicyFactory} add types of policies; beans of {@link GuardListener} receive events.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration", // 3.x
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration", // 4.x
            "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration"
        })
@ConditionalOnWebApplication
@ConditionalOnProperty(prefix = TollgateProperties.PREFIX, name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(TollgateProperties.class)
@ImportRuntimeHints(TollgateRuntimeHints.class)
@Import({
    TollgateAutoConfiguration.Tokens.class,
    MetricsConfiguration.class,
    HealthConfiguration.Boot3.class,
    HealthConfiguration.Boot4.class,
    OperationsConfiguration.class,
    ServletConfiguration.class,
    ReactiveConfiguration.class
})
public final class TollgateAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(TollgateAutoConfiguration.class);

    @Bean
    static PropertyProblems tollgatePropertyProblems(Environment environment) {
        return new PropertyProblems(environment);
    }

    @Bean
    TollgateSettings tollgateSettings(
            TollgateProperties properties,
            PropertyProblems problems,
            Environment environment,
            ObjectProvider<RateLimitPolicyFactory> factories,
            ObjectProvider<RateLimitPolicy> policies,
            ObjectProvider<SslBundles> bundles) {
        return new TollgateSettings(
                properties,
                problems,
                environment,
                factories.orderedStream().toList(),
                policies.orderedStream().toList(),
                bundles.getIfAvailable());
    }

    @Bean
    @Primary
    @ConditionalOnMissingBean
    RateLimiter rateLimiter(TollgateSettings settings) {
        if (settings.sharesLimits()) {
            return settings.sharedLimiter();
        }
        log.info("Rate limits are decided in this process alone: no property says where Redis is (tollgate.redis.url)");
        return settings.localLimiter();
    }

    @Bean
    @ConditionalOnMissingBean
    ErrorRenderer errorRenderer(TollgateSettings settings) {
        return settings.errorRenderer();
    }

    @Bean
    @ConditionalOnMissingBean
    RequestGuard requestGuard(
            TollgateSettings settings,
            RateLimiter limiter,
            ObjectProvider<TokenVerifier> tokens,
            ErrorRenderer errors,
            ObjectProvider<GuardListener> listeners) {
        RequestGuard.Builder builder = RequestGuard.builder()
                .limiter(limiter, settings.policies())
                .clientAddresses(settings.resolver())
                .standardHeaders(settings.standardHeaders())
                .errors(errors);
        tokens.ifAvailable(builder::tokens);
        List<GuardListener> all = listeners.orderedStream().toList();
        if (!all.isEmpty()) {
            builder.listener(all.size() == 1 ? all.get(0) : new GuardListeners(all));
        }
        return builder.build();
    }

    /** The verifier of the properties {@code tollgate.jwt.*}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TokenVerifier.class)
    static final class Tokens {
        @Bean
        @ConditionalOnProperty(prefix = "tollgate.jwt", name = "secret")
        TokenVerifier tokenVerifier(TollgateSettings settings, TollgateProperties properties) {
            return settings.verifier()
                    .secret(Objects.requireNonNull(properties.getJwt().getSecret(), "secret"))
                    .build();
        }

        @Bean
        @ConditionalOnProperty(prefix = "tollgate.jwt", name = "jwks-uri")
        RemoteKeys tollgateRemoteKeys(TollgateSettings settings) {
            return settings.remoteKeys();
        }

        @Bean
        @ConditionalOnProperty(prefix = "tollgate.jwt", name = "jwks-uri")
        TokenVerifier remoteTokenVerifier(TollgateSettings settings, RemoteKeys keys) {
            return settings.verifier().keys(keys).build();
        }
    }
}
