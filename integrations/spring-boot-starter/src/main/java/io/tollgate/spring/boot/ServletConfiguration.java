package io.tollgate.spring.boot;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPatternParser;

/** The guard in front of a servlet web application. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
final class ServletConfiguration {
    private static final boolean SPRING_SECURITY = ClassUtils.isPresent(
            "org.springframework.security.core.context.SecurityContextHolder",
            ServletConfiguration.class.getClassLoader());

    /** Returns the rules of an application without Spring MVC. */
    @Bean
    @ConditionalOnMissingBean
    RouteRules plainRouteRules(TollgateSettings settings, RequestGuard guard) {
        return new PatternRules(
                settings.routeRequirements(),
                guard.defaultRule(),
                ServletConfiguration::encoded,
                "",
                () -> new HandlerTemplates(List.of()));
    }

    /** Encodes what is left of semicolons: the container has removed parameters, so that one which is left was encoded. */
    private static String encoded(String path) {
        return path.indexOf(';') < 0 ? path : path.replace(";", "%3B");
    }

    @Bean
    @ConditionalOnMissingBean
    GuardFilter guardFilter(TollgateSettings settings, RequestGuard guard, RouteRules rules, ErrorRenderer errors) {
        GuardFilter.Builder builder = GuardFilter.builder(guard).routes(rules).errors(errors);
        boolean readsTokens = guard.defaultRule().readsToken();
        if (SPRING_SECURITY && !readsTokens) {
            builder.principal(request -> SecurityContexts.user());
        }
        settings.requireUsers(readsTokens || SPRING_SECURITY);
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean(name = "guardFilterRegistration")
    FilterRegistrationBean<PathFilter> guardFilterRegistration(GuardFilter filter, TollgateSettings settings) {
        return registration(new PathFilter(filter, settings.excludedPaths()), "tollgate", GuardOrder.GUARD);
    }

    /** Keeps Boot from registering the filter once more, as it does with every bean that is a filter. */
    @Bean
    FilterRegistrationBean<GuardFilter> bareGuardFilterRegistration(GuardFilter filter) {
        FilterRegistrationBean<GuardFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    private static <F extends Filter> FilterRegistrationBean<F> registration(F filter, String name, int order) {
        FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
        registration.setName(name);
        registration.setOrder(order);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
        return registration;
    }

    /** The user of a token in the security context, for method security and the like. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.security.core.context.SecurityContextHolder")
    static final class TokensInSecurityContext {
        @Bean
        FilterRegistrationBean<SecurityContextFilter> tollgateSecurityContextRegistration(RequestGuard guard) {
            FilterRegistrationBean<SecurityContextFilter> registration =
                    registration(new SecurityContextFilter(), "tollgateSecurityContext", GuardOrder.SECURITY_CONTEXT);
            registration.setEnabled(guard.defaultRule().readsToken());
            return registration;
        }
    }

    /** The handlers of Spring MVC, whose patterns are the templates of routes. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping")
    static final class SpringMvc {
        @Bean
        @ConditionalOnMissingBean
        RouteRules routeRules(
                TollgateSettings settings,
                RequestGuard guard,
                Environment environment,
                ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
            return new PatternRules(
                    settings.routeRequirements(),
                    guard.defaultRule(),
                    ServletConfiguration::encoded,
                    servletPath(environment),
                    () -> new HandlerTemplates(mappings.stream()
                            .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                            .flatMap(SpringMvc::mappings)
                            .toList()));
        }

        private static String servletPath(Environment environment) {
            String path = environment.getProperty("spring.mvc.servlet.path", "");
            return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        }

        private static Stream<HandlerTemplates.Mapping> mappings(RequestMappingInfo info) {
            Set<String> methods = info.getMethodsCondition().getMethods().stream()
                    .map(Enum::name)
                    .collect(Collectors.toUnmodifiableSet());
            return info.getPatternValues().stream()
                    .map(PathPatternParser.defaultInstance::parse)
                    .map(pattern -> new HandlerTemplates.Mapping(methods, pattern));
        }

        /** Lets handlers have a parameter of {@link io.tollgate.api.Principal}. */
        @Bean
        WebMvcConfigurer tollgatePrincipals() {
            return new WebMvcConfigurer() {
                @Override
                public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                    resolvers.add(new ServletPrincipalResolver());
                }
            };
        }
    }

    /** The pages for operators. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(OperatorPages.class)
    static final class Operations {
        @Bean
        FilterRegistrationBean<TrafficFilter> tollgateTrafficRegistration(Traffic traffic, RouteRules rules) {
            FilterRegistrationBean<TrafficFilter> registration =
                    registration(new TrafficFilter(traffic, rules), "tollgateTraffic", GuardOrder.TRAFFIC);
            registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
            return registration;
        }

        @Bean
        ServletRegistrationBean<EndpointServlet> tollgatePagesRegistration(
                OperatorPages pages, TollgateProperties properties, ErrorRenderer errors) {
            String path = String.valueOf(properties.getOperations().getPath());
            return new ServletRegistrationBean<>(new EndpointServlet(pages.under(path), errors), path, path + "/*");
        }
    }
}
