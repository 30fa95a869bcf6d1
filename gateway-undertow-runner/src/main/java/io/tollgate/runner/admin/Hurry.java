package io.tollgate.runner.admin;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Cuts off whoever takes too long to send a body or to take an answer. Streams may last. */
final class Hurry implements HttpHandler {
    private static final int SECONDS = 20;

    private final HttpHandler next;

    Hurry(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (!exchange.getRequestPath().equals("/events")) {
            XnioExecutor.Key timer = exchange.getIoThread()
                    .executeAfter(() -> IoUtils.safeClose(exchange.getConnection()), SECONDS, TimeUnit.SECONDS);
            exchange.addExchangeCompleteListener((ended, others) -> {
                timer.remove();
                others.proceed();
            });
        }
        next.handleRequest(exchange);
    }
}
