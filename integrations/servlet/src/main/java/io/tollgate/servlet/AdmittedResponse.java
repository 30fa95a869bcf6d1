package io.tollgate.servlet;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/** A response that keeps the headers of its admission when a handler resets it. */
final class AdmittedResponse extends HttpServletResponseWrapper {
    private final GuardedExchange exchange;

    AdmittedResponse(HttpServletResponse response, GuardedExchange exchange) {
        super(response);
        this.exchange = exchange;
    }

    /** Returns whether {@code response} is, or wraps, a response of that exchange. */
    static boolean isIn(ServletResponse response, GuardedExchange exchange) {
        ServletResponse inner = response;
        while (inner instanceof jakarta.servlet.ServletResponseWrapper wrapper) {
            if (wrapper instanceof AdmittedResponse admitted && admitted.exchange == exchange) {
                return true;
            }
            inner = wrapper.getResponse();
        }
        return false;
    }

    @Override
    public void reset() {
        super.reset();
        exchange.writeHeaders((HttpServletResponse) getResponse());
    }
}
