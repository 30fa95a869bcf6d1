package io.tollgate.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request whose asynchronous processing times out soon, instead of after 30 seconds. */
final class ShortTimeout extends HttpServletRequestWrapper {
    private final long millis;

    ShortTimeout(HttpServletRequest request, long millis) {
        super(request);
        this.millis = millis;
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        AsyncContext context = super.startAsync(request, response);
        context.setTimeout(millis);
        return context;
    }
}
