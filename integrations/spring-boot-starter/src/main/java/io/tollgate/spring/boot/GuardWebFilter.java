package io.tollgate.spring.boot;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Guards the requests of a reactive application. Never blocks; a request that had to wait for Redis continues on the event loop of
 * its connection.
 */
final class GuardWebFilter implements WebFilter, Ordered {
    /** The attribute of an exchange with the decision. */
    static final String ADMISSION = Admission.class.getName();

    private static final Logger log = LoggerFactory.getLogger(GuardWebFilter.class);

    private final RequestGuard guard;
    private final RouteRules rules;
    private final ErrorRenderer errors;
    private final ReactiveUsers users;
    private final List<PathPattern> excluded;

    GuardWebFilter(
            RequestGuard guard,
            RouteRules rules,
            ErrorRenderer errors,
            ReactiveUsers users,
            List<PathPattern> excluded) {
        this.guard = guard;
        this.rules = rules;
        this.errors = errors;
        this.users = users;
        this.excluded = excluded;
    }

    @Override
    public int getOrder() {
        return GuardOrder.GUARD;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (isExcluded(exchange)) {
            return chain.filter(exchange);
        }
        ReactiveHead head = new ReactiveHead(exchange.getRequest());
        String requestId = RequestIds.of(head);
        exchange.getResponse().getHeaders().set(RequestIds.HEADER, requestId);
        if (AmbiguousPath.is(head.path())) {
            GatewayException ambiguous = GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
            return write(exchange, errors.render(ambiguous, head, requestId));
        }
        return admission(exchange, head)
                .onErrorResume(failure -> {
                    GatewayException error = GatewayException.from(failure);
                    log.error("A request could not be judged", error);
                    return write(exchange, errors.render(error, head, requestId))
                            .then(Mono.empty());
                })
                .doOnNext(admission -> exchange.getAttributes().put(ADMISSION, admission))
                .flatMap(admission -> admission instanceof Admitted admitted
                        ? handle(exchange, chain, admitted)
                        : write(exchange, ((Rejected) admission).response(errors, requestId)))
                // Of a client that leaves while the guard decides.
                .doOnDiscard(Admitted.class, Admitted::abandon);
    }

    private boolean isExcluded(ServerWebExchange exchange) {
        if (excluded.isEmpty()) {
            return false;
        }
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        for (PathPattern pattern : excluded) {
            if (pattern.matches(path)) {
                return !AmbiguousPath.is(path.value());
            }
        }
        return false;
    }

    private Mono<Admission> admission(ServerWebExchange exchange, ReactiveHead head) {
        GuardedRoute route = rules.of(head);
        Executor loop = EventLoops.of(exchange.getRequest());
        return users.readsTokens()
                ? Stages.mono(guard.admit(head, route.template(), route.rule(), loop))
                : users.known()
                        .flatMap(user -> Stages.mono(guard.admit(head, route.template(), route.rule(), user, loop)));
    }

    private Mono<Void> handle(ServerWebExchange exchange, WebFilterChain chain, Admitted admitted) {
        ServerHttpResponse response = exchange.getResponse();
        response.beforeCommit(() -> settle(response, admitted));
        Optional<Principal> user = admitted.principal();
        user.ifPresent(principal -> exchange.getAttributes().put(ReactiveUsers.ATTRIBUTE, principal));
        Mono<Void> handled = user.isPresent() && users.readsTokens()
                ? users.with(user.get(), exchange, chain)
                : chain.filter(exchange);
        return handled.doOnCancel(admitted::close);
    }

    /** Settles a request before its headers are sent, which tell of the charges. */
    private static Mono<Void> settle(ServerHttpResponse response, Admitted admitted) {
        HttpStatusCode status = response.getStatusCode();
        int code = status == null ? 200 : status.value();
        return Stages.mono(admitted.settle(code < 200 || code > 599 ? 200 : code))
                .then(Mono.fromRunnable(() -> admitted.forEachHeader(response.getHeaders()::set)));
    }

    static Mono<Void> write(ServerWebExchange exchange, HttpResponse response) {
        ServerHttpResponse to = exchange.getResponse();
        to.setStatusCode(HttpStatusCode.valueOf(response.status()));
        response.forEachHeader(to.getHeaders()::set);
        byte[] body = response.bytes();
        to.getHeaders().setContentLength(body.length);
        return exchange.getRequest().getMethod().name().equals("HEAD")
                ? to.setComplete()
                : to.writeWith(Mono.fromSupplier(() -> to.bufferFactory().wrap(body)));
    }
}
