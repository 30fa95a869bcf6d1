package io.tollgate.servlet;

import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The head of a request with the path by which the container maps it, for the choice of its route. */
record MappedHead(HttpRequestHead sent, String path) implements HttpRequestHead {
    @Override
    public String method() {
        return sent.method();
    }

    @Override
    public Optional<String> query() {
        return sent.query();
    }

    @Override
    public InetAddress peer() {
        return sent.peer();
    }

    @Override
    public List<String> headers(String name) {
        return sent.headers(name);
    }
}
