package io.tollgate.runner.admin;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the page that a request is for, lets through who may see it, and answers everyone else. */
final class Pages implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(Pages.class);

    private final List<Page> pages;
    private final Guard guard;

    Pages(List<Page> pages, Guard guard) {
        this.pages = List.copyOf(pages);
        this.guard = guard;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Answers.secure(exchange);
        guarded(exchange, () -> {
            Page page = find(exchange);
            if (page.blocking()) {
                exchange.dispatch(e -> guarded(e, () -> page.handler().handleRequest(e)));
            } else {
                page.handler().handleRequest(exchange);
            }
        });
    }

    private Page find(HttpServerExchange exchange) throws GatewayException {
        for (Page page : pages) {
            if (page.matches(exchange.getRequestPath())) {
                guard.check(exchange, page.access());
                String method = exchange.getRequestMethod().toString();
                if (!page.methods().contains(method)) {
                    throw GatewayException.builder(
                                    CommonError.METHOD_NOT_ALLOWED, "This is not answered to that method.")
                            .header("Allow", String.join(", ", page.methods()))
                            .build();
                }
                return page;
            }
        }
        guard.check(exchange, Guard.Access.OPERATOR);
        throw GatewayException.of(CommonError.ROUTE_NOT_FOUND, "There is no such page.");
    }

    interface Work {
        void run() throws Exception;
    }

    static void guarded(HttpServerExchange exchange, Work work) {
        try {
            work.run();
        } catch (GatewayException e) {
            fail(exchange, e);
        } catch (Exception e) {
            log.error("The admin port failed to answer {}", exchange.getRequestPath(), e);
            fail(exchange, GatewayException.of(CommonError.INTERNAL_SERVER_ERROR, "The answer could not be made."));
        }
    }

    private static void fail(HttpServerExchange exchange, GatewayException error) {
        if (exchange.isResponseStarted()) {
            exchange.endExchange();
            return;
        }
        exchange.getResponseHeaders().remove(Headers.CONTENT_LENGTH);
        Answers.error(exchange, error);
    }
}
