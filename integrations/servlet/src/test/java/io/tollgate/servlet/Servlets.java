package io.tollgate.servlet;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

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

    static void text(HttpServletResponse response, String text) throws IOException {
        response.setContentType("text/plain");
        response.getWriter().print(text);
    }
}
