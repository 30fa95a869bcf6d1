package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.grpc.server.chat.ChatServiceGrpc;
import io.tollgate.grpc.server.chat.Line;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Services and transports beside the usual ones. */
class OtherServicesTest {
    private static boolean isInfrastructure(String route) {
        return route.startsWith("/grpc.health.v1.Health/") || route.startsWith("/grpc.reflection.");
    }

    @Test
    void exemptHealthChecksAndReflectionFromTokensAndLimits() {
        RouteRules rules = RouteRules.builder()
                .route("/grpc.health.v1.Health/**", AccessRule.open())
                .route("/grpc.reflection.v1.ServerReflection/**", AccessRule.open())
                .otherwise(AccessRule.token())
                .build();
        RateLimitPolicy policy = Policies.named("calls")
                .limit(RateLimit.perHour(1))
                .exempt(context -> context.route()
                        .filter(OtherServicesTest::isInfrastructure)
                        .isPresent())
                .build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(Tokens.verifier())
                .limiter(LocalRateLimiter.builder().build(), List.of(policy))
                .build();
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("", ServingStatus.SERVING);
        try (ChatServer server = ChatServer.builder()
                .intercept(executor -> GuardInterceptor.builder(guard)
                        .routes(rules)
                        .executor(executor)
                        .build())
                .service(health.getHealthService())
                .service(ProtoReflectionServiceV1.newInstance())
                .start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(HealthGrpc.newBlockingStub(server.channel())
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(ServingStatus.SERVING);
            }
            assertThat(services(server)).contains("chat.v1.ChatService", "grpc.health.v1.Health");

            server.blocking("authorization", Tokens.bearer("ann")).say(line("hello"));
            Replies limited = new Replies();
            server.async("authorization", Tokens.bearer("ann")).say(line("hello"), limited);
            assertThat(limited.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    private static List<String> services(ChatServer server) {
        CompletableFuture<ServerReflectionResponse> response = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> call = ServerReflectionGrpc.newStub(server.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse value) {
                        response.complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        response.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        response.cancel(false);
                    }
                });
        call.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> names =
                response.orTimeout(30, TimeUnit.SECONDS).join().getListServicesResponse().getServiceList().stream()
                        .map(service -> service.getName())
                        .toList();
        call.onCompleted();
        return names;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void guardAServerOnAUnixSocket(@TempDir Path folder) throws Exception {
        assertThat(Epoll.isAvailable()).isTrue();
        CompletableFuture<InetAddress> client = new CompletableFuture<>();
        RateLimitPolicy policy = context -> {
            client.complete(context.clientAddress());
            return List.of();
        };
        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(policy))
                .build();
        DomainSocketAddress address =
                new DomainSocketAddress(folder.resolve("chat.sock").toFile());
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        var handlers = ChatServer.threads();
        var service = new ChatServiceGrpc.ChatServiceImplBase() {
            @Override
            public void say(Line request, StreamObserver<Line> observer) {
                ChatServer.echo(request, observer);
            }
        };
        var server = NettyServerBuilder.forAddress(address)
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(handlers)
                .intercept(GuardInterceptor.of(guard, handlers))
                .addService(service)
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress(address)
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(loops)
                .usePlaintext()
                .build();
        try {
            assertThat(ChatServiceGrpc.newBlockingStub(channel).say(line("hello")))
                    .isEqualTo(line("hello"));
            assertThat(client.join()).isEqualTo(InetAddress.getLoopbackAddress());
        } finally {
            channel.shutdownNow();
            server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
            handlers.shutdown();
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(30, TimeUnit.SECONDS);
        }
    }
}
