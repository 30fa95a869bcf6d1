package io.tollgate.examples.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class QuickStartTest {
    @Test
    void limits() throws Exception {
        Server server = QuickStart.start(0);
        try {
            HttpClient client = HttpClient.newHttpClient();
            URI hello = server.getURI().resolve("/hello");
            HttpRequest request = HttpRequest.newBuilder(hello).build();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            while (response.statusCode() == 200) {
                response = client.send(request, BodyHandlers.ofString());
            }
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        } finally {
            server.stop();
        }
    }
}
