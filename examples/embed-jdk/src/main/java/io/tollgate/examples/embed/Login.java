package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import java.io.IOException;
import java.time.Duration;

/** Logs in the user whom the body names, as {@code email password}, and responds with an access token. */
final class Login implements HttpHandler {
    private static final int MAX_BODY = 2_000;

    private final UserGateway users;

    Login(UserGateway users) {
        this.users = users;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readNBytes(MAX_BODY), UTF_8);
        String[] body = text.split(" ", 2);
        if (body.length != 2) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "The body must be: email password");
        }
        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(2));
        Session session = users.login(new Credentials(body[0], body[1]), context)
                .toCompletableFuture()
                .join();
        Responses.send(exchange, session.tokens().orElseThrow().accessToken());
    }
}
