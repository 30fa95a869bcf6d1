package io.tollgate.servlet;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
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
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.token.AccessRule;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates and limits the requests of a servlet container (Servlet 6.0 and newer) by a {@link RequestGuard}.
 *
 * <pre>{@code
 * GuardFilter.of(guard).register(servletContext, "/*");
 * }</pre>
 *
 * <p>A rejected request gets its whole response here: the status, the headers of its limits, and a JSON body. An admitted one
 * reaches its servlet with those headers already set. If the guard reads tokens, {@code getUserPrincipal}, {@code
 * getRemoteUser} and {@code isUserInRole} are those of the token; {@link #principal} has all of it. The request is settled by
 * the status of its response, also that of an asynchronous servlet; an exception counts as status 500.
 *
 * <p>A request whose decision is not complete at once waits without a thread, if the request supports it ({@link
 * ServletRequest#isAsyncSupported}): the filter starts asynchronous processing, and the container dispatches the request
 * again, on a thread of its own, when the limiter has decided. So the filter, and the filters and servlets after it, must
 * support asynchronous processing, and the filter must be mapped to {@link DispatcherType#ASYNC} as well as {@link
 * DispatcherType#REQUEST}, which {@link #register} does. Otherwise, and with {@link Builder#blocking}, it waits on the thread.
 *
 * <p>Each request is judged once, when the filter first sees it. Dispatches to errors and inclusions pass, and so do forwards
 * and asynchronous dispatches of a request that was admitted.
 *
 * <p>Thread-safe. Owns nothing that must be closed.
 */
public final class GuardFilter implements Filter {
    private static final System.Logger log = System.getLogger(GuardFilter.class.getPackageName());
    private static final String ADMITTED = "io.tollgate.servlet.admitted";
    private static final String REQUEST_ID = "io.tollgate.servlet.requestId";
    private static final AtomicInteger FILTERS = new AtomicInteger();
    private static final GuardedRoute NONE = new GuardedRoute(Optional.empty(), AccessRule.open());

    private final RequestGuard guard;
    private final Routing routing;
    private final @Nullable Function<HttpServletRequest, Optional<Principal>> users;
    private final ErrorRenderer errors;
    private final RequestListener listener;
    private final boolean blocking;
    /** The name of the filter, and of the attribute that marks the requests that it has judged. */
    private final String name = GuardFilter.class.getName() + "." + FILTERS.incrementAndGet();

    private final AsyncMapping mapping = new AsyncMapping();

    /** Finds the route of a request. */
    @FunctionalInterface
    private interface Routing {
        GuardedRoute of(HttpServletRequest request, ServletHead head);
    }

    private GuardFilter(Builder builder) {
        this.guard = builder.guard;
        this.routing = builder.routing;
        this.users = builder.users;
        this.errors = builder.errors;
        this.listener = builder.listener;
        this.blocking = builder.blocking;
    }

    /** Returns a filter whose requests all have the {@linkplain RequestGuard#defaultRule default rule} of the guard. */
    public static GuardFilter of(RequestGuard guard) {
        return builder(guard).build();
    }

    /** Returns a builder. */
    public static Builder builder(RequestGuard guard) {
        return new Builder(guard);
    }

    /** Returns the admission of a request that a filter let pass; the last one, if there are several filters. */
    public static Optional<Admitted> admitted(ServletRequest request) {
        return request.getAttribute(ADMITTED) instanceof Admitted admitted ? Optional.of(admitted) : Optional.empty();
    }

    /** Returns the authenticated user of a request, with scopes, roles and claims. */
    public static Optional<Principal> principal(ServletRequest request) {
        return admitted(request).flatMap(Admitted::principal);
    }

    /**
     * Returns the id of a request, which its response carries as {@code X-Request-ID}: the client's if it is 1 to 128 visible
     * ASCII characters, else a fresh one. Empty before a filter.
     */
    public static Optional<String> requestId(ServletRequest request) {
        return Optional.ofNullable((String) request.getAttribute(REQUEST_ID));
    }

    /**
     * Adds this filter to an application that starts, in front of the filters of its deployment descriptor. Call it from a
     * {@link jakarta.servlet.ServletContainerInitializer} or a {@link jakarta.servlet.ServletContextListener}.
     *
     * @param urlPatterns the requests to guard, such as {@code /*}
     * @throws IllegalStateException if the application has started already
     */
    public void register(ServletContext context, String... urlPatterns) {
        FilterRegistration.Dynamic registration = context.addFilter(name, this);
        if (registration == null) {
            throw new IllegalStateException("filter: registered already (expected: once)");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, urlPatterns);
        mapping.mapped();
    }

    @Override
    public void init(FilterConfig config) {
        mapping.read(config);
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        DispatcherType type = request.getDispatcherType();
        if (type == DispatcherType.ERROR || type == DispatcherType.INCLUDE) {
            chain.doFilter(request, response);
        } else if (!(request.getAttribute(name) instanceof GuardedExchange exchange)) {
            judge(request, response, chain);
        } else if (exchange.isResumed(request)) {
            proceed(exchange, request, response, chain);
        } else if (!exchange.isHandled()) {
            // Rejected, and stays so, even if a filter in front tries again.
            proceed(exchange, request, response, chain);
        } else if (type == DispatcherType.ASYNC) {
            handle(exchange, request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void judge(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ServletHead head = new ServletHead(request);
        String id = requestId(request).orElseGet(() -> RequestIds.of(head)); // The same for all filters.
        request.setAttribute(REQUEST_ID, id);
        response.setHeader(RequestIds.HEADER, id);
        GatewayException unusable = null;
        GuardedRoute route;
        Optional<Principal> user;
        try {
            route = routing.of(request, head);
            user = users == null ? Optional.empty() : users.apply(request);
        } catch (GatewayException e) {
            unusable = e;
            route = NONE;
            user = Optional.empty();
        }
        RequestReport report = new RequestReport(listener, head, id, route.template());
        report.started();
        GuardedExchange exchange = new GuardedExchange(
                report, admit(report, route, user), response, errors, unusable, users == null, mapping);
        request.setAttribute(name, exchange);
        boolean mayWait = !exchange.isJudged() && maySuspend(request);
        if (mayWait && mapping.isMapped()) {
            exchange.suspend(request);
        } else if (!exchange.await()) {
            exchange.reject(GuardedExchange.tooLate());
        } else if (mayWait && mapping.isUnknown() && exchange.isAdmitted()) {
            admit(exchange, request, response);
            exchange.dispatch(request);
        } else {
            proceed(exchange, request, response, chain);
        }
    }

    private CompletableFuture<Admission> admit(RequestReport report, GuardedRoute route, Optional<Principal> user) {
        Optional<String> template = route.template();
        AccessRule rule = route.rule();
        try {
            CompletionStage<Admission> admission = users == null
                    ? guard.admit(report.head(), template, rule, RequestGuard.SAME_THREAD)
                    : guard.admit(report.head(), template, rule, user, RequestGuard.SAME_THREAD);
            return admission.toCompletableFuture();
        } catch (RuntimeException e) {
            report.finished(null, CommonError.INTERNAL_SERVER_ERROR, 500);
            throw e; // The rule reads tokens, and the guard does not.
        }
    }

    /** Returns whether the request can wait without a thread. A forwarded one would be dispatched to where it came from. */
    private boolean maySuspend(HttpServletRequest request) {
        return !blocking
                && request.isAsyncSupported()
                && !request.isAsyncStarted()
                && request.getDispatcherType() == DispatcherType.REQUEST;
    }

    /** Continues with a request that is decided. */
    private void proceed(
            GuardedExchange exchange, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Admission admission;
        try {
            admission = exchange.admission();
        } catch (CompletionException e) {
            GatewayException error = GatewayException.from(e);
            log.log(Level.ERROR, "A request could not be judged", error);
            exchange.reject(error);
            return;
        }
        GatewayException unusable = exchange.unusable();
        if (admission instanceof Rejected rejected) {
            exchange.reject(rejected);
        } else if (unusable != null) {
            exchange.reject(unusable);
        } else {
            admit(exchange, request, response);
            handle(exchange, request, response, chain);
        }
    }

    private static void admit(GuardedExchange exchange, HttpServletRequest request, HttpServletResponse response) {
        request.setAttribute(ADMITTED, exchange.admission());
        exchange.handle();
        exchange.writeHeaders(response);
    }

    private void handle(
            GuardedExchange exchange, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        int cycles = exchange.cycles();
        try {
            chain.doFilter(exchange.wrap(request), exchange.wrap(response));
        } catch (Throwable e) {
            exchange.fail(e);
            throw e;
        }
        if (exchange.cycles() > cycles) {
            return; // Another dispatch follows, or the end of what the handler has started.
        }
        if (request.isAsyncStarted()) {
            exchange.watch(request.getAsyncContext()); // Started past our request.
        } else {
            exchange.finish();
        }
    }

    /** Returns the name under which the filter registers. */
    @Override
    public String toString() {
        return name;
    }

    /** Builds a {@link GuardFilter}. Not thread-safe. */
    public static final class Builder {
        private final RequestGuard guard;
        private Routing routing;
        private @Nullable Function<HttpServletRequest, Optional<Principal>> users;
        private ErrorRenderer errors = ErrorRenderer.envelope();
        private RequestListener listener = RequestReport.SILENT;
        private boolean blocking;

        private Builder(RequestGuard guard) {
            this.guard = requireNonNull(guard, "guard");
            this.routing = (request, head) -> new GuardedRoute(mappingOf(request), guard.defaultRule());
        }

        /**
         * Sets the rules of routes; by default, the route is the mapping of the servlet, such as {@code /shop/*}, with the
         * {@linkplain RequestGuard#defaultRule default rule} of the guard.
         *
         * <p>Rules see the path by which the container maps the request: without the context path ({@code /admin} for {@code
         * /shop/admin;x=1} of an application at {@code /shop}), normalized, and percent-encoded again. A request whose path is
         * still ambiguous, with an empty segment or one of dots, a semicolon, a backslash or a control character, is charged like
         * any other, and gets status 400. A servlet
         * that is mapped to {@code /admin/*} has all paths below: its rule is {@code /admin/**} rather than {@code /admin}.
         */
        public Builder routes(RouteRules rules) {
            requireNonNull(rules, "rules");
            this.routing = (request, head) -> rules.of(new MappedHead(head, MappedPath.of(request)));
            return this;
        }

        /**
         * Sets the rules of routes for a framework with a router of its own, in place of {@link #routes}. The function must find
         * the path as that router does.
         *
         * @param rules called once for each request, on its thread; if it throws a {@link GatewayException}, that is the
         *     response
         */
        public Builder requestRoutes(Function<HttpServletRequest, GuardedRoute> rules) {
            requireNonNull(rules, "rules");
            this.routing = (request, head) -> rules.apply(request);
            return this;
        }

        /**
         * Sets a function that returns the user whom something before this filter has authenticated, in place of the tokens of
         * the guard. Requests of such a user keep their {@code getUserPrincipal}.
         *
         * @param user called once for each request, on its thread; empty if the request is anonymous
         * @see RequestGuard#admit(io.tollgate.api.http.HttpRequestHead, Optional, io.tollgate.api.token.AccessRule, Optional,
         *     java.util.concurrent.Executor)
         */
        public Builder principal(Function<HttpServletRequest, Optional<Principal>> user) {
            this.users = requireNonNull(user, "user");
            return this;
        }

        /** Sets the renderer of errors; the error envelope by default. Its responses must not be streams. */
        public Builder errors(ErrorRenderer renderer) {
            this.errors = requireNonNull(renderer, "renderer");
            return this;
        }

        /**
         * Sets a receiver of the beginning and the end of every request, for metrics and logs; none by default. The response in
         * its summary has the status and no body. The guard reports its events to {@linkplain RequestGuard.Builder#listener its
         * own listener}, which may be the same.
         */
        public Builder listener(RequestListener receiver) {
            this.listener = requireNonNull(receiver, "receiver");
            return this;
        }

        /** Sets whether all requests wait for their decision on their threads, such as virtual ones; false by default. */
        public Builder blocking(boolean on) {
            this.blocking = on;
            return this;
        }

        /** Returns the pattern of the servlet's mapping, as a template. */
        private static Optional<String> mappingOf(HttpServletRequest request) {
            HttpServletMapping mapping = request.getHttpServletMapping();
            return mapping == null
                    ? Optional.empty()
                    : Optional.of(mapping.getPattern().isEmpty() ? "/" : mapping.getPattern());
        }

        /** Returns the filter. */
        public GuardFilter build() {
            return new GuardFilter(this);
        }
    }
}
