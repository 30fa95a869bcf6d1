package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.grpc.library.AddBooksResponse;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.LibraryServiceGrpc.LibraryServiceBlockingStub;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Generated stubs of a third service on the channel of an upstream. */
class ChannelTest {
    private static final GetBookRequest DUNE =
            GetBookRequest.newBuilder().setTitle("Dune").build();
    private static final int KIB_64 = 64 << 10;

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    @Test
    void servesEveryKindOfStub() throws Exception {
        library.listBooks = new Library.Shelf();
        Channel channel = upstream().channel();

        assertThat(LibraryServiceGrpc.newBlockingStub(channel).getBook(DUNE)).isEqualTo(Library.book);
        assertThat(LibraryServiceGrpc.newFutureStub(channel).getBook(DUNE).get(30, TimeUnit.SECONDS))
                .isEqualTo(Library.book);
        Iterator<Book> books = LibraryServiceGrpc.newBlockingStub(channel)
                .listBooks(ListBooksRequest.newBuilder().setCount(100).build());
        assertThat(books).toIterable().hasSize(100);
        Collector<AddBooksResponse> added = new Collector<>();
        StreamObserver<Book> sender = LibraryServiceGrpc.newStub(channel).addBooks(added);
        sender.onNext(Library.book);
        sender.onNext(Library.book);
        sender.onCompleted();
        assertThat(resultOf(added.end)).isNull();
        assertThat(added.received).extracting(AddBooksResponse::getCount).containsExactly(2);
        assertThat(channel.authority()).isEqualTo("127.0.0.1:" + server.port());
    }

    @Test
    void carriesTheContext() {
        CallContext context = CallContext.of("req-1").withPropagation("traceparent", "00-1-2-01");

        Metadata headers = headersOf(stub -> stub.withOption(Upstream.CALL_CONTEXT, context));

        assertThat(headers.getAll(key("x-request-id"))).containsExactly("req-1");
        assertThat(headers.getAll(key("traceparent"))).containsExactly("00-1-2-01");
    }

    @Test
    void leavesHeadersOfTheStubAsTheyAre() {
        Metadata own = new Metadata();
        own.put(key("x-request-id"), "own");

        Metadata headers = headersOf(stub -> stub.withOption(Upstream.CALL_CONTEXT, CallContext.of("req-1"))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(own)));

        assertThat(headers.getAll(key("x-request-id"))).containsExactly("own");
    }

    @Test
    void needsNoContext() {
        assertThat(headersOf(stub -> stub).containsKey(key("x-request-id"))).isFalse();
    }

    @Test
    void boundsUnaryCallsByTheEarliestDeadline() {
        CallContext nine = CallContext.create().withTimeout(Duration.ofSeconds(9));

        assertThat(deadlineOf(stub -> stub)).hasValueSatisfying(d -> assertWithin(d, 20));
        assertThat(deadlineOf(stub -> stub.withDeadlineAfter(1, TimeUnit.HOURS)))
                .hasValueSatisfying(d -> assertWithin(d, 20));
        assertThat(deadlineOf(stub -> stub.withDeadlineAfter(8, TimeUnit.SECONDS)))
                .hasValueSatisfying(d -> assertWithin(d, 8));
        assertThat(deadlineOf(stub -> stub.withOption(Upstream.CALL_CONTEXT, nine)))
                .hasValueSatisfying(d -> assertWithin(d, 9));
    }

    @Test
    void boundsStreamsByTheirContextOnly() {
        CallContext nine = CallContext.create().withTimeout(Duration.ofSeconds(9));

        assertThat(deadlineOfStream(stub -> stub)).isEmpty();
        assertThat(deadlineOfStream(stub -> stub.withOption(Upstream.CALL_CONTEXT, nine)))
                .hasValueSatisfying(d -> assertWithin(d, 9));
    }

    @Test
    void endsACallWhoseTimeIsUp() {
        library.getBook = TestServer.hanging();
        CallContext late = CallContext.create().withTimeout(Duration.ofMillis(150));

        StatusRuntimeException error = failureOf(() ->
                blocking(upstream()).withOption(Upstream.CALL_CONTEXT, late).getBook(DUNE));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(GrpcErrors.from(error).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void makesNoCallForAClientThatHasGoneOrHasNoTimeLeft() {
        Cancellation client = new Cancellation();
        client.cancel();
        CallContext gone = CallContext.create().withCancellation(client);
        CallContext late = CallContext.create().withTimeout(Duration.ZERO);
        Upstream upstream = upstream();

        assertThat(failureOf(() -> blocking(upstream)
                                .withOption(Upstream.CALL_CONTEXT, gone)
                                .getBook(DUNE))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.CANCELLED);
        assertThat(failureOf(() -> blocking(upstream)
                                .withOption(Upstream.CALL_CONTEXT, late)
                                .getBook(DUNE))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(server.calls).hasValue(0);
    }

    @Test
    void cancelsTheCallWithItsContext() throws Exception {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        library.getBook = (request, observer) -> {
            ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> cancelled.complete(null));
            arrived.complete(null);
        };
        Cancellation client = new Cancellation();
        Upstream upstream = upstream();
        ListenableFuture<Book> book = LibraryServiceGrpc.newFutureStub(upstream.channel())
                .withOption(Upstream.CALL_CONTEXT, CallContext.create().withCancellation(client))
                .getBook(DUNE);
        resultOf(arrived);

        client.cancel();

        resultOf(cancelled);
        assertThat(book).failsWithin(Duration.ofSeconds(30));
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void cancelsTheCallWithTheFutureOfTheStub() throws Exception {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        library.getBook = (request, observer) -> {
            ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> cancelled.complete(null));
            arrived.complete(null);
        };
        Cancellation client = new Cancellation();
        ListenableFuture<Book> book = LibraryServiceGrpc.newFutureStub(
                        upstream().channel())
                .withOption(Upstream.CALL_CONTEXT, CallContext.create().withCancellation(client))
                .getBook(DUNE);
        resultOf(arrived);

        book.cancel(true);

        resultOf(cancelled);
        await().untilAsserted(
                        () -> assertThat(CallContextTest.listeners(client)).isEmpty());
    }

    @Test
    void maySendAfterItsContextWasCancelled() throws Exception {
        Cancellation client = new Cancellation();
        Collector<AddBooksResponse> response = new Collector<>();
        StreamObserver<Book> sender = LibraryServiceGrpc.newStub(upstream().channel())
                .withOption(Upstream.CALL_CONTEXT, CallContext.create().withCancellation(client))
                .addBooks(response);
        sender.onNext(Library.book);

        client.cancel();

        assertThatCode(() -> {
                    sender.onNext(Library.book);
                    sender.onCompleted();
                })
                .doesNotThrowAnyException();
        assertThat(response.end)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .satisfies(error ->
                        assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.CANCELLED));
    }

    @Test
    void leavesNoCallbackBehind() throws Exception {
        Cancellation client = new Cancellation();
        CallContext context = CallContext.create().withCancellation(client);
        LibraryServiceBlockingStub stub = blocking(upstream()).withOption(Upstream.CALL_CONTEXT, context);

        for (int i = 0; i < 20; i++) {
            library.getBook = i % 2 == 0 ? TestServer.answering(Library.book) : TestServer.failing(Status.NOT_FOUND);
            if (i % 2 == 0) {
                stub.getBook(DUNE);
            } else {
                failureOf(() -> stub.getBook(DUNE));
            }
        }

        assertThat(CallContextTest.listeners(client)).isEmpty();
    }

    @Test
    void passesBackPressureOnToTheService() throws Exception {
        int count = 600;
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;
        CompletableFuture<Integer> received = new CompletableFuture<>();
        CompletableFuture<ClientCallStreamObserver<ListBooksRequest>> call = new CompletableFuture<>();
        LibraryServiceBlockingStub blocking = blocking(upstream());
        LibraryServiceGrpc.newStub(blocking.getChannel())
                .listBooks(
                        ListBooksRequest.newBuilder()
                                .setCount(count)
                                .setBytesEach(KIB_64)
                                .build(),
                        new ClientResponseObserver<ListBooksRequest, Book>() {
                            private int taken;

                            @Override
                            public void beforeStart(ClientCallStreamObserver<ListBooksRequest> stream) {
                                stream.disableAutoRequestWithInitial(1);
                                call.complete(stream);
                            }

                            @Override
                            public void onNext(Book book) {
                                taken++;
                            }

                            @Override
                            public void onError(Throwable error) {
                                received.completeExceptionally(error);
                            }

                            @Override
                            public void onCompleted() {
                                received.complete(taken);
                            }
                        });
        for (int i = 0; i < 200; i++) {
            blocking.getBook(DUNE);
        }
        assertThat(shelf.sent.get()).isLessThanOrEqualTo((12 << 20) / KIB_64);

        resultOf(call).request(count);

        assertThat(resultOf(received)).isEqualTo(count);
    }

    @Test
    void endsWithItsUpstream() {
        Upstream upstream = upstream();
        upstream.close();

        assertThat(failureOf(() -> blocking(upstream).getBook(DUNE)).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    private Upstream upstream() {
        return server.upstream(builder -> builder.deadline(Duration.ofSeconds(20)));
    }

    private static LibraryServiceBlockingStub blocking(Upstream upstream) {
        return LibraryServiceGrpc.newBlockingStub(upstream.channel());
    }

    private static StatusRuntimeException failureOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private Metadata headersOf(UnaryOperator<LibraryServiceBlockingStub> options) {
        return inService(TestServer.HEADERS::get, stub -> options.apply(stub).getBook(DUNE));
    }

    private Optional<Deadline> deadlineOf(UnaryOperator<LibraryServiceBlockingStub> options) {
        return inService(ChannelTest::deadline, stub -> options.apply(stub).getBook(DUNE));
    }

    private Optional<Deadline> deadlineOfStream(UnaryOperator<LibraryServiceBlockingStub> options) {
        return inService(
                ChannelTest::deadline,
                stub -> assertThat(options.apply(stub).listBooks(ListBooksRequest.getDefaultInstance()))
                        .toIterable()
                        .isEmpty());
    }

    private static Optional<Deadline> deadline() {
        return Optional.ofNullable(Context.current().getDeadline());
    }

    /** Returns the value of {@code observed} while the service handles {@code call}. */
    private <T> T inService(Supplier<T> observed, Consumer<LibraryServiceBlockingStub> call) {
        CompletableFuture<T> seen = new CompletableFuture<>();
        library.getBook = (request, observer) -> {
            seen.complete(observed.get());
            TestServer.answer(observer, Library.book);
        };
        library.listBooks = (request, observer) -> {
            seen.complete(observed.get());
            observer.onCompleted();
        };
        call.accept(blocking(upstream()));
        return seen.join();
    }

    private static void assertWithin(Deadline deadline, int seconds) {
        assertThat(deadline.timeRemaining(TimeUnit.MILLISECONDS)).isLessThanOrEqualTo(seconds * 1_000L);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
