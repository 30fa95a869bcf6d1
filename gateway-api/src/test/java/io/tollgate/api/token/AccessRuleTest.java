package io.tollgate.api.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessRuleTest {
    @Test
    void admitsWhoeverHasAllScopesAndOneOfTheRoles() {
        AccessRule rule = AccessRule.scopes(List.of("read", "write")).andOneOfRoles(List.of("admin", "staff"));

        assertThat(rule.rejection(user(Set.of("write", "read", "more"), Set.of("staff"))))
                .isEmpty();
        assertThat(rule.rejection(user(Set.of("read"), Set.of("staff")))).isPresent();
        assertThat(rule.rejection(user(Set.of("read", "write"), Set.of("guest"))))
                .isPresent();
    }

    @Test
    void admitsAnyoneWhereNothingIsAsked() {
        assertThat(AccessRule.token().rejection(Principal.of("u"))).isEmpty();
        assertThat(AccessRule.scopes(List.of()).andOneOfRoles(List.of()).rejection(Principal.of("u")))
                .isEmpty();
    }

    @Test
    void challengesWithTheScopesThatAreNeeded() {
        assertThat(AccessRule.scopes(List.of("read", "write")).rejection(Principal.of("u")))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.code()).isEqualTo(CommonError.INSUFFICIENT_SCOPE);
                    assertThat(refusal.headers())
                            .containsEntry(
                                    "WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"read write\"");
                });
        assertThat(AccessRule.token().andOneOfRoles(List.of("admin")).rejection(Principal.of("u")))
                .hasValueSatisfying(refusal -> assertThat(refusal.headers())
                        .containsEntry("WWW-Authenticate", "Bearer error=\"insufficient_scope\""));
    }

    @Test
    void refusesScopesThatNoChallengeCouldName() {
        for (String scope : List.of("", "a b", "a\"b", "a\\b", "a\nb", "é")) {
            assertThatThrownBy(() -> AccessRule.scopes(List.of(scope)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(expected: visible ASCII without quotes and backslashes)");
        }
    }

    @Test
    void findsTheTokenOfOneHeaderWithoutJudgingIt() {
        assertThat(BearerAuthenticator.token(List.of("bearer a.b.c"))).contains("a.b.c");
        assertThat(BearerAuthenticator.token(List.of())).isEmpty();
        assertThat(BearerAuthenticator.token(List.of("Bearer a", "Bearer b"))).isEmpty();
        assertThat(BearerAuthenticator.token(List.of("Basic YTpi"))).isEmpty();
        assertThat(BearerAuthenticator.token(List.of("Bearer"))).isEmpty();
        assertThat(BearerAuthenticator.token(List.of("Bearer a b"))).isEmpty();
    }

    private static Principal user(Set<String> scopes, Set<String> roles) {
        return new Principal("u", scopes, roles, Map.of());
    }
}
