package io.tollgate.examples.benchmarks.embedded;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.examples.benchmarks.load.CallLoop;
import io.tollgate.examples.benchmarks.load.LoadResult;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Unary calls, 64 in flight over one connection. */
final class GrpcLoad implements Load {
    private static final String METHOD = "greeter.v1.Greeter/Hello";
    private static final String LIMIT = "x-ratelimit-limit";

    private final String token;

    GrpcLoad(String token) {
        this.token = token;
    }

    @Override
    public LoadResult run(int port, Duration duration) throws IOException, InterruptedException {
        try (CallLoop calls = new CallLoop(port, METHOD, Optional.of(token))) {
            return calls.run(duration);
        }
    }

    @Override
    public boolean isLimited(int port) {
        try (CallLoop calls = new CallLoop(port, METHOD, Optional.of(token))) {
            return calls.header(LIMIT).isPresent();
        }
    }

    @Override
    public boolean isAuthenticated(int port) {
        try (CallLoop calls = new CallLoop(port, METHOD, Optional.empty())) {
            calls.header(LIMIT);
            return false;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
        }
    }
}
