package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.ratelimit.RateLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operators' pages below a path of the JDK's server, over a real socket. */
class OperatedServerTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private static final String TOKEN = "a-token-of-operators";
    /** The most from one address. */
    private static final int VIEWERS = 8;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private OperatedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new OperatedServer(TOKEN, RateLimit.perHour(2));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsProbesHowItIs() throws Exception {
        assertThat(get("/ops/health/live").body()).isEqualTo("{\"status\":\"ok\"}");
        HttpResponse<String> ready = get("/ops/health/ready");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(ready.body()).contains("\"name\":\"listener\"", "\"name\":\"disk\"", "\"detail\":\"has room\"");
    }

    @Test
    void showsOperatorsWhatRunsAndNobodyElse() throws Exception {
        assertThat(get("/ops/info").statusCode()).isEqualTo(401);
        assertThat(get("/ops/info", "Authorization", "Bearer " + TOKEN + "x").body())
                .contains("\"code\":\"INVALID_TOKEN\"");
        HttpResponse<String> info = get("/ops/info", "Authorization", "Bearer " + TOKEN);

        assertThat(info.statusCode()).isEqualTo(200);
        assertThat(info.body()).contains("\"name\":\"greeter\"", "\"policy\":\"default\"");
        assertThat(info.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(get("/ops/nothing", "Authorization", "Bearer " + TOKEN).body())
                .contains("\"code\":\"ROUTE_NOT_FOUND\"");
        assertThat(send("HEAD", "/ops/info", "", "Authorization", "Bearer " + TOKEN)
                        .headers()
                        .firstValue("Content-Type"))
                .contains("application/json");
    }

    @Test
    void hasAllThatTheLivePageLoads() throws Exception {
        HttpResponse<String> redirect = get("/ops");
        assertThat(redirect.statusCode()).isEqualTo(308);
        URI root = uri("/ops").resolve(redirect.headers().firstValue("Location").orElseThrow());
        assertThat(root).isEqualTo(uri("/ops/"));
        HttpResponse<String> page = get("/ops/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("script-src 'self'");

        List<URI> files = new ArrayList<>();
        Matcher links = Pattern.compile("(?:src|href)=\"(live/[^\"]+)\"").matcher(page.body());
        while (links.find()) {
            files.add(root.resolve(links.group(1)));
        }
        assertThat(files).hasSizeGreaterThan(4);
        for (URI file : files) {
            HttpResponse<String> response = get(file.getPath());
            assertThat(response.statusCode()).as(file.toString()).isEqualTo(200);
            String tag = response.headers().firstValue("ETag").orElseThrow();
            assertThat(get(file.getPath(), "If-None-Match", tag).statusCode()).isEqualTo(304);
        }
    }

    @Test
    void changesTheLevelOfALogger() throws Exception {
        String path = "/ops/loggers/io.tollgate";
        String[] headers = {"Authorization", "Bearer " + TOKEN, "Content-Type", "application/json"};

        assertThat(send("PUT", path, "{\"level\":\"TRACE\"}", headers).body()).contains("\"level\":\"TRACE\"");
        assertThat(send("PUT", path, "{\"level\":\"LOUD\"}", headers).statusCode())
                .isEqualTo(400);
        assertThat(send("PUT", path, " ".repeat(5000), headers).statusCode()).isEqualTo(413);
        assertThat(send("PUT", path, "{\"level\":null}", headers).body()).contains("\"level\":\"INFO\"");
    }

    @Test
    void streamsEveryRequestAndTheReasonOfARejection() throws Exception {
        try (Events events = new Events()) {
            assertThat(events.next("hello"))
                    .contains("\"service\":\"greeter\"", "\"publicUrl\":\"http://localhost:" + port() + "\"");

            for (int i = 0; i < 3; i++) {
                get("/hello");
            }

            String seen = events.until("\"code\":\"RATE_LIMIT_EXCEEDED\"");
            assertThat(seen).contains("\"r\":\"/hello\",\"s\":200", "\"r\":\"/hello\",\"s\":429");
            assertThat(seen).contains("\"limit\":{\"policy\":\"default\",\"key\":\"ip:127.0.0.1\",\"capacity\":2");
        }
    }

    @Test
    void givesAPlaceBackWhenAViewerLeaves() throws Exception {
        List<Events> viewers = new ArrayList<>();
        for (int i = 0; i < VIEWERS; i++) {
            Events viewer = new Events();
            viewer.next("hello");
            viewers.add(viewer);
        }
        HttpResponse<String> full = get("/ops/events", "Authorization", "Bearer " + TOKEN);
        assertThat(full.statusCode()).isEqualTo(503);
        assertThat(full.headers().firstValue("Retry-After")).contains("5");

        for (Events viewer : viewers) {
            viewer.close();
        }

        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            try (Events again = new Events()) {
                return again.next("hello").contains("greeter");
            }
        });
    }

    @Test
    void endsTheStreamsWhenItIsClosed() throws Exception {
        try (Events events = new Events()) {
            events.next("hello");

            server.close();

            assertThat(CompletableFuture.runAsync(events::awaitEnd, THREADS)).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    private int port() {
        return server.address().getPort();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** A live page's stream. */
    private final class Events implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;

        Events() throws Exception {
            HttpRequest request = HttpRequest.newBuilder(uri("/ops/events"))
                    .header("Authorization", "Bearer " + TOKEN)
                    .build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, UTF_8));
        }

        /** The data of the next event of that name. */
        String next(String event) throws IOException {
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length());
                } else if (line.startsWith("data:") && name.equals(event)) {
                    return line.substring("data:".length());
                }
            }
            throw new IOException("the stream ended");
        }

        /** The data of all ticks up to one with that text. */
        String until(String text) throws IOException {
            StringBuilder all = new StringBuilder();
            while (!all.toString().contains(text)) {
                all.append(next("tick"));
            }
            return all.toString();
        }

        /** Returns once the stream has ended. */
        void awaitEnd() {
            try {
                lines.lines().forEach(line -> {});
            } catch (UncheckedIOException e) {
                assertThat(e).as("cut, which is an end too").hasCauseInstanceOf(IOException.class);
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
