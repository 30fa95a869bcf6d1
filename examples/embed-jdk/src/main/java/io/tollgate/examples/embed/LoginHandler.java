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
import java.util.concurrent.CompletionException;

/** Logs in whoever the body names, as {@code email password}, and answers with an access token. */
public final class LoginHandler implements HttpHandler {
    private static final int MAX_BODY = 2_000;

    private final UserGateway users;

    /** Asks {@code users}. */
    public LoginHandler(UserGateway users) {
        this.users = users;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String[] body = new String(exchange.getRequestBody().readNBytes(MAX_BODY), UTF_8).split(" ", 2);
        try {
            if (body.length != 2) {
                throw GatewayException.of(CommonError.INVALID_REQUEST, "The body must be: email password");
            }
            CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(2));
            Session session = users.login(new Credentials(body[0], body[1]), context)
                    .toCompletableFuture()
                    .join();
            Answers.text(exchange, 200, session.tokens().orElseThrow().accessToken());
        } catch (CompletionException | GatewayException e) {
            // One failure for all: its code has a status, its message is for the client, its cause is for your log.
            Answers.error(exchange, GatewayException.from(e));
        }
    }
}
