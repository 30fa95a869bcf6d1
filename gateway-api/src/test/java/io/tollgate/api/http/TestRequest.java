package io.tollgate.api.http;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request of a head alone. */
record TestRequest(TestHead head) implements HttpRequest {
    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String path() {
        return head.path();
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
    public CompletionStage<byte[]> body(int maxBytes) {
        return CompletableFuture.completedStage(new byte[0]);
    }
}
