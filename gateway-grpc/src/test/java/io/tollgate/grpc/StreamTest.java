package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of a third service, without a stub. */
class StreamTest {
    private static final int KIB_64 = 64 << 10;

    /** gRPC's windows grow to 8 MiB; the rest is for what is in its buffers. */
    private static final int MOST_IN_FLIGHT = (12 << 20) / KIB_64;

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    private final Upstream upstream = server.upstream(builder -> builder.deadline(Duration.ofSeconds(20)));

    @Test
    void publishesAllResponsesInOrder() throws Exception {
        library.listBooks = new Library.Shelf();

        assertThat(subscribe(books(500, 10), RecordingSubscriber.requesting(Long.MAX_VALUE))
                        .all())
                .extracting(Book::getNumber)
                .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void neverRunsOutOfUnboundedDemand() throws Exception {
        library.listBooks = new Library.Shelf();
        AtomicLong demand = new AtomicLong();
        Upstream counted = server.upstream(builder -> builder.intercept(new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void request(int messages) {
                        demand.addAndGet(messages);
                        super.request(messages);
                    }
                };
            }
        }));

        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>(subscription -> {
            subscription.request(Long.MAX_VALUE);
            subscription.request(Long.MAX_VALUE);
        });
        counted.stream(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.newBuilder().setCount(100).build(),
                        CallContext.create())
                .subscribe(subscriber);

        assertThat(subscriber.all()).hasSize(100);
        assertThat(demand).hasValue(Integer.MAX_VALUE + 100L);
    }

    @Test
    void completesWithoutDemandWhereThereIsNothing() throws Exception {
        library.listBooks = (request, observer) -> observer.onCompleted();

        assertThat(subscribe(books(0, 0), new RecordingSubscriber<>()).all()).isEmpty();
    }

    @Test
    void slowsTheServiceDownToThePaceOfTheSubscriber() throws Exception {
        int count = 600;
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;
        AtomicInteger ahead = new AtomicInteger();
        AtomicBoolean goesOn = new AtomicBoolean();
        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>(subscription -> subscription.request(1)) {
            @Override
            public void onNext(Book item) {
                super.onNext(item.toBuilder().clearText().build());
                ahead.accumulateAndGet(shelf.sent.get() - received.size(), Math::max);
                if (goesOn.get()) {
                    subscription().request(1);
                }
            }
        };
        subscribe(books(count, KIB_64), subscriber);
        // Gives the service all the time that it needs to run ahead, if it can.
        for (int i = 0; i < 200; i++) {
            resultOf(upstream.call(
                    LibraryServiceGrpc.getGetBookMethod(), GetBookRequest.getDefaultInstance(), CallContext.create()));
        }
        await().until(() -> subscriber.received.size() == 1);

        goesOn.set(true);
        subscriber.subscription().request(1);

        assertThat(subscriber.all()).hasSize(count);
        assertThat(ahead.get()).isLessThanOrEqualTo(MOST_IN_FLIGHT);
    }

    @Test
    void makesACallForEachSubscription() throws Exception {
        library.listBooks = (request, observer) -> TestServer.answer(observer, Library.book);
        Flow.Publisher<Book> books = books(1, 0);
        assertThat(server.calls).hasValue(0);

        assertThat(subscribe(books, RecordingSubscriber.requesting(1)).all()).containsExactly(Library.book);
        assertThat(subscribe(books, RecordingSubscriber.requesting(1)).all()).containsExactly(Library.book);

        assertThat(server.calls).hasValue(2);
    }

    @Test
    void cancelsTheCallWithTheSubscription() throws Exception {
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;
        RecordingSubscriber<Book> subscriber = subscribe(books(100_000, KIB_64), RecordingSubscriber.requesting(3));
        await().until(() -> subscriber.received.size() == 3);

        subscriber.subscription().cancel();
        subscriber.subscription().cancel();
        subscriber.subscription().request(5);

        resultOf(shelf.cancelled);
        assertThat(subscriber.isEnded()).isFalse();
        assertThat(subscriber.received).hasSize(3);
        assertThat(subscriber.breaches).isEmpty();
    }

    @Test
    void makesNoCallForASubscriberThatCancelsAtOnce() throws Exception {
        RecordingSubscriber<Book> subscriber = subscribe(books(1, 0), new RecordingSubscriber<>(subscription -> {
            subscription.request(1);
            subscription.cancel();
        }));

        resultOf(upstream.call(
                LibraryServiceGrpc.getGetBookMethod(), GetBookRequest.getDefaultInstance(), CallContext.create()));
        assertThat(server.calls).hasValue(1);
        assertThat(subscriber.isEnded()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void endsTheStreamOfASubscriberThatRequestsNothing(long n) throws Exception {
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;
        RecordingSubscriber<Book> subscriber = subscribe(books(100_000, KIB_64), RecordingSubscriber.requesting(1));
        await().until(() -> subscriber.received.size() == 1);

        subscriber.subscription().request(n);

        assertThat(subscriber.error())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("n: " + n + " (expected: > 0)");
        resultOf(shelf.cancelled);
        assertThat(subscribe(books(1, 0), RecordingSubscriber.requesting(n)).error())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cancelsTheCallOfASubscriberThatThrows() throws Exception {
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;
        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>(subscription -> subscription.request(2)) {
            @Override
            public void onNext(Book item) {
                super.onNext(item);
                throw new IllegalStateException("the subscriber is broken");
            }
        };

        subscribe(books(100_000, KIB_64), subscriber);

        resultOf(shelf.cancelled);
        assertThat(subscriber.received).hasSize(1);
        assertThat(subscriber.isEnded()).isFalse();
    }

    @Test
    void endsWithTheErrorOfTheServiceAfterItsResponses() throws Exception {
        library.listBooks = (request, observer) -> {
            observer.onNext(Library.book);
            observer.onError(Status.FAILED_PRECONDITION
                    .withDescription("closed on Sundays")
                    .asRuntimeException());
        };

        RecordingSubscriber<Book> subscriber = subscribe(books(1, 0), RecordingSubscriber.requesting(10));

        GatewayException error = (GatewayException) subscriber.error();
        assertThat(error.code()).isEqualTo(CommonError.PRECONDITION_FAILED);
        assertThat(error).hasMessage("closed on Sundays");
        assertThat(subscriber.received).containsExactly(Library.book);
    }

    @Test
    void leaksNothingOfAServerFault() throws Exception {
        library.listBooks = (request, observer) ->
                observer.onError(Status.INTERNAL.withDescription("shard 7").asRuntimeException());

        assertThat(subscribe(books(1, 0), new RecordingSubscriber<>()).error())
                .hasMessage("The service failed to handle the request.")
                .hasRootCauseMessage("test-service ListBooks: INTERNAL: shard 7");
    }

    @Test
    void carriesTheContext() throws Exception {
        CompletableFuture<Metadata> headers = new CompletableFuture<>();
        library.listBooks = (request, observer) -> {
            headers.complete(TestServer.HEADERS.get());
            observer.onCompleted();
        };

        subscribe(
                        books(1, 0, CallContext.of("req-1").withPropagation("traceparent", "00-1-2-01")),
                        new RecordingSubscriber<>())
                .all();

        assertThat(resultOf(headers).get(key("x-request-id"))).isEqualTo("req-1");
        assertThat(resultOf(headers).get(key("traceparent"))).isEqualTo("00-1-2-01");
    }

    @Test
    void hasTheDeadlineOfItsContextAndNoOther() throws Exception {
        CompletableFuture<Optional<io.grpc.Deadline>> without = new CompletableFuture<>();
        CompletableFuture<Optional<io.grpc.Deadline>> with = new CompletableFuture<>();
        library.listBooks = (request, observer) -> {
            (without.isDone() ? with : without)
                    .complete(Optional.ofNullable(Context.current().getDeadline()));
            observer.onCompleted();
        };

        subscribe(books(1, 0), new RecordingSubscriber<>()).all();
        subscribe(books(1, 0, CallContext.create().withTimeout(Duration.ofHours(2))), new RecordingSubscriber<>())
                .all();

        assertThat(resultOf(without)).isEmpty();
        assertThat(resultOf(with)).isPresent();
    }

    @Test
    void endsWhenItsTimeIsUp() throws Exception {
        Library.Silence silence = new Library.Silence();
        library.listBooks = silence;

        assertError(
                subscribe(
                        books(1, 0, CallContext.create().withTimeout(Duration.ofMillis(150))),
                        RecordingSubscriber.requesting(1)),
                CommonError.REQUEST_TIMEOUT);
        assertError(
                subscribe(books(1, 0, CallContext.create().withTimeout(Duration.ZERO)), new RecordingSubscriber<>()),
                CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void endsWhenItsContextIsCancelled() throws Exception {
        Library.Silence silence = new Library.Silence();
        library.listBooks = silence;
        Cancellation client = new Cancellation();
        CallContext context = CallContext.create().withCancellation(client);
        RecordingSubscriber<Book> subscriber = subscribe(books(1, 0, context), RecordingSubscriber.requesting(1));
        resultOf(silence.arrived);

        client.cancel();

        assertError(subscriber, CommonError.REQUEST_TIMEOUT);
        resultOf(silence.cancelled);
        assertError(subscribe(books(1, 0, context), new RecordingSubscriber<>()), CommonError.REQUEST_TIMEOUT);
        assertThat(server.calls).hasValue(1);
    }

    @Test
    void endsWhenItsUpstreamIsClosed() throws Exception {
        Library.Silence silence = new Library.Silence();
        library.listBooks = silence;
        Upstream closing = server.upstream(builder -> builder.closeTimeout(Duration.ZERO));
        RecordingSubscriber<Book> subscriber = RecordingSubscriber.requesting(1);
        closing.stream(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.getDefaultInstance(),
                        CallContext.create())
                .subscribe(subscriber);
        resultOf(silence.arrived);

        closing.close();

        assertError(subscriber, CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void failsWithAResponseThatIsTooLarge() throws Exception {
        Library.Shelf shelf = new Library.Shelf();
        library.listBooks = shelf;

        RecordingSubscriber<Book> subscriber = subscribe(books(3, 10 << 20), RecordingSubscriber.requesting(3));

        assertThat(subscriber.error()).hasMessage("The service failed to handle the request.");
        assertThat(subscriber.received).isEmpty();
        assertThat(shelf.cancelled).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void failsWhenItCannotBeMade() throws Exception {
        upstream.close();

        assertError(subscribe(books(1, 0), new RecordingSubscriber<>()), CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void rejectsMethodsThatDoNotStream() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upstream.stream(
                        LibraryServiceGrpc.getGetBookMethod(),
                        GetBookRequest.getDefaultInstance(),
                        CallContext.create()))
                .withMessage("method: library.v1.LibraryService/GetBook is UNARY (expected: SERVER_STREAMING)");
        assertThatNullPointerException()
                .isThrownBy(() -> books(1, 0).subscribe(null))
                .withMessage("subscriber");
    }

    private static void assertError(RecordingSubscriber<?> subscriber, ErrorCode code) throws Exception {
        assertThat(subscriber.error())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        error -> assertThat(error.code()).isEqualTo(code));
    }

    private static RecordingSubscriber<Book> subscribe(
            Flow.Publisher<Book> books, RecordingSubscriber<Book> subscriber) {
        books.subscribe(subscriber);
        return subscriber;
    }

    private Flow.Publisher<Book> books(int count, int bytesEach) {
        return books(count, bytesEach, CallContext.create());
    }

    private Flow.Publisher<Book> books(int count, int bytesEach, CallContext context) {
        return upstream.stream(
                LibraryServiceGrpc.getListBooksMethod(),
                ListBooksRequest.newBuilder()
                        .setCount(count)
                        .setBytesEach(bytesEach)
                        .build(),
                context);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
