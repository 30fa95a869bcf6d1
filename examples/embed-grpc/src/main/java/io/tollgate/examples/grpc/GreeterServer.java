package io.tollgate.examples.grpc;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.grpc.server.GuardInterceptor;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A gRPC server that greets users with a valid token so many times a minute. */
public final class GreeterServer implements AutoCloseable {
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final Server server;

    /**
     * Opens the server.
     *
     * @param port 0 for a free port
     * @param secret the secret that access tokens are signed with
     */
    public GreeterServer(int port, String secret, RateLimit limit) throws IOException {
        ServerBuilder<?> builder = Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
                .executor(handlers)
                .addService(new GreeterService());
        // limit and authenticate: from here
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();
        builder.intercept(GuardInterceptor.of(guard, handlers));
        // to here
        server = builder.build().start();
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        handlers.shutdown();
    }
}
