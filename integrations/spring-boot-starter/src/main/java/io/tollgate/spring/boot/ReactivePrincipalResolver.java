package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import java.util.Optional;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Passes the user to parameters of {@link Principal} and of optionals of it. */
final class ReactivePrincipalResolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return PrincipalParameters.supports(parameter);
    }

    @Override
    public Mono<Object> resolveArgument(
            MethodParameter parameter, BindingContext bindingContext, ServerWebExchange exchange) {
        Object user = exchange.getAttribute(ReactiveUsers.ATTRIBUTE);
        return parameter.getParameterType() == Optional.class
                ? Mono.just(Optional.ofNullable(user))
                : Mono.justOrEmpty(user);
    }
}
