package io.tollgate.spring.boot;

import static io.tollgate.spring.boot.Calls.bearer;
import static io.tollgate.spring.boot.Calls.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The guard behind Spring Security. */
class SpringSecurityTest {
    private static final String[] LIMIT = {
        "tollgate.rate-limit.policies[0].name=default",
        "tollgate.rate-limit.policies[0].limits=2/h",
        "spring.security.user.name=ann",
        "spring.security.user.password=pass",
        "spring.security.user.roles=staff"
    };

    @ParameterizedTest
    @EnumSource(value = WebApplicationType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void limitsAndChecksTheUserWhomSpringSecurityHasAuthenticated(WebApplicationType type) throws Exception {
        String[] properties = with(
                LIMIT,
                "tollgate.routes[0].path=/staff",
                "tollgate.routes[0].roles=staff",
                "tollgate.routes[1].path=/boss",
                "tollgate.routes[1].roles=boss");
        try (Application application = Application.startSecured(type, Basic.class, properties)) {
            HttpResponse<String> anonymous = get(application, "/hello");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("X-RateLimit-Limit"))
                    .as("Spring Security rejects first")
                    .isEmpty();

            List<Integer> statuses = new ArrayList<>();
            assertThat(get(application, "/boss", "Authorization", basic()).statusCode())
                    .isEqualTo(403);
            HttpResponse<String> staff = get(application, "/staff", "Authorization", basic());
            assertThat(staff.body()).isEqualTo("Hello, ann [staff] ann");
            for (int i = 0; i < 2; i++) {
                statuses.add(
                        get(application, "/hello", "Authorization", basic()).statusCode());
            }
            assertThat(statuses).as("after two requests").containsExactly(429, 429);
        }
    }

    @ParameterizedTest
    @EnumSource(value = WebApplicationType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void putsTheUserOfATokenIntoTheSecurityContext(WebApplicationType type) throws Exception {
        try (Application application =
                Application.startSecured(type, Open.class, "tollgate.jwt.secret=" + Calls.SECRET)) {
            assertThat(get(application, "/hello").statusCode()).isEqualTo(401);
            assertThat(get(application, "/hello", "Authorization", bearer("bob", "read"))
                            .body())
                    .isEqualTo("Hello, bob [staff] bob");
        }
    }

    @Test
    void readsScopesRolesAndNothingElseFromAuthorities() {
        Principal ann = new Principal("ann", Set.of("read"), Set.of("staff"), Map.of());

        assertThat(SecurityUsers.user(SecurityUsers.authentication(ann))).hasValue(ann);
        assertThat(SecurityUsers.user(null)).isEmpty();
        assertThat(SecurityUsers.user(new AnonymousAuthenticationToken(
                        "key", "anonymousUser", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"))))
                .isEmpty();
        assertThat(SecurityUsers.user(UsernamePasswordAuthenticationToken.unauthenticated("ann", "guess")))
                .isEmpty();
    }

    private static String basic() {
        return "Basic " + Base64.getEncoder().encodeToString("ann:pass".getBytes(UTF_8));
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({ServletController.class, ReactiveController.class})
    static class Basic {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({ServletController.class, ReactiveController.class})
    static class Open {
        @Bean
        @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .sessionManagement(Customizer.withDefaults())
                    .build();
        }

        @Bean
        @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
        SecurityWebFilterChain reactiveChain(ServerHttpSecurity http) {
            return http.authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
                    .build();
        }
    }

    @RestController
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class ServletController {
        @GetMapping({"/hello", "/staff", "/boss"})
        String hello(Optional<Principal> user, java.security.Principal named) {
            return greeting(
                    user, SecurityContextHolder.getContext().getAuthentication().getName());
        }
    }

    @RestController
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class ReactiveController {
        @GetMapping({"/hello", "/staff", "/boss"})
        Mono<String> hello(Optional<Principal> user) {
            return ReactiveSecurityContextHolder.getContext()
                    .map(context -> greeting(user, context.getAuthentication().getName()));
        }
    }

    private static String greeting(Optional<Principal> user, String name) {
        return user.map(u -> "Hello, " + u.userId() + " " + u.roles() + " " + name)
                .orElse("nobody");
    }
}
