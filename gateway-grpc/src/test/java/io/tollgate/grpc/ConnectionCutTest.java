package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.user.Credentials;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are reset in the middle of many calls, again and again, by a proxy before a real service. */
class ConnectionCutTest {
    private static final int CALLS = 10_000;
    private static final int CALLERS = 3;
    private static final int IN_FLIGHT = 200;
    private static final int CALLS_PER_CUT = 250;

    @AutoClose
    private final TestServer server = new TestServer();

    @AutoClose
    private final FaultyProxy proxy = new FaultyProxy(server.port());

    private final Set<String> statuses = ConcurrentHashMap.newKeySet();

    /** The service logs each response that it cannot send any more. */
    private final Logger service = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

    @BeforeEach
    void silence() {
        service.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        service.setLevel(null);
    }

    @Test
    void takesEveryLostConnectionForAnUnavailableService() throws Exception {
        Set<String> bought = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        server.purchase = (request, observer) -> {
            if (!bought.add(request.getIdempotencyKey())) {
                twice.incrementAndGet();
            }
            TestServer.answer(
                    observer,
                    PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .build());
        };
        try (Upstream upstream = upstream().build()) {
            GrpcOrderGateway orders = new GrpcOrderGateway(upstream);

            Map<String, AtomicInteger> outcomes = outcomes(
                    call -> orders.purchase(new TicketPurchase("concert", "u-1", "key-" + call), CallContext.create()));

            assertThat(outcomes).containsOnlyKeys("OK", CommonError.SERVICE_UNAVAILABLE.name());
            assertThat(statuses).as("what metrics see").isSubsetOf("OK", "UNAVAILABLE");
            assertThat(twice).as("purchases made twice").hasValue(0);
        }
    }

    @Test
    void makesCallsAgainWhoseMethodMayBeCalledTwice() throws Exception {
        server.login = TestServer.answering(LoginResponse.newBuilder()
                .setUser(User.newBuilder().setId("u-1"))
                .build());
        try (Upstream upstream =
                upstream().retry(GrpcUserGateway.LOGIN).retryBudget(100).build()) {
            GrpcUserGateway users = new GrpcUserGateway(upstream);

            Map<String, AtomicInteger> outcomes =
                    outcomes(call -> users.login(new Credentials("ada@example.org", "secret"), CallContext.create()));

            assertThat(upstream.retries()).isPositive();
            assertThat(outcomes.keySet()).contains("OK").isSubsetOf("OK", CommonError.SERVICE_UNAVAILABLE.name());
            assertThat(statuses).isSubsetOf("OK", "UNAVAILABLE");
        }
    }

    private UpstreamBuilder upstream() {
        return Upstream.builder("test-service", "127.0.0.1", proxy.port())
                .withoutBreaker()
                .deadline(Duration.ofSeconds(30))
                .reconnectInterval(Duration.ofMillis(20))
                .intercept(new Recording());
    }

    /** Makes calls, {@value #IN_FLIGHT} at a time, while connections are cut, and counts how they end. */
    private Map<String, AtomicInteger> outcomes(IntFunction<CompletionStage<?>> call) throws Exception {
        Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicInteger made = new AtomicInteger();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int t = 0; t < CALLERS; t++) {
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = made.getAndIncrement(); i < CALLS; i = made.getAndIncrement()) {
                            free.acquireUninterruptibly();
                            call.apply(i).whenComplete((value, error) -> {
                                String outcome = error == null
                                        ? "OK"
                                        : GatewayException.from(error).code().name();
                                outcomes.computeIfAbsent(outcome, o -> new AtomicInteger())
                                        .incrementAndGet();
                                free.release();
                            });
                            if (i % CALLS_PER_CUT == CALLS_PER_CUT - 1) {
                                if (i / CALLS_PER_CUT % 2 == 0) {
                                    proxy.cut();
                                } else {
                                    proxy.hangUp();
                                }
                            }
                        }
                    },
                    task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> caller : callers) {
            caller.get(60, TimeUnit.SECONDS);
        }
        assertThat(free.tryAcquire(IN_FLIGHT, 60, TimeUnit.SECONDS))
                .as("every call has ended")
                .isTrue();
        return outcomes;
    }

    private final class Recording implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    statuses.add(status.getCode().name());
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                }
            };
        }
    }
}
