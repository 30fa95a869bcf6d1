package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import java.util.Optional;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The users of a reactive application: those of tokens that the guard verifies, or those whom Spring Security has authenticated.
 *
 * @param readsTokens whether the guard verifies tokens
 */
record ReactiveUsers(boolean readsTokens) {
    /** The attribute of an exchange with the user. */
    static final String ATTRIBUTE = Principal.class.getName();

    static final boolean SPRING_SECURITY = ClassUtils.isPresent(
            "org.springframework.security.core.context.ReactiveSecurityContextHolder",
            ReactiveUsers.class.getClassLoader());

    /** Returns the user whom Spring Security has authenticated; empty without one. */
    Mono<Optional<Principal>> known() {
        return SPRING_SECURITY ? Secured.user() : Mono.just(Optional.empty());
    }

    /** Handles a request as one of the user of its token. */
    Mono<Void> with(Principal user, ServerWebExchange exchange, WebFilterChain chain) {
        ServerWebExchange owned =
                exchange.mutate().principal(Mono.just(new UserPrincipal(user))).build();
        return SPRING_SECURITY ? Secured.filter(user, owned, chain) : chain.filter(owned);
    }

    /** Loaded only with Spring Security. */
    private static final class Secured {
        static Mono<Optional<Principal>> user() {
            return ReactiveSecurityContextHolder.getContext()
                    .mapNotNull(SecurityContext::getAuthentication)
                    .map(SecurityUsers::user)
                    .defaultIfEmpty(Optional.empty());
        }

        static Mono<Void> filter(Principal user, ServerWebExchange exchange, WebFilterChain chain) {
            return chain.filter(exchange)
                    .contextWrite(ReactiveSecurityContextHolder.withAuthentication(SecurityUsers.authentication(user)));
        }
    }
}
