package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContextHolder;

/** The security context of this thread. Loaded only with Spring Security. */
final class SecurityContexts {
    private SecurityContexts() {}

    /** Returns the user whom Spring Security has authenticated. */
    static Optional<Principal> user() {
        return SecurityUsers.user(SecurityContextHolder.getContext().getAuthentication());
    }
}
