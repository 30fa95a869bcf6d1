package io.tollgate.examples.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** Three lines limit, five limit and authenticate, over a real socket. */
class GuardedApplicationTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    @Test
    void limitsAndAuthenticates() throws Exception {
        Server server = new Server(0);
        ServletContextHandler application = new ServletContextHandler("/");
        application.addServlet(HelloServlet.class, "/hello");
        application.addEventListener(new GuardedApplication(SECRET, RateLimit.perHour(1)));
        server.setHandler(application);
        server.start();
        try {
            HttpResponse<String> hello = get(server, "Authorization", "Bearer " + token("ann"));
            assertThat(hello.statusCode()).isEqualTo(200);
            assertThat(hello.body()).startsWith("Hello, ann");
            assertThat(hello.headers().firstValue("X-RateLimit-Remaining")).contains("0");

            HttpResponse<String> anonymous = get(server, "Accept", "*/*");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("WWW-Authenticate")).contains("Bearer");

            HttpResponse<String> tooMany = get(server, "Authorization", "Bearer " + token("ann"));
            assertThat(tooMany.statusCode()).isEqualTo(429);
            assertThat(tooMany.body()).contains("\"code\":\"RATE_LIMIT_EXCEEDED\"");
        } finally {
            server.stop();
        }
    }

    @Test
    void limitsInThreeLines() throws IOException {
        assertThat(lines("QuickStart", "// limit: from here")).hasSizeBetween(2, 3);
    }

    @Test
    void limitsAndAuthenticatesInFiveLines() throws IOException {
        assertThat(lines("GuardedApplication", "// limit and authenticate: from here"))
                .hasSizeBetween(2, 5);
    }

    /** Returns the lines of code between a marker and the next. */
    private static List<String> lines(String type, String marker) throws IOException {
        List<String> source = Files.readAllLines(
                        Path.of("src", "main", "java", "io", "tollgate", "examples", "servlet", type + ".java"))
                .stream()
                .map(String::strip)
                .toList();
        assertThat(source).contains(marker, "// to here");
        List<String> counted = source.subList(source.indexOf(marker) + 1, source.indexOf("// to here")).stream()
                .filter(line -> !line.isEmpty() && !line.matches("[{}();]+"))
                .toList();
        assertThat(counted).noneMatch(line -> line.startsWith("//"));
        return counted;
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

    private static HttpResponse<String> get(Server server, String... headers) throws Exception {
        URI hello = server.getURI().resolve("/hello");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(hello).headers(headers).build(), BodyHandlers.ofString());
    }
}
