package io.tollgate.servlet;

import io.tollgate.api.Principal;
import io.tollgate.servercontract.TestHandlers;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** The handlers of the contract, as servlets behind a filter. */
record HandlersApplication(GuardFilter filter, TestHandlers handlers) implements Container.Application {
    @Override
    public void configure(ServletContext context) {
        filter.register(context, "/*");
        Servlets.add(context, "/hello", (request, response) -> Servlets.text(response, handlers.hello(user(request))));
        Servlets.add(
                context, "/blocking", (request, response) -> Servlets.text(response, handlers.blocking(user(request))));
        Servlets.add(context, "/status", (request, response) -> response.setStatus(handlers.status()));
        Servlets.add(context, "/echo", (request, response) -> {
            response.setContentType("application/octet-stream");
            response.getOutputStream()
                    .write(handlers.echo(request.getInputStream().readAllBytes()));
        });
    }

    private static Optional<Principal> user(HttpServletRequest request) {
        return GuardFilter.principal(request);
    }
}
