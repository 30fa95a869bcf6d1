package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.undertow.ServerRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request without a server. */
final class FakeSource implements ServerRequest {
    private final InetAddress peer;
    private final List<String> headers = new ArrayList<>();

    FakeSource(InetAddress peer) {
        this.peer = peer;
    }

    static FakeSource local() {
        return new FakeSource(InetAddress.getLoopbackAddress());
    }

    FakeSource with(String name, String value) {
        headers.add(name);
        headers.add(value);
        return this;
    }

    Request request() {
        return new Request(
                this, request -> CompletableFuture.completedFuture(HttpResponse.empty(204)), Integer.MAX_VALUE);
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/health";
    }

    @Override
    public long arrivedNanos() {
        return System.nanoTime();
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public Optional<String> query() {
        return Optional.empty();
    }

    @Override
    public @Nullable GatewayException fault() {
        return null;
    }

    @Override
    public @Nullable String firstHeader(String name) {
        List<String> all = headers(name);
        return all.isEmpty() ? null : all.get(0);
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equalsIgnoreCase(name)) {
                values.add(headers.get(i + 1));
            }
        }
        return values;
    }

    @Override
    public CompletionStage<byte[]> body() {
        return CompletableFuture.completedFuture(new byte[0]);
    }

    @Override
    public CallContext.Registration schedule(long millis, Runnable task) {
        return CallContext.Registration.NONE;
    }
}
