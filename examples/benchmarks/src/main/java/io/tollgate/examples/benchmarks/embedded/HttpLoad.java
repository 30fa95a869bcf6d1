package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.load.ClosedLoop;
import io.tollgate.examples.benchmarks.load.LoadResult;
import io.tollgate.examples.benchmarks.load.LoadSpec;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.load.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** {@code GET /hello} on each of 16 connections, one after the other. */
final class HttpLoad implements Load {
    private static final int CONNECTIONS = 16;
    private static final String PATH = "/hello";

    private final HttpClient client = HttpClient.newHttpClient();
    private final TokenFile token;

    HttpLoad(TokenFile token) {
        this.token = token;
    }

    @Override
    public LoadResult run(int port, Duration duration) throws IOException, InterruptedException {
        RequestSpec request = new RequestSpec("GET", PATH, "", Optional.of(token), 200);
        return new ClosedLoop(1).run(new LoadSpec(port, request, CONNECTIONS, duration, 0));
    }

    @Override
    public boolean isLimited(int port) throws IOException, InterruptedException {
        HttpResponse<String> response = send(request(port).header("Authorization", "Bearer " + token.first()));
        if (response.statusCode() != 200) {
            throw new IOException(PATH + ": status " + response.statusCode() + " (expected: 200): " + response.body());
        }
        return response.headers().firstValue("X-RateLimit-Limit").isPresent();
    }

    @Override
    public boolean isAuthenticated(int port) throws IOException, InterruptedException {
        return send(request(port)).statusCode() == 401;
    }

    private static HttpRequest.Builder request(int port) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + PATH));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
