package io.tollgate.auth.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.TokenKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An issuer that publishes its public keys as a JWK set, over HTTP on a free port of the loopback:
 *
 * <pre>{@code
 * try (JwksServer issuer = JwksServer.publishing(key);
 *         RemoteKeys keys = RemoteKeys.builder().uri(issuer.uri()).build()) {
 *     JwtVerifier verifier = JwtVerifier.builder().keys(keys).build();
 *     assertAccepted(verifier, TestToken.of("ann").signedWith(key));
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class JwksServer implements AutoCloseable {
    private record Response(int status, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "jwks-server");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Response response;

    private JwksServer(Response first) {
        response = first;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            Response now = response;
            byte[] body = now.body().getBytes(UTF_8);
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "application/jwk-set+json");
                exchange.sendResponseHeaders(now.status(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    /** Starts a server that publishes the public keys of these. */
    public static JwksServer publishing(TokenKey... keys) {
        return new JwksServer(response(keys));
    }

    private static Response response(TokenKey... keys) {
        return new Response(200, KeySet.of(keys).toPublicJwks());
    }

    /** Returns the address of the JWK set. */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://127.0.0.1:" + address.getPort() + "/.well-known/jwks.json");
    }

    /** Publishes other keys from now on. */
    public void publish(TokenKey... keys) {
        response = response(keys);
    }

    /** Responds with another status and body from now on, as an issuer does that fails or is attacked. */
    public void respond(int status, String body) {
        response = new Response(status, requireNonNull(body, "body"));
    }

    /** Returns the number of requests so far. */
    public int requests() {
        return requests.get();
    }

    /** Stops the server, and closes its connections. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
