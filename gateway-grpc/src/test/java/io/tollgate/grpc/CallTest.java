package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Calls of a third service, without a stub. */
class CallTest {
    private static final MethodDescriptor<GetBookRequest, Book> GET_BOOK = LibraryServiceGrpc.getGetBookMethod();

    /** Four failures open it. */
    private static final BreakerSettings BRIEF =
            new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2);

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    @Test
    void returnsTheResponse() throws Exception {
        library.getBook = (request, observer) -> TestServer.answer(
                observer, Book.newBuilder().setTitle(request.getTitle() + "!").build());

        assertThat(resultOf(getBook(upstream(), CallContext.create())).getTitle())
                .isEqualTo("Dune!");
    }

    @Test
    void failsAsTheServiceDoes() throws Exception {
        library.getBook = TestServer.failing(Status.NOT_FOUND.withDescription("no such book"));

        GatewayException error = errorOf(getBook(upstream(), CallContext.create()));

        assertThat(error.code()).isEqualTo(CommonError.RESOURCE_NOT_FOUND);
        assertThat(error).hasMessage("no such book");
        assertThat(error.getCause()).hasMessage("test-service GetBook: NOT_FOUND: no such book");
    }

    @Test
    void isCancelledWithItsContext() throws Exception {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        library.getBook = (request, observer) -> {
            ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> cancelled.complete(null));
            arrived.complete(null);
        };
        Cancellation client = new Cancellation();
        CompletionStage<Book> stage = getBook(upstream(), CallContext.create().withCancellation(client));
        resultOf(arrived);

        client.cancel();

        assertThat(errorOf(stage).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        resultOf(cancelled);
    }

    @Test
    void endsAtTheEarlierDeadline() throws Exception {
        library.getBook = TestServer.hanging();

        Upstream hasty = server.upstream(builder -> builder.deadline(Duration.ofMillis(100)));
        assertThat(errorOf(getBook(hasty, CallContext.create())).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        CallContext late = CallContext.create().withTimeout(Duration.ofMillis(100));
        assertThat(errorOf(getBook(upstream(), late)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void clientsInAHurryDoNotOpenTheBreaker() throws Exception {
        library.getBook = TestServer.hanging();
        Upstream upstream = server.upstream(builder -> builder.breaker(BRIEF));
        for (int i = 0; i < 8; i++) {
            CallContext hurried = CallContext.create().withClientDeadlineNanos(System.nanoTime() + 20_000_000);

            assertThat(errorOf(getBook(upstream, hurried)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);

        for (int i = 0; i < 4; i++) {
            CallContext late = CallContext.create().withTimeout(Duration.ofMillis(20));
            assertThat(errorOf(getBook(upstream, late)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
        await().untilAsserted(() -> assertThat(upstream.breakerState()).isNotEqualTo(BreakerState.CLOSED));
    }

    /** Or an application that always asks for a little less than the deadline had no breaker against a service that hangs. */
    @Test
    void aClientThatGivesMostOfTheTimeIsInNoHurry() throws Exception {
        library.getBook = TestServer.hanging();
        Upstream upstream = server.upstream(builder -> builder.breaker(BRIEF).deadline(Duration.ofMillis(500)));
        for (int i = 0; i < 4; i++) {
            CallContext fair = CallContext.create().withClientDeadlineNanos(System.nanoTime() + 450_000_000);

            assertThat(errorOf(getBook(upstream, fair)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
        await().untilAsserted(() -> assertThat(upstream.breakerState()).isNotEqualTo(BreakerState.CLOSED));
    }

    @Test
    void aClientThatGivesMoreTimeThanTheUpstreamIsInNoHurry() throws Exception {
        library.getBook = TestServer.hanging();
        Upstream upstream = server.upstream(builder -> builder.breaker(BRIEF).deadline(Duration.ofMillis(20)));
        for (int i = 0; i < 4; i++) {
            CallContext patient = CallContext.create().withClientDeadlineNanos(System.nanoTime() + 60_000_000_000L);

            assertThat(errorOf(getBook(upstream, patient)).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
        await().untilAsserted(() -> assertThat(upstream.breakerState()).isNotEqualTo(BreakerState.CLOSED));
    }

    @Test
    void isRetriedIfItsMethodIsNamed() throws Exception {
        library.getBook = (request, observer) -> {
            if (server.calls.get() < 3) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                TestServer.answer(observer, Library.book);
            }
        };

        assertThat(resultOf(getBook(server.upstream(builder -> builder.retry(GET_BOOK)), CallContext.create())))
                .isEqualTo(Library.book);
        assertThat(server.calls).hasValue(3);
    }

    @Test
    void isRejectedWhileTheBreakerIsOpen() throws Exception {
        Upstream upstream = server.upstream(builder ->
                builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            errorOf(getBook(upstream, CallContext.create()));
        }

        assertThat(errorOf(getBook(upstream, CallContext.create())).code()).isEqualTo(CommonError.CIRCUIT_OPEN);
        RecordingSubscriber<Book> stream = new RecordingSubscriber<>();
        listBooks(upstream, stream);
        assertThat(stream.error())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        error -> assertThat(error.code()).isEqualTo(CommonError.CIRCUIT_OPEN));
        assertThat(server.calls).hasValue(4);
    }

    @Test
    void opensTheBreakerWithStreamsThatFail() throws Exception {
        Upstream upstream = server.upstream(builder ->
                builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2)));
        library.listBooks = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException());

        for (int i = 0; i < 4; i++) {
            RecordingSubscriber<Book> stream = new RecordingSubscriber<>();
            listBooks(upstream, stream);
            stream.error();
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void closesTheBreakerWithTheFirstResponseOfAStream() throws Exception {
        Upstream upstream = opened();
        library.listBooks = (request, observer) -> observer.onNext(Library.book);

        await().until(() -> {
            listBooks(upstream, RecordingSubscriber.requesting(1));
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void leavesTheProbesToOthersWhenStreamsAreSilent() throws Exception {
        Upstream upstream = opened();
        library.listBooks = new Library.Silence();
        int before = server.calls.get();
        await().until(() -> {
            listBooks(upstream, RecordingSubscriber.requesting(1));
            return server.calls.get() >= before + 2;
        });
        library.getBook = TestServer.answering(Library.book);

        await().until(() -> {
            getBook(upstream, CallContext.create())
                    .handle((value, error) -> 0)
                    .toCompletableFuture()
                    .join();
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void rejectsMethodsThatAreNotUnary() {
        Upstream upstream = upstream();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upstream.call(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.getDefaultInstance(),
                        CallContext.create()))
                .withMessage("method: library.v1.LibraryService/ListBooks is SERVER_STREAMING (expected: UNARY)");
        assertThatNullPointerException()
                .isThrownBy(() -> upstream.call(GET_BOOK, null, CallContext.create()))
                .withMessage("request");
        assertThatNullPointerException()
                .isThrownBy(() -> upstream.call(GET_BOOK, GetBookRequest.getDefaultInstance(), null))
                .withMessage("context");
    }

    /** Its breaker is about to let probes through. */
    private Upstream opened() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.breaker(BRIEF).deadline(Duration.ofMillis(500)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            errorOf(getBook(upstream, CallContext.create()));
        }
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);
        return upstream;
    }

    private Upstream upstream() {
        return server.upstream(builder -> builder);
    }

    private static CompletionStage<Book> getBook(Upstream upstream, CallContext context) {
        return upstream.call(
                GET_BOOK, GetBookRequest.newBuilder().setTitle("Dune").build(), context);
    }

    private static void listBooks(Upstream upstream, RecordingSubscriber<Book> subscriber) {
        upstream.stream(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.getDefaultInstance(),
                        CallContext.create())
                .subscribe(subscriber);
    }
}
