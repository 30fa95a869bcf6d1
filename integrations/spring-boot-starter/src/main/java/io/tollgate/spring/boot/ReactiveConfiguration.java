package io.tollgate.spring.boot;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.WebHandler;

/** The guard in front of a reactive web application. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
final class ReactiveConfiguration {
    @Bean
    @ConditionalOnMissingBean
    RouteRules routeRules(
            TollgateSettings settings,
            RequestGuard guard,
            Environment environment,
            ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
        String base = environment.getProperty("spring.webflux.base-path", "");
        String prefix = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return new PatternRules(
                settings.routeRequirements(),
                guard.defaultRule(),
                path -> path.startsWith(prefix) ? path.substring(prefix.length()) : path,
                "",
                () -> new HandlerTemplates(mappings.stream()
                        .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                        .flatMap(ReactiveConfiguration::mappings)
                        .toList()));
    }

    private static Stream<HandlerTemplates.Mapping> mappings(RequestMappingInfo info) {
        Set<String> methods = info.getMethodsCondition().getMethods().stream()
                .map(Enum::name)
                .collect(Collectors.toUnmodifiableSet());
        return info.getPatternsCondition().getPatterns().stream()
                .map(pattern -> new HandlerTemplates.Mapping(methods, pattern));
    }

    @Bean
    @ConditionalOnMissingBean
    GuardWebFilter guardWebFilter(
            TollgateSettings settings, RequestGuard guard, RouteRules rules, ErrorRenderer errors) {
        boolean readsTokens = guard.defaultRule().readsToken();
        settings.requireUsers(readsTokens || ReactiveUsers.SPRING_SECURITY);
        return new GuardWebFilter(guard, rules, errors, new ReactiveUsers(readsTokens), settings.excludedPaths());
    }

    /** Lets handlers have a parameter of {@link io.tollgate.api.Principal}. */
    @Bean
    WebFluxConfigurer tollgatePrincipals() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new ReactivePrincipalResolver());
            }
        };
    }

    /** The pages for operators. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(OperatorPages.class)
    static final class Operations {
        @Bean
        ReactiveOperations.TrafficWebFilter tollgateTrafficFilter(Traffic traffic, RouteRules rules) {
            return new ReactiveOperations.TrafficWebFilter(traffic, rules);
        }

        @Bean
        SimpleUrlHandlerMapping tollgatePagesMapping(
                OperatorPages pages, TollgateProperties properties, ErrorRenderer errors) {
            String path = String.valueOf(properties.getOperations().getPath());
            WebHandler handler = ReactiveOperations.handler(pages.under(path), errors);
            return new SimpleUrlHandlerMapping(Map.of(path, handler, path + "/**", handler), -1);
        }
    }
}
