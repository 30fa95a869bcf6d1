package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The server-sent events that the live page reads. */
class LiveStreamTest {
    private static final int MAX_VIEWERS_OF_AN_ADDRESS = 8;

    @Test
    void tellsOfEveryRequestAndOfTheReasonOfARefusal() throws Exception {
        try (Deployment gateway = Deployment.builder()
                        .with("REDIS_TOKEN_BUCKET_CAPACITY", "2")
                        .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                        .start();
                Stream stream = new Stream(gateway)) {
            JsonNode hello = stream.next("hello");
            assertThat(hello.path("publicUrl").asText()).isEqualTo("http://localhost:" + gateway.port());
            assertThat(hello.path("components").findValuesAsText("name")).contains("order-service", "rate-limiter");

            Answer bought = gateway.client()
                    .post(
                            "/api/v1/tickets/rock-2026/purchase",
                            "{}",
                            "Authorization",
                            "Bearer " + gateway.token("ann-1234"));
            assertThat(bought.status()).isEqualTo(200);
            JsonNode seen = stream.request("requests", r -> r.path("s").asInt() == 200);
            assertThat(seen.path("m").asText()).isEqualTo("POST");
            assertThat(seen.path("r").asText()).isEqualTo("/api/v1/tickets/{event_id}/purchase");
            assertThat(seen.path("id").asText()).isEqualTo(bought.header("X-Request-Id"));
            assertThat(seen.path("us").asLong()).isPositive();
            assertThat(seen.path("who").asText()).startsWith("user:ann").doesNotContain("ann-1234");

            Answer refused = null;
            for (int i = 0; i < 3; i++) {
                refused = gateway.client().get("/health");
            }
            assertThat(refused.status()).isEqualTo(429);
            JsonNode reason = stream.request("errors", r -> r.path("s").asInt() == 429);
            assertThat(reason.path("code").asText()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(reason.path("id").asText()).isEqualTo(refused.header("X-Request-Id"));
            assertThat(reason.path("limit").path("policy").asText()).isEqualTo("default");
            assertThat(reason.path("limit").path("key").asText()).isEqualTo("ip:127.0.0.1");
            assertThat(reason.path("limit").path("capacity").asInt()).isEqualTo(2);
            assertThat(reason.path("limit").path("retryMs").asLong()).isBetween(1L, 100_000L);
        }
    }

    @Test
    void countsEverythingOnceAndShowsWhoComesLaterAllOfIt() throws Exception {
        try (Deployment gateway = Deployment.start();
                Stream first = new Stream(gateway)) {
            first.next("hello");
            for (int i = 0; i < 40; i++) {
                gateway.client().get("/health");
            }
            gateway.client().get("/nothing");
            Awaitility.await().until(() -> {
                first.next("tick");
                return first.sum(0) + first.sum(2) >= 41;
            });
            assertThat(first.sum(0)).isEqualTo(40);
            assertThat(first.sum(2)).isEqualTo(1);

            try (Stream second = new Stream(gateway)) {
                JsonNode hello = second.next("hello");
                long all = 0;
                for (JsonNode sample : hello.path("samples")) {
                    for (JsonNode count : sample.path("n")) {
                        all += count.asLong();
                    }
                }
                assertThat(all).isEqualTo(41);
                assertThat(hello.path("requests").size()).isBetween(25, 100);
                assertThat(hello.path("errors").findValuesAsText("code")).containsExactly("ROUTE_NOT_FOUND");
            }
        }
    }

    @Test
    void hasRoomForSoManyViewersAndForOthersWhenTheyHaveGone() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                Deployment gateway = Deployment.builder().upstream(upstream).start()) {
            List<Stream> viewers = new ArrayList<>();
            for (int i = 0; i < MAX_VIEWERS_OF_AN_ADDRESS; i++) {
                Stream viewer = new Stream(gateway);
                viewer.next("hello");
                viewers.add(viewer);
            }

            Answer refused = gateway.admin().get("/events");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("OVERLOADED");
            assertThat(refused.header("Retry-After")).isEqualTo("5");
            assertThat(gateway.admin().get("/health/live").status()).isEqualTo(200);

            for (Stream viewer : viewers) {
                viewer.close();
            }
            Awaitility.await().ignoreExceptions().until(() -> {
                try (Stream again = new Stream(gateway)) {
                    return again.next("hello").has("instance");
                }
            });
        }
    }

    /** A viewer. */
    private static final class Stream implements AutoCloseable {
        private final ObjectMapper json = new ObjectMapper();
        private final InputStream body;
        private final BufferedReader lines;
        private final long[] sums = new long[5];

        Stream(Deployment gateway) throws Exception {
            HttpResponse<InputStream> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + "/events"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        /** The data of the next event of that name. */
        JsonNode next(String event) throws IOException {
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:") && name.equals(event)) {
                    JsonNode data = json.readTree(line.substring("data:".length()));
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += data.path("sample").path("n").path(i).asLong();
                    }
                    return data;
                }
            }
            throw new AssertionError("the stream ended");
        }

        /** The first request in the list of that name that is as wanted. */
        JsonNode request(String list, Predicate<JsonNode> wanted) throws IOException {
            while (true) {
                for (JsonNode request : next("tick").path(list)) {
                    if (wanted.test(request)) {
                        return request;
                    }
                }
            }
        }

        long sum(int kind) {
            return sums[kind];
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
