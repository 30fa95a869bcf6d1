package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.user.Credentials;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every stage completes, whatever happens, and only its call completes it. */
class CompletionTest {
    private static final TicketPurchase wish = new TicketPurchase("concert", "u-1", "key-1");

    private final TestServer server = new TestServer();
    private final ManagedChannel channel = Grpc.newChannelBuilder(
                    "127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void speaksOverAChannelThatIsHandedIn() throws Exception {
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());

        Purchase purchase = resultOf(new GrpcOrderGateway(channel).purchase(wish, CallContext.create()));

        assertThat(purchase.status()).isEqualTo(Purchase.Status.QUEUED);
        assertThat(channel.isShutdown()).isFalse();
    }

    @Test
    void hasADeadlineOverAChannelThatIsHandedIn() throws Exception {
        server.purchase = TestServer.hanging();
        GrpcOrderGateway orders = new GrpcOrderGateway(channel, Duration.ofMillis(100));

        assertThat(errorOf(orders.purchase(wish, CallContext.create())).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void failsWhenAnAnswerEndsWithoutAMessage() throws Exception {
        // A server that speaks gRPC well cannot do that to a unary call; one that does not says just this.
        try (Http2Server odd = Http2Server.answering(
                java.util.Map.of(":status", "200", "content-type", "application/grpc", "grpc-status", "0"))) {
            try (Upstream upstream =
                    Upstream.builder("test-service", "127.0.0.1", odd.port()).build()) {
                GatewayException error = errorOf(
                        new GrpcUserGateway(upstream).login(new Credentials("a@b.c", "x"), CallContext.create()));

                assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
                assertThat(error.getCause()).hasMessage("test-service Login: responded with no message");
            }
        }
    }

    @Test
    void failsWhenAChannelCannotMakeACall() throws Exception {
        Channel broken = new Channel() {
            @Override
            public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
                throw new IllegalStateException("broken");
            }

            @Override
            public String authority() {
                return "broken";
            }
        };

        assertBroken(errorOf(new GrpcOrderGateway(broken).purchase(wish, CallContext.create())));
    }

    @Test
    void failsWhenACallCannotStart() throws Exception {
        assertBroken(errorOf(new GrpcOrderGateway(ClientInterceptors.intercept(channel, new Breaking(true)))
                .purchase(wish, CallContext.create())));
    }

    @Test
    void failsWhenTheRequestCannotBeSent() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();

        assertBroken(errorOf(new GrpcOrderGateway(ClientInterceptors.intercept(channel, new Breaking(false, cancelled)))
                .purchase(wish, CallContext.create())));
        resultOf(cancelled);
    }

    @Test
    void cancelsAStreamThatCannotBeMadeAlsoIfItsSubscriberThrows() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<Throwable> reported = new CompletableFuture<>();
        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>() {
            @Override
            public void onError(Throwable error) {
                reported.complete(error);
                throw new IllegalStateException("the subscriber is broken");
            }
        };
        try (Upstream upstream =
                server.upstream().intercept(new Breaking(false, cancelled)).build()) {
            Flow.Publisher<Book> books = upstream.stream(
                    LibraryServiceGrpc.getListBooksMethod(),
                    ListBooksRequest.getDefaultInstance(),
                    CallContext.create());

            assertThatThrownBy(() -> books.subscribe(subscriber)).hasMessage("the subscriber is broken");
        }

        assertBroken((GatewayException) resultOf(reported));
        resultOf(cancelled);
    }

    @Test
    void failsCallsAfterClosing() throws Exception {
        Upstream upstream = server.upstream().build();
        upstream.close();

        assertThat(errorOf(new GrpcOrderGateway(upstream).purchase(wish, CallContext.create()))
                        .code())
                .isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void failsCallsInFlightWhenClosingTakesTooLong() throws Exception {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        server.purchase = (request, observer) -> arrived.complete(null);
        Upstream upstream = server.upstream().closeTimeout(Duration.ZERO).build();
        CompletionStage<Purchase> stage = new GrpcOrderGateway(upstream).purchase(wish, CallContext.create());
        resultOf(arrived);

        upstream.close();

        assertThat(errorOf(stage).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void letsNobodyElseCompleteAStage() throws Exception {
        server.purchase = TestServer.answering(PurchaseResponse.getDefaultInstance());
        CompletionStage<Purchase> stage = new GrpcOrderGateway(channel).purchase(wish, CallContext.create());

        assertThatThrownBy(() -> ((CompletableFuture<Purchase>) stage).cancel(true))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(stage.toCompletableFuture().cancel(true)).isTrue();

        assertThat(resultOf(stage).status()).isEqualTo(Purchase.Status.QUEUED);
    }

    private static void assertBroken(GatewayException error) {
        assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(error.getMessage()).doesNotContain("broken");
        assertThat(error.getCause()).hasRootCauseMessage("broken");
    }

    /** Throws when a call starts, or else when its request is sent. */
    private record Breaking(boolean start, CompletableFuture<Void> cancelled) implements ClientInterceptor {
        Breaking(boolean start) {
            this(start, new CompletableFuture<>());
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    if (start) {
                        throw new IllegalStateException("broken");
                    }
                    super.start(listener, headers);
                }

                @Override
                public void sendMessage(Q message) {
                    throw new IllegalStateException("broken");
                }

                @Override
                public void cancel(String message, Throwable cause) {
                    super.cancel(message, cause);
                    cancelled.complete(null);
                }
            };
        }
    }
}
