package io.tollgate.grpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real gRPC server on a free port of the loopback interface, whose answers a test can change as it goes. */
final class TestServer implements AutoCloseable {
    static final Context.Key<Metadata> HEADERS = Context.key("headers");

    volatile ServerCalls.UnaryMethod<RegisterRequest, RegisterResponse> register = unexpected();
    volatile ServerCalls.UnaryMethod<LoginRequest, LoginResponse> login = unexpected();
    volatile ServerCalls.UnaryMethod<RefreshTokenRequest, RefreshTokenResponse> refresh = unexpected();
    volatile ServerCalls.UnaryMethod<PurchaseRequest, PurchaseResponse> purchase = unexpected();

    /** Counts the calls that have arrived, each attempt of a call once. */
    final AtomicInteger calls = new AtomicInteger();

    private final int port;
    private final BindableService[] services;
    private final @Nullable ExecutorService threads; // null for those of gRPC
    private volatile Server server;
    private final List<Upstream> upstreams = new CopyOnWriteArrayList<>();

    TestServer() {
        this(0);
    }

    TestServer(int port) {
        this.services = new BindableService[] {new Users(), new Orders()};
        this.threads = null;
        this.server = start(port);
        this.port = server.getPort();
    }

    private TestServer(@Nullable ExecutorService threads, BindableService... services) {
        this.services = services;
        this.threads = threads;
        this.server = start(0);
        this.port = server.getPort();
    }

    /** A server with services of the test's own. */
    static TestServer of(BindableService... services) {
        return new TestServer(null, services);
    }

    /** A server that runs so many calls at a time; further ones wait. */
    static TestServer withThreads(int threads, BindableService... services) {
        return new TestServer(Executors.newFixedThreadPool(threads), services);
    }

    int port() {
        return port;
    }

    /** Ends every connection, whatever is in flight; nobody listens then. */
    void stop() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts on the same port, after it was stopped. */
    void startAgain() {
        server = start(port);
    }

    UpstreamBuilder upstream() {
        return Upstream.builder("test-service", "127.0.0.1", port());
    }

    /** Returns an upstream for this server, which is closed with it. */
    Upstream upstream(UnaryOperator<UpstreamBuilder> settings) {
        Upstream upstream = settings.apply(upstream()).build();
        upstreams.add(upstream);
        return upstream;
    }

    /** Ends every connection, whatever is in flight, and closes the upstreams. */
    @Override
    public void close() {
        stop();
        upstreams.forEach(Upstream::close);
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    static <Q, A> ServerCalls.UnaryMethod<Q, A> answering(A answer) {
        return (request, observer) -> answer(observer, answer);
    }

    static <Q, A> ServerCalls.UnaryMethod<Q, A> failing(io.grpc.Status status) {
        return (request, observer) -> observer.onError(status.asRuntimeException());
    }

    /** Never answers. */
    static <Q, A> ServerCalls.UnaryMethod<Q, A> hanging() {
        return (request, observer) -> {};
    }

    static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private static <Q, A> ServerCalls.UnaryMethod<Q, A> unexpected() {
        return failing(io.grpc.Status.UNIMPLEMENTED.withDescription("the test did not expect this call"));
    }

    private Server start(int on) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), on))
                .executor(threads)
                .intercept(new Counting());
        for (BindableService service : services) {
            builder.addService(service);
        }
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Counting implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            calls.incrementAndGet();
            return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
        }
    }

    private final class Users extends UserServiceGrpc.UserServiceImplBase {
        @Override
        public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
            register.invoke(request, observer);
        }

        @Override
        public void login(LoginRequest request, StreamObserver<LoginResponse> observer) {
            login.invoke(request, observer);
        }

        @Override
        public void refreshToken(RefreshTokenRequest request, StreamObserver<RefreshTokenResponse> observer) {
            refresh.invoke(request, observer);
        }
    }

    private final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
            purchase.invoke(request, observer);
        }
    }
}
