package io.tollgate.runner.frontdoor;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** Real gRPC services on a real port that answer as the test at hand says. */
final class ScriptedUpstream implements AutoCloseable {
    /** The metadata of the call that is being answered. */
    static final Context.Key<Metadata> METADATA = Context.key("metadata");

    volatile BiConsumer<RegisterRequest, StreamObserver<RegisterResponse>> register = unscripted();
    volatile BiConsumer<LoginRequest, StreamObserver<LoginResponse>> login = unscripted();
    volatile BiConsumer<RefreshTokenRequest, StreamObserver<RefreshTokenResponse>> refresh = unscripted();
    volatile BiConsumer<PurchaseRequest, StreamObserver<PurchaseResponse>> purchase = unscripted();

    /** The health that it reports; it serves unless a test says otherwise. */
    final HealthStatusManager health = new HealthStatusManager();

    /** Counts purchases. */
    final AtomicInteger purchases = new AtomicInteger();

    private final Server server;

    ScriptedUpstream() throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create());
    }

    ScriptedUpstream(InetSocketAddress address, ServerCredentials credentials) throws IOException {
        server = NettyServerBuilder.forAddress(address, credentials)
                .addService(health.getHealthService())
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        return io.grpc.Contexts.interceptCall(
                                Context.current().withValue(METADATA, headers), call, headers, next);
                    }
                })
                .addService(new UserServiceGrpc.UserServiceImplBase() {
                    @Override
                    public void register(RegisterRequest request, StreamObserver<RegisterResponse> answer) {
                        register.accept(request, answer);
                    }

                    @Override
                    public void login(LoginRequest request, StreamObserver<LoginResponse> answer) {
                        login.accept(request, answer);
                    }

                    @Override
                    public void refreshToken(RefreshTokenRequest request, StreamObserver<RefreshTokenResponse> answer) {
                        refresh.accept(request, answer);
                    }
                })
                .addService(new OrderServiceGrpc.OrderServiceImplBase() {
                    @Override
                    public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> answer) {
                        purchases.incrementAndGet();
                        purchase.accept(request, answer);
                    }
                })
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Confirms a purchase. */
    static void confirm(PurchaseRequest request, StreamObserver<PurchaseResponse> answer) {
        PurchaseResponse confirmed = PurchaseResponse.newBuilder()
                .setStatus(PurchaseResponse.Status.CONFIRMED)
                .build();
        ScriptedUpstream.<PurchaseRequest, PurchaseResponse>answering(confirmed).accept(request, answer);
    }

    /** Answers every call with one message. */
    static <Q, A> BiConsumer<Q, StreamObserver<A>> answering(A message) {
        return (request, answer) -> {
            answer.onNext(message);
            answer.onCompleted();
        };
    }

    /** Fails every call. */
    static <Q, A> BiConsumer<Q, StreamObserver<A>> failing(Throwable failure) {
        return (request, answer) -> answer.onError(failure);
    }

    /** Never answers. */
    static <Q, A> BiConsumer<Q, StreamObserver<A>> hanging() {
        return (request, answer) -> {};
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static <Q, A> BiConsumer<Q, StreamObserver<A>> unscripted() {
        return failing(io.grpc.Status.UNKNOWN
                .withDescription("this test did not say what to answer")
                .asRuntimeException());
    }

    /** What the order service says of an idempotency key that was used for another purchase. */
    static StatusRuntimeException keyReused() {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.ABORTED.value())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason("IDEMPOTENCY_KEY_REUSED")
                        .setDomain("tollgate.io")
                        .build()))
                .build());
    }
}
