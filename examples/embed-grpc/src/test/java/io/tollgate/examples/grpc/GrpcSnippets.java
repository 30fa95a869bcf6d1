package io.tollgate.examples.grpc;

import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.examples.grpc.greeter.GreeterGrpc;
import io.tollgate.examples.grpc.greeter.HelloRequest;
import io.tollgate.examples.grpc.greeter.HelloResponse;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.server.GuardInterceptor;
import io.tollgate.micrometer.GuardMetrics;
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.TokenMetrics;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The examples of docs/embedding/grpc.md and of the Javadoc of GuardInterceptor, which are compiled here. */
@SuppressWarnings("all")
abstract class GrpcSnippets {
    static class Greeter extends GreeterGrpc.GreeterImplBase {}

    void server(RequestGuard guard, ExecutorService handlers) {
        Server server = ServerBuilder.forPort(50_051)
                .executor(handlers)
                .intercept(GuardInterceptor.of(guard, handlers))
                .addService(new Greeter())
                .build();
    }

    void principal() {
        String name = GuardInterceptor.principal().map(Principal::userId).orElse("stranger");
    }

    void rules(RequestGuard guard, ExecutorService handlers) {
        RouteRules rules = RouteRules.builder()
                .route("/greeter.v1.Greeter/Hello", AccessRule.optionalToken())
                .route("/admin.v1.Admin/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                .route("/grpc.health.v1.Health/**", AccessRule.open())
                .route("/grpc.reflection.v1.ServerReflection/**", AccessRule.open())
                .otherwise(AccessRule.token())
                .build();
        GuardInterceptor interceptor =
                GuardInterceptor.builder(guard).routes(rules).executor(handlers).build();
    }

    void exemptions() {
        RateLimitPolicy calls = Policies.named("calls")
                .limit(RateLimit.perMinute(100))
                .exempt(Matchers.route("/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"))
                .build();
    }

    void oneService(ServerBuilder<?> builder, GuardInterceptor interceptor) {
        builder.addService(ServerInterceptors.intercept(new Greeter(), interceptor));
    }

    void shared(MeterRegistry registry, List<RateLimitPolicy> policies) {
        RemoteKeys keys = RemoteKeys.builder()
                .uri(URI.create("https://issuer.example/.well-known/jwks.json"))
                .build();
        JwtVerifier tokens = JwtVerifier.builder().keys(keys).build();
        SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("greeter")
                .replicas(3)
                .build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(tokens)
                .limiter(limiter, policies)
                .trustedProxies("10.0.0.0/8")
                .listener(new GuardMetrics(registry))
                .build();
        new TokenMetrics(tokens).bindTo(registry);
        new RateLimiterMetrics(limiter.fallback()).bindTo(registry);
    }

    void messages(RequestGuard guard, ExecutorService handlers) {
        GuardInterceptor interceptor = GuardInterceptor.builder(guard)
                .executor(handlers)
                .chargeMessages(true)
                .build();
    }

    void client(String token) {
        var channel = ManagedChannelBuilder.forAddress("localhost", 50_051)
                .usePlaintext()
                .build();
        var greeter = GreeterGrpc.newBlockingStub(channel).withCallCredentials(new BearerToken(token));
        try {
            System.out.println(greeter.hello(HelloRequest.getDefaultInstance()).getText());
        } catch (StatusRuntimeException e) {
            GatewayException error = GrpcErrors.from(e);
            System.out.println(error.code().name() + ": try again in " + error.retryAfter());
        }
    }

    abstract CompletionStage<HelloResponse> greet(Principal user);

    // A handler that waits for nothing.
    public void hello(HelloRequest request, StreamObserver<HelloResponse> observer) {
        greet(GuardInterceptor.PRINCIPAL.get()).whenComplete((response, failure) -> {
            if (failure == null) {
                observer.onNext(response);
                observer.onCompleted();
            } else {
                observer.onError(GrpcErrors.toStatusRuntimeException(GatewayException.from(failure)));
            }
        });
    }

    void throwing(String room) {
        throw GatewayException.of(CommonError.RESOURCE_NOT_FOUND, "There is no room " + room + ".");
    }

    void threads() {
        ExecutorService handlers = Executors.newFixedThreadPool(200);
    }
}
