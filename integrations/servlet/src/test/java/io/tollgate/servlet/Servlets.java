package io.tollgate.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;

/** Servlets of the tests, as lambdas. */
final class Servlets {
    private Servlets() {}

    /** Handles requests of any method. */
    @FunctionalInterface
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    /** Adds a servlet that supports asynchronous processing. */
    static ServletRegistration.Dynamic add(ServletContext context, String pattern, Handler handler) {
        ServletRegistration.Dynamic registration = context.addServlet(pattern, servlet(handler));
        registration.addMapping(pattern);
        registration.setAsyncSupported(true);
        return registration;
    }

    private static Servlet servlet(Handler handler) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                handler.handle(request, response);
            }
        };
    }

    /** A filter. */
    @FunctionalInterface
    interface Step {
        void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException;
    }

    /** Adds a filter that supports asynchronous processing, before those that are added later. */
    static FilterRegistration.Dynamic addFilter(
            ServletContext context, String pattern, DispatcherType type, Step step) {
        FilterRegistration.Dynamic registration =
                context.addFilter("step " + pattern, (Filter) (request, response, chain) ->
                        step.filter((HttpServletRequest) request, (HttpServletResponse) response, chain));
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(type), false, pattern);
        return registration;
    }

    static void text(HttpServletResponse response, String text) throws IOException {
        response.setContentType("text/plain");
        response.getWriter().print(text);
    }
}
