package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Logs in the user whom the body names, as {@code email password}, and responds with an access token. */
final class Login implements GuardedHandler.Action {
    private static final int MAX_BODY = 2_000;

    private final UserGateway users;

    Login(UserGateway users) {
        this.users = users;
    }

    @Override
    public HttpResponse respond(HttpExchange exchange, Admitted request) {
        String[] body = body(exchange).split(" ", 2);
        if (body.length != 2) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "The body must be: email password");
        }
        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(2));
        Session session = users.login(new Credentials(body[0], body[1]), context)
                .toCompletableFuture()
                .join();
        return Responses.text(session.tokens().orElseThrow().accessToken());
    }

    private static String body(HttpExchange exchange) {
        try {
            return new String(exchange.getRequestBody().readNBytes(MAX_BODY), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
