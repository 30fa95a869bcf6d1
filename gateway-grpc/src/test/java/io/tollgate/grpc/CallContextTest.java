package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.grpc.order.PurchaseResponse;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts whose deadline, headers and cancellation reach the service. */
class CallContextTest {
    private final TestServer server = new TestServer();
    private final Upstream upstream =
            server.upstream().deadline(Duration.ofSeconds(20)).build();
    private final GrpcOrderGateway orders = new GrpcOrderGateway(upstream);
    private final CompletableFuture<Void> arrived = new CompletableFuture<>();

    @AfterEach
    void stop() {
        server.close();
        upstream.close();
    }

    @Test
    void carriesTheRequestIdAndTheTrace() throws Exception {
        Metadata headers = headersOf(CallContext.of("req-1")
                .withPropagation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .withPropagation("TraceState", "congo=t61rcWkgMzE")
                .withPropagation("baggage", "plan=gold")
                .withPropagation("x-tenant", "acme"));

        assertThat(all(headers, "x-request-id")).containsExactly("req-1");
        assertThat(all(headers, "traceparent"))
                .containsExactly("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(all(headers, "tracestate")).containsExactly("congo=t61rcWkgMzE");
        assertThat(all(headers, "baggage")).containsExactly("plan=gold");
        assertThat(all(headers, "x-tenant")).containsExactly("acme");
    }

    @Test
    void leavesBehindWhatGrpcCannotCarry() throws Exception {
        Metadata headers = headersOf(CallContext.of("req-1")
                .withPropagation("baggage", "name=J\u00fcrgen")
                .withPropagation("tracestate", "a=b\r\nx-admin: true")
                .withPropagation("traceparent", "")
                .withPropagation("not a name", "v")
                .withPropagation("", "v")
                .withPropagation(":path", "/other")
                .withPropagation("x-bytes-bin", "v")
                .withPropagation("grpc-timeout", "1n")
                .withPropagation("x-request-id", "another")
                .withPropagation("x-good", "kept"));

        assertThat(all(headers, "x-good")).containsExactly("kept");
        assertThat(all(headers, "x-request-id")).containsExactly("req-1");
        assertThat(headers.keys())
                .doesNotContain("baggage", "tracestate", "traceparent", "not a name", "x-admin", "x-bytes-bin");
    }

    @Test
    void leavesBehindWhatAServerWouldNotTake() throws Exception {
        Metadata headers = headersOf(CallContext.create()
                .withPropagation("baggage", "k=" + "v".repeat(9_000))
                .withPropagation("traceparent", "00-1-2-01"));

        assertThat(headers.keys()).contains("traceparent").doesNotContain("baggage");
    }

    @Test
    void asksForAnAnswerWithinTheUpstreamsDeadline() throws Exception {
        assertThat(deadlineSeenWith(CallContext.create())).isBetween(1L, 20_000L);
        assertThat(deadlineSeenWith(CallContext.create().withTimeout(Duration.ofHours(1))))
                .isBetween(1L, 20_000L);
    }

    @Test
    void asksForAnAnswerWithinTheContextsDeadlineWhereThatIsEarlier() throws Exception {
        assertThat(deadlineSeenWith(CallContext.create().withTimeout(Duration.ofSeconds(9))))
                .isBetween(1L, 9_000L);
    }

    @Test
    void runsOutOfTimeWhenTheServiceHangs() throws Exception {
        server.purchase = TestServer.hanging();

        assertThat(errorOf(purchase(CallContext.create().withTimeout(Duration.ofMillis(150))))
                        .code())
                .isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void doesNotCallWhenTheTimeHasPassed(long millis) throws Exception {
        CallContext late = CallContext.create().withTimeout(Duration.ofMillis(millis));

        assertThat(errorOf(purchase(late)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(server.calls).hasValue(0);
    }

    @Test
    void cancelsTheCallAtTheServerWhenTheClientGoes() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        server.purchase = (request, observer) -> {
            ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> cancelled.complete(null));
            arrived.complete(null);
        };
        Cancellation client = new Cancellation();
        CompletionStage<?> stage = purchase(CallContext.create().withCancellation(client));
        resultOf(arrived);

        client.cancel();

        assertThat(errorOf(stage).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        resultOf(cancelled);
    }

    @Test
    void doesNotCallForAClientThatHasGone() throws Exception {
        Cancellation client = new Cancellation();
        client.cancel();

        assertThat(errorOf(purchase(CallContext.create().withCancellation(client)))
                        .code())
                .isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(server.calls).hasValue(0);
    }

    @Test
    void leavesNoListenerBehind() throws Exception {
        Cancellation client = new Cancellation();
        CallContext context = CallContext.create().withCancellation(client);

        for (int i = 0; i < 50; i++) {
            server.purchase = i % 2 == 0
                    ? TestServer.answering(PurchaseResponse.getDefaultInstance())
                    : TestServer.failing(io.grpc.Status.NOT_FOUND);
            purchase(context).handle((value, error) -> 0).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }

        assertThat(listeners(client)).isEmpty();
    }

    @Test
    void completesEveryCallThatIsCancelledWhileItEnds() throws Exception {
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        AtomicInteger ended = new AtomicInteger();

        for (int i = 0; i < 300; i++) {
            Cancellation client = new Cancellation();
            CompletionStage<?> stage = purchase(CallContext.create().withCancellation(client));
            stage.whenComplete((value, error) -> ended.incrementAndGet());
            client.cancel();
        }

        await().untilAsserted(() -> assertThat(ended).hasValue(300));
    }

    private CompletionStage<?> purchase(CallContext context) {
        return orders.purchase(new TicketPurchase("concert", "u-1", "key-1"), context);
    }

    private Metadata headersOf(CallContext context) throws Exception {
        CompletableFuture<Metadata> seen = new CompletableFuture<>();
        server.purchase = (request, observer) -> {
            seen.complete(TestServer.HEADERS.get());
            TestServer.answer(observer, PurchaseResponse.getDefaultInstance());
        };
        resultOf(purchase(context));
        return resultOf(seen);
    }

    /** In milliseconds from when the server saw the call. */
    private long deadlineSeenWith(CallContext context) throws Exception {
        CompletableFuture<Deadline> seen = new CompletableFuture<>();
        server.purchase = (request, observer) -> {
            seen.complete(Context.current().getDeadline());
            TestServer.answer(observer, PurchaseResponse.getDefaultInstance());
        };
        resultOf(purchase(context));
        return resultOf(seen).timeRemaining(TimeUnit.MILLISECONDS);
    }

    private static List<String> all(Metadata headers, String name) {
        Iterable<String> values = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        return values == null ? List.of() : toList(values);
    }

    private static List<String> toList(Iterable<String> values) {
        java.util.ArrayList<String> list = new java.util.ArrayList<>();
        values.forEach(list::add);
        return list;
    }

    static List<?> listeners(Cancellation cancellation) throws ReflectiveOperationException {
        Field field = Cancellation.class.getDeclaredField("listeners");
        field.setAccessible(true);
        return Objects.requireNonNull((List<?>) field.get(cancellation));
    }
}
