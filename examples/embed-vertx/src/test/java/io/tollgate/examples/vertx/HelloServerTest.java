package io.tollgate.examples.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloServerTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private final RequestGuard guard = RequestGuard.builder()
            .tokens(JwtVerifier.builder().secret(SECRET).build())
            .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(2))))
            .build();

    @Test
    void limitsAndAuthenticates() throws Exception {
        try (HelloServer server = new HelloServer(0, guard)) {
            int port = server.port();
            HttpResponse<String> anonymous = get(port, "Accept", "*/*");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("WWW-Authenticate")).contains("Bearer");

            assertThat(get(port, "Authorization", bearer("ann")).body()).isEqualTo("Hello, ann\n");
            assertThat(get(port, "Authorization", bearer("ann")).statusCode()).isEqualTo(200);
            HttpResponse<String> tooMany = get(port, "Authorization", bearer("ann"));
            assertThat(tooMany.statusCode()).isEqualTo(429);
            assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(port, "Authorization", bearer("bob")).body()).isEqualTo("Hello, bob\n");
        }
    }

    private static String bearer(String user) {
        return "Bearer "
                + JwtTokenService.builder()
                        .secret(SECRET)
                        .build()
                        .issue(Principal.of(user))
                        .toCompletableFuture()
                        .join()
                        .accessToken();
    }

    private static HttpResponse<String> get(int port, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + "/hello");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).headers(headers).build(), BodyHandlers.ofString());
    }
}
