package io.tollgate.runner.frontdoor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody who looks at the pages of the operators' port. Headers are given as name, value, name, value. */
final class Operator {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;

    Operator(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(path, BodyHandlers.ofString(), headers);
    }

    /** The first so many lines with data of a page that goes on forever. */
    String events(String path, int events, String... headers) {
        try (Stream<String> lines = send(path, BodyHandlers.ofLines(), headers).body()) {
            return lines.filter(line -> line.startsWith("data:")).limit(events).collect(Collectors.joining("\n"));
        }
    }

    private <T> HttpResponse<T> send(String path, BodyHandler<T> body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
        try {
            return http.send(
                    headers.length == 0
                            ? request.build()
                            : request.headers(headers).build(),
                    body);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
