package io.tollgate.examples.browser;

import io.tollgate.examples.clients.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients of a gateway that others watch. */
final class Visitors {
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Site site;

    Visitors(Site site) {
        this.site = site;
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(site.url(path))).build());
    }

    HttpResponse<String> post(String path, String json, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(site.url(path))).POST(BodyPublishers.ofString(json));
        request.header("Content-Type", "application/json");
        return send(
                headers.length == 0 ? request.build() : request.headers(headers).build());
    }

    /** Makes an account, and returns its access token. */
    String register(String name) {
        String answer = post(
                        "/api/v1/users/register",
                        "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                                + "\",\"password\":\"correct horse\"}")
                .body();
        Matcher token = ACCESS_TOKEN.matcher(answer);
        if (!token.find()) {
            throw new AssertionError("no token: " + answer);
        }
        return token.group(1);
    }

    HttpResponse<String> buy(String event, String token) {
        return post("/api/v1/tickets/" + event + "/purchase", "{}", "Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
