package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;

/** The JDK's server, which greets users with a valid token so many times a minute. */
public final class HelloServer implements AutoCloseable {
    private final HttpServer server;

    /**
     * Opens the server on a free port of the loopback address.
     *
     * @param secret the secret that access tokens are signed with
     */
    public HelloServer(String secret, RateLimit limit) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        // limit and authenticate: from here
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();
        server.createContext("/hello", exchange -> {
            HttpRequestHead head = HttpRequestHead.of(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    exchange.getRemoteAddress().getAddress(),
                    exchange.getRequestHeaders()::get);
            String requestId = UUID.randomUUID().toString();
            Responses.write(exchange, guard.respond(head, "/hello", AccessRule.token(), requestId, this::hello));
        });
        // to here
        server.start();
    }

    private HttpResponse hello(Admitted request) {
        return Responses.text("Hello, " + request.principal().orElseThrow().userId());
    }

    /** Returns the address that it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
