package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

class QuickStartTest {
    @Test
    void limits() throws Exception {
        HttpServer server = QuickStart.start(0);
        try {
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest hello = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + server.getAddress().getPort() + "/hello"))
                    .build();
            HttpResponse<String> response = client.send(hello, BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            while (response.statusCode() == 200) {
                response = client.send(hello, BodyHandlers.ofString());
            }
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        } finally {
            server.stop(0);
            ((ExecutorService) server.getExecutor()).shutdown();
        }
    }
}
