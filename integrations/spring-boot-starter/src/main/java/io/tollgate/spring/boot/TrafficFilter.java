package io.tollgate.spring.boot;

import io.tollgate.api.guard.RouteRules;
import io.tollgate.operations.Traffic;
import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/** Counts the requests of a servlet application for the pages of operators. */
final class TrafficFilter implements Filter {
    private final Traffic traffic;
    private final RouteRules rules;

    TrafficFilter(Traffic traffic, RouteRules rules) {
        this.traffic = traffic;
        this.rules = rules;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        Observation observation =
                new Observation((HttpServletRequest) servletRequest, (HttpServletResponse) servletResponse);
        traffic.started(observation.head);
        try {
            chain.doFilter(servletRequest, servletResponse);
        } catch (IOException | ServletException | RuntimeException e) {
            observation.finish(500);
            throw e;
        }
        if (servletRequest.isAsyncStarted()) {
            servletRequest.getAsyncContext().addListener(observation);
        } else {
            observation.finish(observation.response.getStatus());
        }
    }

    /** A request that is observed to its end. */
    private final class Observation implements AsyncListener {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final ServletHead head;
        private final Optional<String> route;
        private final long began = System.nanoTime();
        private boolean failed;

        Observation(HttpServletRequest request, HttpServletResponse response) {
            this.request = request;
            this.response = response;
            this.head = new ServletHead(request);
            this.route = rules.of(head).template();
        }

        private void finish(int status) {
            traffic.finished(new ObservedRequest(
                    head,
                    GuardFilter.requestId(request).orElse("-"),
                    route,
                    GuardFilter.admitted(request).orElse(null),
                    ObservedRequest.response(status),
                    System.nanoTime() - began));
        }

        @Override
        public void onComplete(AsyncEvent event) {
            finish(failed ? 500 : response.getStatus());
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            failed = true;
        }

        @Override
        public void onError(AsyncEvent event) {
            failed = true;
        }

        /** Listens to the next cycle too: the container forgets its listeners. */
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
