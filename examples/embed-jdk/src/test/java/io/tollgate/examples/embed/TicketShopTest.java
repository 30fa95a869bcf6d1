package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.user.Registration;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.UserServiceServer;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The embedded modules, from outside: a real client, the JDK's server, the real services. */
class TicketShopTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    @Test
    void limitsAuthenticatesAndBuys() throws Exception {
        try (UserServiceServer users =
                        UserServiceServer.builder().port(0).jwtSecret(SECRET).start();
                OrderServiceServer orders = OrderServiceServer.builder()
                        .port(0)
                        .events(Map.of("jazz", 1))
                        .start();
                TicketShop shop =
                        new TicketShop(SECRET, "127.0.0.1", users.port(), orders.port(), RateLimit.perHour(4))) {
            register(users.port());
            HttpResponse<String> login = send(shop, "/login", "ann@example.org correct horse", null);
            assertThat(login.statusCode()).isEqualTo(200);
            assertThat(send(shop, "/login", "ann@example.org wrong", null).statusCode())
                    .isEqualTo(401);
            assertThat(send(shop, "/login", "ann@example.org", null).statusCode())
                    .isEqualTo(400);

            HttpResponse<String> stranger = buy(shop, "jazz", null);
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(stranger.headers().firstValue("X-RateLimit-Remaining")).contains("0");

            String token = login.body().strip();
            HttpResponse<String> bought = buy(shop, "jazz", token);
            assertThat(bought.statusCode()).isEqualTo(200);
            assertThat(bought.body()).isNotBlank();

            assertThat(buy(shop, "jazz", ownToken()).body()).contains("\"code\":\"SOLD_OUT\"");
            assertThat(buy(shop, "blues", token).statusCode()).isEqualTo(404);

            HttpResponse<String> tooMuch = buy(shop, "jazz", null);
            assertThat(tooMuch.statusCode()).isEqualTo(429);
            assertThat(tooMuch.headers().firstValue("Retry-After")).isPresent();
        }
    }

    /** Whoever has the secret can issue tokens, not only the user service. */
    private static String ownToken() {
        TokenService tokens = JwtTokenService.builder().secret(SECRET).build();
        TokenPair pair = tokens.issue(Principal.of("ann")).toCompletableFuture().join();
        return pair.accessToken();
    }

    private static void register(int userPort) {
        try (Upstream userService =
                Upstream.builder("user-service", "127.0.0.1", userPort).build()) {
            new GrpcUserGateway(userService)
                    .register(new Registration("ann@example.org", "ann", "correct horse"), CallContext.create())
                    .toCompletableFuture()
                    .join();
        }
    }

    private static HttpResponse<String> buy(TicketShop shop, String event, @Nullable String token) throws Exception {
        return send(shop, "/buy?" + event, "", token);
    }

    private static HttpResponse<String> send(TicketShop shop, String path, String body, @Nullable String token)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + shop.address().getPort() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
