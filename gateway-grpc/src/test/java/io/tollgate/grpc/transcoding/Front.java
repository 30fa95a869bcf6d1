package io.tollgate.grpc.transcoding;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.grpc.Upstream;
import io.tollgate.undertow.UndertowServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A catalog behind a transcoder on a real HTTP server, and a client of that. */
final class Front implements AutoCloseable {
    static final ServiceDescriptors DESCRIPTORS = descriptors();

    final CatalogServer catalog;
    final Upstream upstream;
    final Transcoder transcoder;
    private final UndertowServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static ServiceDescriptors descriptors() {
        try {
            return ServiceDescriptors.read(
                    Path.of("target", "generated-test-resources", "protobuf", "descriptor-sets", "services.binpb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Front(Consumer<TranscoderBuilder> settings, RequestGuard guard) {
        catalog = new CatalogServer();
        upstream = Upstream.builder("catalog", "127.0.0.1", catalog.port())
                .deadline(Duration.ofSeconds(30))
                .closeTimeout(Duration.ZERO)
                .build();
        TranscoderBuilder builder = Transcoder.builder(upstream)
                .descriptors(DESCRIPTORS)
                .auth(guard == null ? Auth.NONE : Auth.REQUIRED)
                .deadline(Duration.ofSeconds(30));
        settings.accept(builder);
        transcoder = builder.build();
        try {
            server = UndertowServer.builder()
                    .host("127.0.0.1")
                    .maxBodySize(8 << 20)
                    .maxParameters(1_000)
                    .sendBufferSize(16 << 10)
                    .drainTimeout(Duration.ofMillis(50))
                    .drainIdleTimeout(Duration.ZERO)
                    .endpoint(
                            guard == null
                                    ? transcoder.endpoint()
                                    : transcoder.endpoint(guard, ErrorRenderer.envelope()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Front open() {
        return new Front(builder -> {}, null);
    }

    static Front open(Consumer<TranscoderBuilder> settings) {
        return new Front(settings, null);
    }

    static Front guarded(RequestGuard guard, Consumer<TranscoderBuilder> settings) {
        return new Front(settings, guard);
    }

    HttpResponse<String> get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    HttpResponse<String> json(String method, String target, String body) {
        return send(method, target, body, "Content-Type", "application/json");
    }

    HttpResponse<String> send(String method, String target, String body, String... headers) {
        try {
            return client.send(request(method, target, body, headers), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns a response as soon as its head is there. */
    HttpResponse<InputStream> stream(String target, String... headers) throws IOException, InterruptedException {
        return client.send(request("GET", target, "", headers), BodyHandlers.ofInputStream());
    }

    private HttpRequest request(String method, String target, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(target))
                .timeout(Duration.ofSeconds(60))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    URI uri(String target) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + target);
    }

    @Override
    public void close() {
        upstream.close();
        catalog.close();
        server.close();
    }
}
