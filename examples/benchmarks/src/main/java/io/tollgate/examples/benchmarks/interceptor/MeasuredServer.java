package io.tollgate.examples.benchmarks.interceptor;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.server.GuardInterceptor;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An order service that responds with a constant, with or without the guard. Arguments: the port and the {@link ServerKind}. */
public final class MeasuredServer {
    static final String SECRET = "a secret of the benchmark, 32 bytes or more";

    private MeasuredServer() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) throws IOException, InterruptedException {
        ServerKind kind = ServerKind.valueOf(args[1]);
        ExecutorService handlers = Executors.newCachedThreadPool();
        ServerBuilder<?> builder = Grpc.newServerBuilderForPort(
                        Integer.parseInt(args[0]), InsecureServerCredentials.create())
                .executor(handlers)
                .addService(new Orders());
        if (kind != ServerKind.BARE) {
            builder.intercept(GuardInterceptor.of(guard(kind), handlers));
        }
        Server server = builder.build().start();
        server.awaitTermination();
    }

    private static RequestGuard guard(ServerKind kind) {
        RequestGuard.Builder guard = RequestGuard.builder()
                .limiter(
                        LocalRateLimiter.builder().build(),
                        List.of(Policies.standard(RateLimit.perSecond(1_000_000_000))));
        if (kind.readsTokens()) {
            guard.tokens(JwtVerifier.builder().secret(SECRET).build());
        }
        return guard.build();
    }

    private static final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        private static final PurchaseResponse CONFIRMED = PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .build();

        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> responses) {
            responses.onNext(CONFIRMED);
            responses.onCompleted();
        }
    }
}
