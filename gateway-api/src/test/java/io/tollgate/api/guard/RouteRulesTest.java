package io.tollgate.api.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.token.AccessRule;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteRulesTest {
    private static final AccessRule ADMIN = AccessRule.token().andOneOfRoles(List.of("admin"));

    private final RouteRules rules = RouteRules.builder()
            .route("GET", "/events/{id}", AccessRule.open())
            .route("/events/{id}", AccessRule.token())
            .route("/admin/**", ADMIN)
            .route("/tenants/{tenant}/reports/**", AccessRule.optionalToken())
            .otherwise(AccessRule.scopes(List.of("rest")))
            .build();

    @Test
    void findsARouteByMethodAndTemplate() {
        assertThat(of("GET", "/events/7")).isEqualTo(route("/events/{id}", AccessRule.open()));
        assertThat(of("HEAD", "/events/7")).isEqualTo(route("/events/{id}", AccessRule.open()));
        assertThat(of("PUT", "/events/7")).isEqualTo(route("/events/{id}", AccessRule.token()));
    }

    @Test
    void findsARouteBelowAPrefixButNotBesideIt() {
        assertThat(of("GET", "/admin")).isEqualTo(route("/admin/**", ADMIN));
        assertThat(of("GET", "/admin/")).isEqualTo(route("/admin/**", ADMIN));
        assertThat(of("GET", "/admin/users/7")).isEqualTo(route("/admin/**", ADMIN));
        assertThat(of("GET", "/administrators").template()).isEmpty();
        assertThat(of("GET", "/tenants/a/reports/2026/11").template()).contains("/tenants/{tenant}/reports/**");
        assertThat(of("GET", "/tenants/a").template()).isEmpty();
    }

    @Test
    void readsAnEscapedPathAsTheSamePath() {
        assertThat(of("GET", "/%61dmin/users").rule()).isEqualTo(ADMIN);
    }

    @Test
    void hasRequirementsForAllOtherRequests() {
        assertThat(of("GET", "/").template()).isEmpty();
        assertThat(of("GET", "/").rule().toString()).contains("scopes=[rest]");
    }

    @Test
    void matchesEveryPathBelowTheRoot() {
        RouteRules all = RouteRules.builder().route("/**", AccessRule.open()).build();

        assertThat(all.of(head("GET", "/any/thing")).template()).contains("/**");
        assertThat(all.of(head("GET", "/")).rule()).isEqualTo(AccessRule.open());
    }

    @Test
    void findsARouteOnlyByItsWholeTemplateAndItsMethod() {
        RouteRules orders = RouteRules.builder()
                .route("POST", "/orders", ADMIN)
                .route("/**", AccessRule.open())
                .build();

        assertThat(of("GET", "/events/7/more").template()).isEmpty();
        assertThat(orders.of(head("POST", "/orders")).rule()).isEqualTo(ADMIN);
        assertThat(orders.of(head("HEAD", "/orders")).template()).contains("/**");
        assertThat(orders.of(head("OPTIONS", "*")).template()).as("no path").isEmpty();
    }

    @Test
    void rejectsAnAsteriskElsewhere() {
        assertThatThrownBy(() -> RouteRules.builder().route("*", AccessRule.open()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("template: * (expected: /** at the end, or no asterisk)");
        assertThatThrownBy(() -> RouteRules.builder().route("/a/*/b", AccessRule.open()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("template: /a/*/b (expected: /** at the end, or no asterisk)");
    }

    @Test
    void hasTheDefaultRuleOfAGuard() {
        assertThat(RequestGuard.builder().build().defaultRule()).isEqualTo(AccessRule.open());
        assertThat(RequestGuard.builder().tokens(NamedTokens.cheap()).build().defaultRule())
                .isEqualTo(AccessRule.token());
    }

    @Test
    void hasOneRuleForAll() {
        assertThat(RouteRules.all(ADMIN).of(head("GET", "/x"))).isEqualTo(new GuardedRoute(Optional.empty(), ADMIN));
    }

    private GuardedRoute of(String method, String path) {
        return rules.of(head(method, path));
    }

    private static GuardedRoute route(String template, AccessRule rule) {
        return new GuardedRoute(Optional.of(template), rule);
    }

    private static HttpRequestHead head(String method, String path) {
        return HttpRequestHead.of(method, URI.create(path), InetAddress.getLoopbackAddress(), name -> List.of());
    }
}
