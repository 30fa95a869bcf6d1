package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;

/** A server of one thread whose paths are streams, and {@code plain} where there is none. */
final class StreamServer implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Map<String, CompletionStage<HttpResponse>> streams;
    private final UndertowServer server;

    private StreamServer(Map<String, CompletionStage<HttpResponse>> streams, UndertowServer server) {
        this.streams = streams;
        this.server = server;
    }

    static StreamServer start(Duration writeTimeout, Duration drainTimeout) throws IOException {
        Map<String, CompletionStage<HttpResponse>> streams = new ConcurrentHashMap<>();
        CompletionStage<HttpResponse> plain =
                CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", "plain".getBytes(UTF_8)));
        return new StreamServer(
                streams,
                UndertowServer.builder()
                        .host("127.0.0.1")
                        .ioThreads(1)
                        .headTimeout(LONG)
                        .writeTimeout(writeTimeout)
                        .drainTimeout(drainTimeout)
                        .endpoint(request ->
                                request.body(1024).thenCompose(body -> streams.getOrDefault(request.path(), plain)))
                        .unreadable((error, peer) -> {
                            throw new AssertionError("unreadable");
                        })
                        .start());
    }

    InetSocketAddress address() {
        return server.address();
    }

    int connections() {
        return server.stats().connections();
    }

    void add(String path, Flow.Publisher<ByteBuffer> stream) {
        add(path, CompletableFuture.completedStage(HttpResponse.streaming(200, "text/plain", stream)));
    }

    void add(String path, CompletionStage<HttpResponse> response) {
        streams.put(path, response);
    }

    EmittedStream emitted(String path) {
        return emitted(path, 200);
    }

    EmittedStream emitted(String path, int status) {
        EmittedStream stream = new EmittedStream();
        add(path, CompletableFuture.completedStage(HttpResponse.streaming(status, "text/plain", stream)));
        return stream;
    }

    @Override
    public void close() {
        server.close();
    }
}
