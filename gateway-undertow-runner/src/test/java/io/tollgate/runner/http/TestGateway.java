package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.GatewayConfig;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Gateways for tests: real ones on a free port, with services that answer at once and limits that nobody meets. */
final class TestGateway {
    static final String SECRET = "a-secret-of-these-tests-that-is-long-enough";

    /** An access token of {@code user-1}. */
    static final String TOKEN = token("user-1");

    private TestGateway() {}

    static Gateway.Builder builder(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "jwt.secret_key", SECRET,
                "server.http.host", "127.0.0.1",
                "server.http.port", "0",
                "server.admin.enabled", "false",
                "server.http.io_threads", "2",
                "server.http.graceful_shutdown_timeout", "100ms",
                "redis.token_bucket.capacity", "1000000"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Gateway.builder(GatewayConfig.of(values)).users(new Users()).orders(orders());
    }

    static Gateway start(String... keysAndValues) {
        return builder(keysAndValues).start();
    }

    static String token(String user) {
        return JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of(user))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    /** An order service that sells to everyone; the ticket's id is the idempotency key. */
    static OrderGateway orders() {
        return (purchase, context) -> CompletableFuture.completedFuture(new Purchase(
                Purchase.Status.CONFIRMED,
                new Ticket(
                        Optional.of(purchase.idempotencyKey()),
                        purchase.eventId(),
                        purchase.userId(),
                        "confirmed",
                        Optional.of(Instant.parse("2026-01-02T03:04:05Z")))));
    }

    /** The head of a purchase by {@code user-1}; headers end in CRLF. */
    static String purchase(String event, String headers) {
        return "POST /api/v1/tickets/" + event + "/purchase HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN
                + "\r\n" + headers + "\r\n";
    }

    /** A request with a JSON body. */
    static String post(String path, String json) {
        return post(path, json, "");
    }

    static String post(String path, String json, String headers) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + json.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + "\r\n" + headers + "\r\n" + json;
    }

    /** A user service that knows everyone. */
    static class Users implements UserGateway {
        @Override
        public CompletionStage<Session> register(Registration registration, CallContext context) {
            return CompletableFuture.completedFuture(session(registration.email(), registration.username()));
        }

        @Override
        public CompletionStage<Session> login(Credentials credentials, CallContext context) {
            return CompletableFuture.completedFuture(session(credentials.email(), "someone"));
        }

        @Override
        public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
            return CompletableFuture.completedFuture(new TokenPair("access-2", Optional.empty()));
        }

        private static Session session(String email, String username) {
            Instant created = Instant.parse("2026-01-02T03:04:05Z");
            User user = new User("user-1", email, username, Optional.of(created), Optional.empty());
            return new Session(user, Optional.of(TokenPair.of("access-1", "refresh-1")));
        }
    }
}
