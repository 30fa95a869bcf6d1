package io.tollgate.examples.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests that the example invites to. */
class TranscodingDemoTest {
    private static final String SECRET = "a secret of these tests, which is long enough";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static TranscodingDemo demo;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String config = Files.readString(Path.of("config.yaml"))
                .replace("50053", Integer.toString(port))
                .replace("target/", Path.of("target").toAbsolutePath() + "/");
        demo = TranscodingDemo.start(
                Files.writeString(folder.resolve("config.yaml"), config),
                Map.of(
                        "JWT_SECRET_KEY",
                        SECRET,
                        "SERVER_HTTP_HOST",
                        "127.0.0.1",
                        "SERVER_HTTP_PORT",
                        "0",
                        "SERVER_ADMIN_ENABLED",
                        "false",
                        "SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT",
                        "1s"),
                port);
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @Test
    void readsWithoutAToken() throws Exception {
        assertThat(send("GET", "/v1/shelves/novels/books/emma", "").body())
                .isEqualTo("{\"name\":\"shelves/novels/books/emma\",\"title\":\"Emma\"}");
        assertThat(send("GET", "/v1/shelves/novels/books?pageSize=1&pageToken=emma", "")
                        .body())
                .isEqualTo("{\"books\":[{\"name\":\"shelves/novels/books/middlemarch\",\"title\":\"Middlemarch\"}],"
                        + "\"nextPageToken\":\"middlemarch\"}");
        assertThat(send("GET", "/v1/shelves/novels/books/nothing", "").body())
                .contains("RESOURCE_NOT_FOUND", "There is no such book.");
    }

    @Test
    void writesWithTheTokenOfAUser() throws Exception {
        assertThat(send("POST", "/v1/shelves/essays/books", "{\"title\":\"Walking\"}")
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> created = send(
                "POST",
                "/v1/shelves/essays/books",
                "{\"title\":\"Walking\",\"userId\":\"eve\"}",
                "Authorization",
                bearer(Set.of()));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(created.body()).contains("\"name\":\"shelves/essays/books/walking\"", "\"userId\":\"ann\"");
        assertThat(created.headers().firstValue("X-RateLimit-Limit")).contains("10");
        String walking = "/v1/shelves/essays/books/walking";
        assertThat(send("DELETE", walking, "", "Authorization", bearer(Set.of()))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> deleted = send("DELETE", walking, "", "Authorization", bearer(Set.of("library.admin")));
        assertThat(deleted.body()).isEqualTo("{}");
    }

    @Test
    void watchesInLinesAndInEvents() throws Exception {
        assertThat(first("application/x-ndjson"))
                .isEqualTo("{\"name\":\"shelves/novels/books/emma\",\"title\":\"Emma\"}");
        assertThat(first("text/event-stream"))
                .isEqualTo("data: {\"name\":\"shelves/novels/books/emma\",\"title\":\"Emma\"}");
    }

    @Test
    void isDocumented() throws Exception {
        assertThat(send("GET", "/openapi.json", "").body())
                .contains("/v1/shelves/{shelvesId}/books/{booksId}", "Adds a book to a shelf.", "The number of pages.");
    }

    private static String first(String accept) throws Exception {
        HttpResponse<InputStream> response = CLIENT.send(
                request("GET", "/v1/shelves/novels/books:watch", "", "Accept", accept), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            return lines.readLine();
        }
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers)
            throws Exception {
        return CLIENT.send(request(method, path, body, headers), BodyHandlers.ofString());
    }

    private static HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + demo.address().getPort() + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }

    private static String bearer(Set<String> scopes) {
        return "Bearer "
                + JwtTokenService.builder()
                        .secret(SECRET)
                        .build()
                        .issue(new Principal("ann", scopes, Set.of(), Map.of()))
                        .toCompletableFuture()
                        .join()
                        .accessToken();
    }
}
