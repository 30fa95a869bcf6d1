package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.order.OrderServiceServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The embedded modules, from outside: a real client, the JDK's server, the real order service. */
class TicketShopTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    @Test
    void limitsAuthenticatesAndBuys() throws Exception {
        String token = JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of("ann"))
                .toCompletableFuture()
                .join()
                .accessToken();
        try (OrderServiceServer orders = OrderServiceServer.builder()
                        .port(0)
                        .events(Map.of("jazz", 1))
                        .start();
                TicketShop shop = new TicketShop(SECRET, "127.0.0.1", orders.port(), RateLimit.perHour(4))) {

            HttpResponse<String> stranger = buy(shop, "jazz", null);
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(stranger.headers().firstValue("X-RateLimit-Remaining")).contains("3");

            HttpResponse<String> bought = buy(shop, "jazz", token);
            assertThat(bought.statusCode()).isEqualTo(200);
            assertThat(bought.body()).isNotBlank();

            assertThat(buy(shop, "jazz", token).body()).startsWith("SOLD_OUT");
            assertThat(buy(shop, "blues", token).statusCode()).isEqualTo(404);

            HttpResponse<String> tooMuch = buy(shop, "jazz", token);
            assertThat(tooMuch.statusCode()).isEqualTo(429);
            assertThat(tooMuch.headers().firstValue("Retry-After")).isPresent();
        }
    }

    private static HttpResponse<String> buy(TicketShop shop, String event, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + shop.address().getPort() + "/buy?" + event))
                .POST(HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
