package io.tollgate.httpserver;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.token.AccessRule;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits and authenticates the requests of any handler of the JDK's server.
 *
 * <pre>{@code
 * RequestGuard guard = RequestGuard.builder()
 *         .tokens(JwtVerifier.builder().secret(secret).build())
 *         .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
 *         .build();
 * server.createContext("/hello", hello).getFilters().add(GuardFilter.of(guard));
 * }</pre>
 *
 * <p>A request that the guard rejects gets its complete error response, and the handler is not called. The handler of an
 * admitted request sees its user, by {@link #principal} and as the {@link HttpExchange#getPrincipal() principal} of the
 * exchange, whose name is the user's id. Every response carries the rate-limit headers and {@code X-Request-ID}. The
 * status that the handler sends settles the request, so a policy can charge by it (a failed login). If a handler throws a
 * {@link RuntimeException} before it has sent a status, the response is an error: that of a {@link GatewayException}, else
 * 500.
 *
 * <p>Rules and policies see the path by which the server finds the handler, decoded once. Paths that could mean another
 * one to the handler are rejected with 400: with empty, {@code .} or {@code ..} segments, and with a semicolon, an encoded
 * slash or backslash, or control characters. Paths that only begin like the context, such as {@code /helloworld} in the context
 * {@code /hello}, are rejected with 404. Both count against the limits of the client.
 *
 * <p>The thread of the server waits for the limiter and the verifier, each of which decides within a bounded time; no other thread
 * is used. Use an executor with enough threads, or with virtual threads: the server's default runs all requests on one
 * thread. Thread-safe; one filter may be in several contexts.
 */
public final class GuardFilter extends Filter {
    private static final Logger log = System.getLogger("io.tollgate.httpserver");
    private static final RequestListener SILENT = new RequestListener() {};
    private static final GuardedRoute UNKNOWN_ROUTE = new GuardedRoute(Optional.empty(), AccessRule.open());

    private final RequestGuard guard;
    private final @Nullable RouteRules routes;
    private final ErrorRenderer errors;
    private final RequestListener listener;

    private GuardFilter(Builder builder) {
        this.guard = builder.guard;
        this.routes = builder.routes;
        this.errors = builder.errors;
        this.listener = builder.listener;
    }

    /** Returns a filter that demands {@link RequestGuard#defaultRule()} of every request. */
    public static GuardFilter of(RequestGuard guard) {
        return builder(guard).build();
    }

    /** Returns a builder. */
    public static Builder builder(RequestGuard guard) {
        return new Builder(guard);
    }

    /**
     * Returns the user of the valid token that the request has; empty without one, and if the exchange did not pass
     * through a filter of this class.
     */
    public static Optional<Principal> principal(HttpExchange exchange) {
        return GuardedExchange.of(exchange).flatMap(GuardedExchange::principal);
    }

    /**
     * Returns the admission of the request, for policies that need its body ({@link Admitted#onBody}); empty if the exchange
     * did not pass through a filter of this class. The filter settles it.
     */
    public static Optional<Admitted> admitted(HttpExchange exchange) {
        return GuardedExchange.of(exchange).map(GuardedExchange::admitted);
    }

    /**
     * Returns the id of the request, which the response carries as {@code X-Request-ID}: the one that the client sent, if it is 1
     * to 128 visible ASCII characters, else a random one; empty if the exchange did not pass through a filter of this class.
     */
    public static Optional<String> requestId(HttpExchange exchange) {
        return GuardedExchange.of(exchange).map(GuardedExchange::requestId);
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        long began = listener == SILENT ? 0 : System.nanoTime();
        GatewayException unusable = ServerPath.errorOf(exchange);
        ExchangeHead head = new ExchangeHead(
                exchange,
                unusable == null
                        ? ServerPath.of(exchange)
                        : String.valueOf(exchange.getRequestURI().getRawPath()));
        String requestId = requestId(exchange).orElseGet(() -> RequestIds.of(head));
        exchange.getResponseHeaders().set(RequestIds.HEADER, requestId);
        GuardedRequest request = new GuardedRequest(head, requestId, listener, began);
        listener.started(head);

        WaitingThread thread = new WaitingThread();
        Optional<String> route = Optional.empty();
        Admission admission;
        try {
            GuardedRoute found = unusable == null ? route(head) : UNKNOWN_ROUTE;
            route = found.template();
            admission = thread.join(() -> guard.admit(head, found.template(), found.rule(), thread));
        } catch (RuntimeException e) {
            GatewayException error = GatewayException.from(e);
            log.log(Level.ERROR, "A request could not be judged", error);
            HttpResponse response = errors.render(error, head, requestId);
            request.finished(route, null, error.code(), response);
            Responses.write(exchange, response);
            return;
        }
        if (admission instanceof Admitted admitted) {
            GuardedExchange guarded = new GuardedExchange(exchange, request, route, admitted, thread);
            if (unusable == null) {
                handle(guarded, chain);
            } else {
                respond(guarded, unusable);
            }
        } else {
            Rejected rejected = (Rejected) admission;
            HttpResponse response = rejected.response(errors, requestId);
            request.finished(route, admission, rejected.error().code(), response);
            Responses.write(exchange, response);
        }
    }

    private GuardedRoute route(ExchangeHead head) {
        return routes == null
                ? new GuardedRoute(Optional.of(head.exchange().getHttpContext().getPath()), guard.defaultRule())
                : routes.of(head);
    }

    private void handle(GuardedExchange exchange, Chain chain) throws IOException {
        try {
            chain.doFilter(exchange.forHandler());
        } catch (RuntimeException e) {
            if (exchange.isSettled()) {
                throw e; // The server closes the connection: half a response must not look like a whole one.
            }
            respond(exchange, GatewayException.from(e));
        } catch (Throwable e) {
            exchange.abort(); // Has no effect if the handler has responded.
            throw e;
        }
    }

    private void respond(GuardedExchange exchange, GatewayException error) throws IOException {
        if (error.code().type() == ErrorType.INTERNAL_ERROR) {
            log.log(Level.ERROR, "A request failed with " + error.code().name(), error);
        }
        exchange.fail(error.code());
        Responses.write(exchange, errors.render(error, exchange.head(), exchange.requestId()));
    }

    @Override
    public String description() {
        return "Limits and authenticates requests";
    }

    /** Builds a {@link GuardFilter}. Not thread-safe. */
    public static final class Builder {
        private final RequestGuard guard;
        private @Nullable RouteRules routes;
        private ErrorRenderer errors = ErrorRenderer.envelope();
        private RequestListener listener = SILENT;

        private Builder(RequestGuard guard) {
            this.guard = requireNonNull(guard, "guard");
        }

        /**
         * Sets the rules by which routes are found; by default, the route is the context, with {@link
         * RequestGuard#defaultRule()}. Rules see the whole path, not only what follows the context, and without a slash at
         * its end. A context of the server has all paths below it: its rule is {@code /admin/**} rather than {@code /admin}.
         */
        public Builder routes(RouteRules rules) {
            this.routes = requireNonNull(rules, "rules");
            return this;
        }

        /** Sets the renderer of errors; the error envelope by default. */
        public Builder errors(ErrorRenderer renderer) {
            this.errors = requireNonNull(renderer, "renderer");
            return this;
        }

        /**
         * Sets a receiver of the beginning and the response of every request, for metrics and logs; none by default. The
         * response in its summary has the status and no body. The guard reports its events to {@linkplain
         * RequestGuard.Builder#listener its own listener}, which may be the same.
         */
        public Builder listener(RequestListener receiver) {
            this.listener = requireNonNull(receiver, "receiver");
            return this;
        }

        /** Returns the filter. */
        public GuardFilter build() {
            return new GuardFilter(this);
        }
    }
}
