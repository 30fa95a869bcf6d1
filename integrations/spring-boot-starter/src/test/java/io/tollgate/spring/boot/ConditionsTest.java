package io.tollgate.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.tollgate.servlet.GuardFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebFilter;

/** The beans that an application gets, and those that it does not. */
class ConditionsTest {
    private static final String SECRET = "tollgate.jwt.secret=0123456789abcdef0123456789abcdef";

    private final WebApplicationContextRunner servlets =
            new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(TollgateAutoConfiguration.class));
    private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TollgateAutoConfiguration.class));

    @Test
    void guardsAServletApplicationWithoutAnyProperty() {
        servlets.run(context -> {
            assertThat(context).hasSingleBean(RequestGuard.class).hasSingleBean(GuardFilter.class);
            assertThat(context.getBean(RateLimiter.class)).isInstanceOf(LocalRateLimiter.class);
            assertThat(context).doesNotHaveBean(TokenVerifier.class).doesNotHaveBean(WebFilter.class);
            FilterRegistrationBean<?> registration =
                    context.getBean("guardFilterRegistration", FilterRegistrationBean.class);
            assertThat(registration.getOrder()).as("after Spring Security").isEqualTo(-98);
        });
    }

    @Test
    void guardsAReactiveApplication() {
        reactive.run(context -> {
            assertThat(context).hasSingleBean(RequestGuard.class).hasSingleBean(GuardWebFilter.class);
            assertThat(context).doesNotHaveBean(GuardFilter.class);
            assertThat(context.getBean(GuardWebFilter.class).getOrder()).isEqualTo(-98);
        });
    }

    @Test
    void leavesOtherApplicationsAlone() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TollgateAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(RequestGuard.class));
        servlets.withPropertyValues("tollgate.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(RequestGuard.class));
    }

    @Test
    void guardsAReactiveApplicationWithoutServletsSecurityAndMeters() {
        reactive.withClassLoader(new FilteredClassLoader(
                        "jakarta.servlet",
                        "org.springframework.security",
                        "org.springframework.web.servlet",
                        "io.micrometer",
                        "org.springframework.boot.actuate",
                        "org.springframework.boot.health"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(GuardWebFilter.class));
    }

    @Test
    void guardsAServletApplicationWithoutSpringMvcAndAllThatIsOptional() {
        servlets.withClassLoader(new FilteredClassLoader(
                        "reactor",
                        "org.springframework.security",
                        "org.springframework.web.servlet",
                        "org.springframework.web.reactive",
                        "io.micrometer",
                        "org.springframework.boot.actuate",
                        "org.springframework.boot.health"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(GuardFilter.class));
    }

    @Test
    void verifiesTokensIfThereAreKeys() {
        servlets.withPropertyValues(SECRET).run(context -> {
            assertThat(context).hasSingleBean(TokenVerifier.class);
            assertThat(context.getBean(RequestGuard.class).defaultRule()).isEqualTo(AccessRule.token());
        });
        servlets.withPropertyValues("tollgate.jwt.jwks-uri=http://localhost:1/keys")
                .run(context -> assertThat(context).hasSingleBean(TokenVerifier.class));
    }

    @Test
    void sharesLimitsIfAPropertySaysWhereRedisIs() {
        for (String property : List.of(
                "tollgate.redis.url=redis://localhost:1",
                "tollgate.redis.host=localhost",
                "tollgate.redis.enabled=true",
                "spring.data.redis.host=localhost",
                "spring.data.redis.url=redis://localhost:1",
                "spring.data.redis.cluster.nodes=localhost:1,localhost:2")) {
            servlets.withPropertyValues(property)
                    .run(context -> assertThat(context.getBean(RateLimiter.class))
                            .as(property)
                            .isInstanceOf(SharedRateLimiter.class));
        }
        servlets.withPropertyValues("spring.data.redis.host=localhost", "tollgate.redis.enabled=false")
                .run(context -> assertThat(context.getBean(RateLimiter.class)).isInstanceOf(LocalRateLimiter.class));
    }

    @Test
    void closesTheLimiterAndItsThreadsWithTheContext() {
        RateLimiter[] limiter = new RateLimiter[1];
        servlets.withPropertyValues("tollgate.redis.url=redis://localhost:1")
                .run(context -> limiter[0] = context.getBean(RateLimiter.class));

        assertThat(((SharedRateLimiter) limiter[0]).stats().up()).isFalse();
        assertThat(limiter[0]
                        .decide(RateLimitCheck.of("p", "k", RateLimit.perMinute(1)))
                        .toCompletableFuture()
                        .join()
                        .source())
                .as("decided in this process, as a closed limiter decides")
                .isEqualTo(RateLimitDecision.Source.FALLBACK);
    }

    @Test
    void backsOffForBeansOfTheApplication() {
        servlets.withPropertyValues(SECRET, "tollgate.redis.url=redis://localhost:1")
                .withUserConfiguration(OwnBeans.class)
                .run(context -> {
                    OwnBeans own = context.getBean(OwnBeans.class);
                    assertThat(context.getBean(RateLimiter.class)).isSameAs(own.limiter);
                    assertThat(context.getBean(TokenVerifier.class)).isSameAs(own.verifier);
                    assertThat(context.getBean(ErrorRenderer.class)).isSameAs(own.renderer);
                    assertThat(context.getBean(RouteRules.class)).isSameAs(own.rules);
                    assertThat(context.getBean(RequestGuard.class)).isSameAs(own.guard);
                });
    }

    @Test
    void appliesPoliciesOfPropertiesThenBeansInTheirOrder() {
        servlets.withPropertyValues(
                        "tollgate.rate-limit.policies[0].name=first",
                        "tollgate.rate-limit.policies[0].limits=5/min",
                        "tollgate.rate-limit.policies[1].name=second",
                        "tollgate.rate-limit.policies[1].limits[0]=5/min",
                        "tollgate.rate-limit.policies[1].limits[1]=50/h",
                        "tollgate.rate-limit.policies[1].charge-on=UNAUTHENTICATED",
                        "tollgate.rate-limit.policies[1].on_outage=deny")
                .withUserConfiguration(OwnPolicies.class)
                .run(context -> assertThat(context.getBean(RequestGuard.class).policies())
                        .extracting(RateLimitPolicy::name)
                        .containsExactly("first", "second", "third", "fourth"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        private final RateLimiter limiter = LocalRateLimiter.builder().build();
        private final TokenVerifier verifier = token -> {
            throw new AssertionError(token);
        };
        private final ErrorRenderer renderer = ErrorRenderer.problem();
        private final RouteRules rules = RouteRules.all(AccessRule.open());
        private final RequestGuard guard = RequestGuard.builder().build();

        @Bean
        RateLimiter limiter() {
            return limiter;
        }

        @Bean
        TokenVerifier verifier() {
            return verifier;
        }

        @Bean
        ErrorRenderer renderer() {
            return renderer;
        }

        @Bean
        RouteRules rules() {
            return rules;
        }

        @Bean
        RequestGuard guard() {
            return guard;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPolicies {
        @Bean
        @Order(2)
        RateLimitPolicy late() {
            return Policies.named("fourth").limit(RateLimit.perMinute(5)).build();
        }

        @Bean
        @Order(1)
        RateLimitPolicy early() {
            return Policies.named("third").limit(RateLimit.perMinute(5)).build();
        }
    }
}
