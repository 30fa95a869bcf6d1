package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.LibraryServiceGrpc.LibraryServiceBlockingStub;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures, the circuit breaker and retries, as generated stubs of a third service meet them. */
class ChannelFailureTest {
    private static final GetBookRequest DUNE =
            GetBookRequest.newBuilder().setTitle("Dune").build();

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    @Test
    void rejectsCallsWhileTheBreakerIsOpen() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Upstream upstream = server.upstream(
                builder -> builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2))
                        .intercept(recording(seen)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);

        StatusRuntimeException rejected = failureOf(() -> blocking(upstream).getBook(DUNE));

        assertThat(rejected.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(rejected.getTrailers()
                        .get(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER)))
                .satisfies(ms -> assertThat(Integer.parseInt(ms)).isBetween(1, 600_000));
        GatewayException error = GrpcErrors.from(rejected);
        assertThat(error.code()).isEqualTo(CommonError.CIRCUIT_OPEN);
        assertThat(error.retryAfter()).isPresent();
        assertThat(server.calls).hasValue(4);
        assertThat(seen).hasSize(4);
    }

    @Test
    void closesTheBreakerAgain() {
        Upstream upstream = server.upstream(
                builder -> builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        library.getBook = TestServer.answering(Library.book);

        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class).until(() -> {
            blocking(upstream).getBook(DUNE);
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void leavesTheProbesToOthersWhenStreamsAreSilent() {
        Upstream upstream = server.upstream(builder -> builder.deadline(Duration.ofMillis(500))
                .breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        library.listBooks = new Library.Silence();
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        await().until(() -> {
            LibraryServiceGrpc.newStub(upstream.channel())
                    .listBooks(ListBooksRequest.getDefaultInstance(), new Collector<>());
            return server.calls.get() >= 4 + 2;
        });
        library.getBook = TestServer.answering(Library.book);

        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class).until(() -> {
            blocking(upstream).getBook(DUNE);
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void blamesNoServiceForAnObserverThatThrows() {
        Upstream upstream = server.upstream(builder ->
                builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2)));

        for (int i = 0; i < 4; i++) {
            Collector<Book> broken = new Collector<>() {
                @Override
                public void onNext(Book book) {
                    throw Status.UNAVAILABLE
                            .withDescription("of another service")
                            .asRuntimeException();
                }
            };
            LibraryServiceGrpc.newStub(upstream.channel()).getBook(DUNE, broken);
            assertThat(broken.end).failsWithin(Duration.ofSeconds(30));
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void wantsNoMessagesForACallThatWasNotMade() {
        Cancellation client = new Cancellation();
        client.cancel();

        StreamObserver<Book> sender = LibraryServiceGrpc.newStub(
                        server.upstream(builder -> builder).channel())
                .withOption(Upstream.CALL_CONTEXT, CallContext.create().withCancellation(client))
                .addBooks(new Collector<>());

        assertThat(((ClientCallStreamObserver<Book>) sender).isReady()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelsACallThatIsCancelledWhileItStarts(boolean before) throws Exception {
        Runnable nothing = () -> {};
        AtomicReference<Runnable> cancelling = new AtomicReference<>(nothing);
        Upstream upstream = server.upstream(builder -> builder.intercept(new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if (before) {
                    cancelling.get().run();
                }
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        if (!before) {
                            cancelling.get().run();
                        }
                        super.start(listener, headers);
                    }
                };
            }
        }));
        blocking(upstream).getBook(DUNE); // connects
        library.getBook = TestServer.hanging();
        ClientCall<GetBookRequest, Book> call =
                upstream.channel().newCall(LibraryServiceGrpc.getGetBookMethod(), CallOptions.DEFAULT);
        cancelling.set(() -> call.cancel("not needed", null));
        CompletableFuture<Status> end = new CompletableFuture<>();

        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());

        assertThat(resultOf(end).getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(resultOf(end).getDescription()).isEqualTo("not needed");
    }

    @Test
    void endsCallsInFlightWhenItsUpstreamIsClosed() throws Exception {
        Library.Silence silence = new Library.Silence();
        library.listBooks = silence;
        Upstream upstream = server.upstream(builder -> builder.closeTimeout(Duration.ZERO));
        Collector<Book> books = new Collector<>();
        LibraryServiceGrpc.newStub(upstream.channel()).listBooks(ListBooksRequest.getDefaultInstance(), books);
        resultOf(silence.arrived);

        upstream.close();

        assertThat(books.end)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .satisfies(
                        error -> assertThat(GrpcErrors.from(error).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE));
    }

    @Test
    void retriesTheMethodsThatAreNamed() {
        Upstream upstream = server.upstream(builder -> builder.withoutBreaker()
                .retry(LibraryServiceGrpc.getGetBookMethod())
                .retry("library.v1.LibraryService/AddBooks")); // takes a stream: made once
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        library.listBooks = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException());

        failureOf(() -> blocking(upstream).getBook(DUNE));
        assertThat(server.calls).hasValue(3);

        failureOf(() -> blocking(upstream)
                .listBooks(ListBooksRequest.getDefaultInstance())
                .hasNext());
        assertThat(server.calls).hasValue(4);
    }

    @Test
    void rejectsToRetryMethodsThatTakeMoreThanOneRequest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.upstream().retry(LibraryServiceGrpc.getAddBooksMethod()))
                .withMessage("method: library.v1.LibraryService/AddBooks is CLIENT_STREAMING (expected: one request)");
    }

    @Test
    void retriesAStreamUntilItHasBegun() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        library.listBooks = (request, observer) -> {
            if (tries.incrementAndGet() > 1) {
                observer.onNext(Library.book);
            }
            observer.onError(Status.UNAVAILABLE.asRuntimeException());
        };
        Upstream upstream = server.upstream(builder -> builder.retry(LibraryServiceGrpc.getListBooksMethod()));
        RecordingSubscriber<Book> books = RecordingSubscriber.requesting(10);

        upstream.stream(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.getDefaultInstance(),
                        CallContext.create())
                .subscribe(books);

        assertThat(books.error()).isInstanceOf(GatewayException.class);
        assertThat(books.received).containsExactly(Library.book);
        assertThat(tries).hasValue(2);
    }

    @Test
    void endsAtOnceWhenItIsCancelledBetweenTwoAttempts() throws Exception {
        Metadata inAWhile = new Metadata();
        inAWhile.put(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), "30000");
        library.getBook = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException(inAWhile));
        Upstream upstream = server.upstream(
                builder -> builder.deadline(Duration.ofMinutes(5)).retry(LibraryServiceGrpc.getGetBookMethod()));
        Cancellation client = new Cancellation();
        CompletionStage<Book> waiting = upstream.call(
                LibraryServiceGrpc.getGetBookMethod(),
                DUNE,
                CallContext.create().withCancellation(client));
        await().until(() -> server.calls.get() == 1);

        client.cancel();

        assertThat(Outcomes.errorOf(waiting).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(server.calls).hasValue(1);
    }

    @Test
    void showsTextOfTheServiceAndNoneOfTheClientLibrary() throws Exception {
        library.getBook = TestServer.failing(Status.PERMISSION_DENIED.withDescription("members only"));
        assertThat(GrpcErrors.from(failureOf(
                        () -> blocking(server.upstream(builder -> builder)).getBook(DUNE))))
                .hasMessage("members only");

        library.getBook = TestServer.answering(
                Book.newBuilder().setTitle("t".repeat(5_000)).build());
        Upstream small = server.upstream(builder -> builder.maxInboundMessageSize(1 << 10));
        assertThat(GrpcErrors.from(failureOf(() -> blocking(small).getBook(DUNE))))
                .hasMessage("The service failed to handle the request.");

        try (Http2Server proxy = Http2Server.answering(
                        Map.of(":status", "403", "content-type", "text/html"), "proxy-7 says no");
                Upstream wrong =
                        Upstream.builder("wrong", "127.0.0.1", proxy.port()).build()) {
            assertThat(GrpcErrors.from(failureOf(() -> blocking(wrong).getBook(DUNE))))
                    .hasMessage("You may not do that.");
        }
    }

    private static LibraryServiceBlockingStub blocking(Upstream upstream) {
        return LibraryServiceGrpc.newBlockingStub(upstream.channel());
    }

    private static StatusRuntimeException failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static ClientInterceptor recording(List<String> seen) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                seen.add(method.getFullMethodName());
                return next.newCall(method, options);
            }
        };
    }
}
