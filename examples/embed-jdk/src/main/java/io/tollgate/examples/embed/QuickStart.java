package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;

/** Greets each address ten times a minute. */
public final class QuickStart {
    private QuickStart() {}

    /** Serves on port 8080. */
    public static void main(String[] args) throws IOException {
        start(8080);
    }

    static HttpServer start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newFixedThreadPool(64));
        HttpContext hello = server.createContext("/hello", exchange -> {
            byte[] body = "Hello\n".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().close();
        });

        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perMinute(10))))
                .build();
        hello.getFilters().add(GuardFilter.of(guard));

        server.start();
        return server;
    }
}
