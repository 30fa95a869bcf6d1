package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The server of an example, which greets its users by name at {@code GET /hello} and is copied with the adapter. */
public final class GreetingServer {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private GreetingServer() {}

    /**
     * Shows that a server limits and authenticates.
     *
     * @param start starts it with this guard on any free port
     * @param port returns the port that it listens on
     */
    @SuppressWarnings("try") // The close() of some servers waits, and throws any exception.
    public static <S extends AutoCloseable> void check(Function<RequestGuard, S> start, ToIntFunction<S> port)
            throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(SECRET).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(2))))
                .build();
        try (S server = start.apply(guard)) {
            URI uri = URI.create("http://127.0.0.1:" + port.applyAsInt(server) + "/hello");
            HttpResponse<String> anonymous = get(uri, "Accept", "*/*");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("WWW-Authenticate")).contains("Bearer");

            assertThat(get(uri, "Authorization", bearer("ann")).body()).isEqualTo("Hello, ann\n");
            assertThat(get(uri, "Authorization", bearer("ann")).statusCode()).isEqualTo(200);
            HttpResponse<String> tooMany = get(uri, "Authorization", bearer("ann"));
            assertThat(tooMany.statusCode()).isEqualTo(429);
            assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(uri, "Authorization", bearer("bob")).body()).isEqualTo("Hello, bob\n");
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

    private static HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).headers(headers).build(), BodyHandlers.ofString());
    }
}
