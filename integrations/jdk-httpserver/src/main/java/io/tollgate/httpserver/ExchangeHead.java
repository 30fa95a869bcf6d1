package io.tollgate.httpserver;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The head of a request of the JDK's server. */
class ExchangeHead implements HttpRequestHead {
    private final HttpExchange exchange;
    private final String path;

    ExchangeHead(HttpExchange exchange, String path) {
        this.exchange = exchange;
        this.path = path;
    }

    final HttpExchange exchange() {
        return exchange;
    }

    @Override
    public final String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public final String path() {
        return path;
    }

    @Override
    public final Optional<String> query() {
        return Optional.ofNullable(exchange.getRequestURI().getRawQuery());
    }

    @Override
    public final InetAddress peer() {
        return exchange.getRemoteAddress().getAddress();
    }

    @Override
    public final List<String> headers(String name) {
        return exchange.getRequestHeaders().getOrDefault(name, List.of());
    }

    /** Returns the method and the path; a query may contain secrets. */
    @Override
    public final String toString() {
        return "HttpRequestHead[" + method() + " " + path + "]";
    }
}
