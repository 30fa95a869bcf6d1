package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Few lines limit and authenticate, over a real socket. */
class HelloServerTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    @Test
    void limitsAndAuthenticates() throws Exception {
        try (HelloServer server = new HelloServer(SECRET, RateLimit.perHour(2))) {
            HttpResponse<String> hello = get(server.address(), "Authorization", "Bearer " + token("ann"));
            assertThat(hello.statusCode()).isEqualTo(200);
            assertThat(hello.body()).isEqualTo("Hello, ann\n");
            assertThat(hello.headers().firstValue("X-RateLimit-Limit")).contains("2");
            assertThat(hello.headers().firstValue("X-RateLimit-Remaining")).contains("1");

            HttpResponse<String> anonymous = get(server.address(), "Accept", "*/*");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(anonymous.headers().firstValue("X-RateLimit-Remaining")).contains("1");
            assertThat(anonymous.body()).contains("\"code\":\"MISSING_TOKEN\"");

            HttpResponse<String> forged = get(server.address(), "Authorization", "Bearer " + token("ann") + "x");
            assertThat(forged.statusCode()).isEqualTo(401);
            assertThat(forged.headers().firstValue("WWW-Authenticate").orElse(""))
                    .contains("error=\"invalid_token\"");

            assertThat(get(server.address(), "Authorization", "Bearer " + token("ann"))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> tooMany = get(server.address(), "Authorization", "Bearer " + token("ann"));
            assertThat(tooMany.statusCode()).isEqualTo(429);
            assertThat(tooMany.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(tooMany.headers().firstValue("X-RateLimit-Remaining")).contains("0");
            assertThat(tooMany.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1L, 1800L);
            assertThat(tooMany.body())
                    .startsWith("{\"error\":\"RATE_LIMIT_ERROR\",\"code\":\"RATE_LIMIT_EXCEEDED\"")
                    .contains("\"capacity\":2");

            assertThat(get(server.address(), "Authorization", "Bearer " + token("bob"))
                            .statusCode())
                    .as("another user has a limit of his own")
                    .isEqualTo(200);
        }
    }

    @Test
    void limitsAlone() throws Exception {
        try (LimitedServer server = new LimitedServer(RateLimit.perHour(1))) {
            HttpResponse<String> hello = get(server.address(), "Accept", "*/*");
            assertThat(hello.body()).isEqualTo("Hello\n");
            assertThat(hello.headers().firstValue("X-RateLimit-Remaining")).contains("0");

            HttpResponse<String> tooMany = get(server.address(), "Accept", "*/*");
            assertThat(tooMany.statusCode()).isEqualTo(429);
            assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void limitsAndAuthenticatesInFiveLines() throws IOException {
        assertThat(lines("HelloServer", "// limit and authenticate: from here")).hasSizeBetween(2, 5);
    }

    @Test
    void limitsInThreeLines() throws IOException {
        assertThat(lines("LimitedServer", "// limit: from here")).hasSizeBetween(2, 3);
    }

    /** Returns the lines of code between a marker and the next. */
    private static List<String> lines(String server, String marker) throws IOException {
        List<String> source = Files.readAllLines(
                Path.of("src", "main", "java", "io", "tollgate", "examples", "embed", server + ".java"));
        List<String> counted = source.subList(indexOf(source, marker) + 1, indexOf(source, "// to here")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.matches("[{}();]+"))
                .toList();
        assertThat(counted).noneMatch(line -> line.startsWith("//"));
        return counted;
    }

    private static int indexOf(List<String> source, String marker) {
        int index = source.stream().map(String::strip).toList().indexOf(marker);
        assertThat(index).as(marker).isNotNegative();
        return index;
    }

    private static String token(String user) {
        return JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of(user))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    private static HttpResponse<String> get(InetSocketAddress server, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getPort() + "/hello");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).headers(headers).build(), BodyHandlers.ofString());
    }
}
