package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A request without a server. Unless the test says otherwise it is for {@code localhost}. */
record TestRequest(String method, String path, List<String> lines, String content) implements HttpRequest {
    static TestRequest get(String path, String... headers) {
        return of("GET", path, "", headers);
    }

    /** Headers are name, value, name, value. */
    static TestRequest of(String method, String path, String body, String... headers) {
        List<String> lines = new ArrayList<>(List.of(headers));
        if (!lines.contains("Host")) {
            lines.addAll(List.of("Host", "localhost:9090"));
        }
        return new TestRequest(method, path, lines, body);
    }

    HttpResponse to(HttpEndpoint endpoint) {
        try {
            return endpoint.handle(this).toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    static String text(HttpResponse response) {
        return new String(response.bytes(), UTF_8);
    }

    @Override
    public InetAddress peer() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 2) {
            if (lines.get(i).equalsIgnoreCase(name)) {
                values.add(lines.get(i + 1));
            }
        }
        return values;
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        byte[] bytes = content.getBytes(UTF_8);
        return bytes.length <= maxBytes
                ? CompletableFuture.completedStage(bytes)
                : CompletableFuture.failedStage(GatewayException.of(CommonError.BODY_TOO_LARGE, "too large"));
    }
}
