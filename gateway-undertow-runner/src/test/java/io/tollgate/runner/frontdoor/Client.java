package io.tollgate.runner.frontdoor;

import io.tollgate.runner.config.GatewayConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP client of a gateway, which holds every answer against the description of the API. Headers are given as name,
 * value, name, value. Thread-safe.
 */
final class Client {
    private final HttpClient http;
    private final String base;
    private final @Nullable Description description;

    /** Of a gateway with everything as it comes. */
    Client(InetSocketAddress gateway) {
        this("http://127.0.0.1:" + gateway.getPort());
    }

    /** Of a gateway with everything as it comes. */
    Client(String base) {
        this(base, Description.of(GatewayConfig.of(Map.of("jwt.secret_key", Deployment.SECRET))));
    }

    Client(String base, @Nullable Description description) {
        this(base, description, client(HttpClient.Version.HTTP_1_1).build());
    }

    private Client(String base, @Nullable Description description, HttpClient http) {
        this.base = base;
        this.description = description;
        this.http = http;
    }

    private static HttpClient.Builder client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).connectTimeout(Duration.ofSeconds(20));
    }

    /** One that speaks HTTP/2, and nothing else. The connection is upgraded by a preflight, which costs no tokens. */
    static Client inHttp2(String base, @Nullable Description description) {
        Client client =
                new Client(base, description, client(HttpClient.Version.HTTP_2).build());
        client.send(
                "OPTIONS",
                "/health",
                BodyPublishers.noBody(),
                "Origin",
                "https://shop.example",
                "Access-Control-Request-Method",
                "GET");
        return client;
    }

    /** One that speaks TLS, with its own certificate if the context has one. */
    static Client inTls(String base, @Nullable Description description, SSLContext context) {
        return new Client(
                base,
                description,
                client(HttpClient.Version.HTTP_2).sslContext(context).build());
    }

    /** Of the operators' port, which the description of the API says nothing of. */
    static Client ofOperators(int port) {
        return new Client("http://127.0.0.1:" + port, null);
    }

    Answer get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    /** Posts JSON. */
    Answer post(String path, String json, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/json";
        return send("POST", path, BodyPublishers.ofString(json), all);
    }

    Answer send(String method, String path, BodyPublisher body, String... headers) {
        try {
            return answer(method, path, http.send(request(method, path, body, headers), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    CompletableFuture<Answer> sendAsync(String method, String path, BodyPublisher body, String... headers) {
        return http.sendAsync(request(method, path, body, headers), BodyHandlers.ofString())
                .thenApply(response -> answer(method, path, response));
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, body)
                .timeout(Duration.ofSeconds(60));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }

    private Answer answer(String method, String path, HttpResponse<String> response) {
        if (response.version() != http.version()) {
            throw new AssertionError(method + " " + path + ": " + response.version());
        }
        Answer answer = new Answer(response.statusCode(), response.headers(), response.body());
        if (description != null) {
            description.check(method, path, answer);
        }
        return answer;
    }
}
