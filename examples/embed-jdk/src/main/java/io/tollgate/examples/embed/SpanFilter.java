package io.tollgate.examples.embed;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.opentelemetry.context.Scope;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.opentelemetry.RequestSpan;
import io.tollgate.opentelemetry.RequestSpans;
import java.io.IOException;

/** Traces the requests of a context; the span is current for the filters and the handler behind this one. */
final class SpanFilter extends Filter {
    private final RequestSpans spans;

    SpanFilter(RequestSpans spans) {
        this.spans = spans;
    }

    @Override
    @SuppressWarnings("try") // The scope ends with its block.
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        HttpRequestHead head = HttpRequestHead.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRemoteAddress().getAddress(),
                exchange.getRequestHeaders()::get);
        RequestSpan span = spans.start(head);
        try (Scope scope = span.context().makeCurrent()) {
            chain.doFilter(exchange);
            span.end(exchange.getHttpContext().getPath(), exchange.getResponseCode());
        } finally {
            span.fail(); // Does nothing if it has ended.
        }
    }

    @Override
    public String description() {
        return "Traces requests";
    }
}
