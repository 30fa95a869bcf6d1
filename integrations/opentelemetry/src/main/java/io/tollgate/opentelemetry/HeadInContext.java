package io.tollgate.opentelemetry;

import io.opentelemetry.context.Context;
import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** A head that carries the context of its request to other threads. */
record HeadInContext(HttpRequestHead head, Context context) implements HttpRequestHead {
    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String path() {
        return head.path();
    }

    @Override
    public Optional<String> query() {
        return head.query();
    }

    @Override
    public InetAddress peer() {
        return head.peer();
    }

    @Override
    public List<String> headers(String name) {
        return head.headers(name);
    }

    @Override
    public Optional<String> header(String name) {
        return head.header(name);
    }

    /** The head alone. */
    @Override
    public String toString() {
        return head.toString();
    }
}
