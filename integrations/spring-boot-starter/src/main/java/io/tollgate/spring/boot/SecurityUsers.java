package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.AbstractOAuth2TokenAuthenticationToken;
import org.springframework.util.ClassUtils;

/** Users of Spring Security as users of Tollgate, and back. */
final class SecurityUsers {
    private static final String SCOPE = "SCOPE_";
    private static final String ROLE = "ROLE_";
    private static final boolean OAUTH2 = ClassUtils.isPresent(
            "org.springframework.security.oauth2.server.resource.authentication.AbstractOAuth2TokenAuthenticationToken",
            SecurityUsers.class.getClassLoader());

    private SecurityUsers() {}

    /** Returns the user; empty if nobody is authenticated. */
    static Optional<Principal> user(@Nullable Authentication authentication) {
        if (authentication == null
                || !authentication.isAuthenticated()
                || authentication instanceof AnonymousAuthenticationToken
                || authentication.getName() == null
                || authentication.getName().isBlank()) {
            return Optional.empty();
        }
        Set<String> scopes = new LinkedHashSet<>();
        Set<String> roles = new LinkedHashSet<>();
        for (GrantedAuthority granted : authentication.getAuthorities()) {
            String authority = granted.getAuthority();
            if (authority != null && authority.startsWith(SCOPE)) {
                scopes.add(authority.substring(SCOPE.length()));
            } else if (authority != null && authority.startsWith(ROLE)) {
                roles.add(authority.substring(ROLE.length()));
            }
        }
        Map<String, Object> claims = OAUTH2 ? TokenClaims.of(authentication) : Map.of();
        return Optional.of(new Principal(authentication.getName(), scopes, roles, claims));
    }

    /** Returns the user of a token as Spring Security sees users: with authorities {@code SCOPE_…} and {@code ROLE_…}. */
    static Authentication authentication(Principal user) {
        List<GrantedAuthority> authorities = new ArrayList<>();
        user.scopes().forEach(scope -> authorities.add(new SimpleGrantedAuthority(SCOPE + scope)));
        user.roles().forEach(role -> authorities.add(new SimpleGrantedAuthority(ROLE + role)));
        return UsernamePasswordAuthenticationToken.authenticated(new UserPrincipal(user), null, authorities);
    }

    /** Claims of tokens that Spring Security has verified, if it verifies tokens. */
    private static final class TokenClaims {
        static Map<String, Object> of(Authentication authentication) {
            return authentication instanceof AbstractOAuth2TokenAuthenticationToken<?> token
                    ? token.getTokenAttributes()
                    : Map.of();
        }
    }
}
