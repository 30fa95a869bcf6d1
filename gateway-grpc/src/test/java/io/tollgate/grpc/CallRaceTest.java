package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that end at any moment, with and without a stub. */
class CallRaceTest {
    private static final GetBookRequest DUNE =
            GetBookRequest.newBuilder().setTitle("Dune").build();

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void completeOnceWithTheResponseOrAsCancelled(boolean stub) throws Exception {
        Upstream upstream = server.upstream(builder -> builder.deadline(Duration.ofMinutes(1)));

        for (int i = 0; i < 300; i++) {
            Object outcome = outcomeOfACancelledCall(upstream, stub);
            assertThat(outcome).as("seed %d", seed).isIn(Library.book, CommonError.REQUEST_TIMEOUT);
        }

        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void returnTheProbesOfTheBreaker() throws Exception {
        Upstream upstream = server.upstream(builder -> builder.deadline(Duration.ofMinutes(1))
                .breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            Outcomes.errorOf(upstream.call(LibraryServiceGrpc.getGetBookMethod(), DUNE, CallContext.create()));
        }
        library.getBook = TestServer.hanging();
        await().until(() -> {
            outcomeOfACancelledCall(upstream, false);
            return upstream.breakerState() == BreakerState.HALF_OPEN;
        });

        for (int i = 0; i < 300; i++) {
            assertThat(outcomeOfACancelledCall(upstream, i % 2 == 0))
                    .as("seed %d, call %d", seed, i)
                    .isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
        library.getBook = TestServer.answering(Library.book);
        for (int i = 0; i < 2; i++) {
            assertThat(resultOf(call(upstream, CallContext.create(), false))).isEqualTo(Library.book);
        }

        assertThat(upstream.breakerState()).as("seed %d", seed).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void leaveNoCallbackBehindIfTheyEndBeforeTheyHaveStarted() throws Exception {
        Upstream upstream = server.upstream(builder -> builder);
        upstream.close();
        Cancellation client = new Cancellation();
        CallContext context = CallContext.create().withCancellation(client);

        Outcomes.errorOf(call(upstream, context, false));
        assertThat(call(upstream, context, true)).failsWithin(Duration.ofSeconds(30));
        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>();
        upstream.stream(LibraryServiceGrpc.getListBooksMethod(), ListBooksRequest.getDefaultInstance(), context)
                .subscribe(subscriber);
        subscriber.error();

        assertThat(CallContextTest.listeners(client)).isEmpty();
    }

    /** Returns the response or the code of the error. */
    private Object outcomeOfACancelledCall(Upstream upstream, boolean stub) throws Exception {
        Cancellation client = new Cancellation();
        int turns = random.nextInt(40_000);
        Thread canceller = new Thread(() -> {
            for (int turn = 0; turn < turns; turn++) {
                Thread.onSpinWait();
            }
            client.cancel();
        });
        canceller.start();
        CompletionStage<Book> stage = call(upstream, CallContext.create().withCancellation(client), stub);
        Object outcome = resultOf(stage.handle(
                (book, error) -> error == null ? book : GrpcErrors.from(error).code()));
        canceller.join();
        return outcome;
    }

    private static CompletionStage<Book> call(Upstream upstream, CallContext context, boolean stub) {
        if (!stub) {
            return upstream.call(LibraryServiceGrpc.getGetBookMethod(), DUNE, context);
        }
        Collector<Book> books = new Collector<>();
        LibraryServiceGrpc.newStub(upstream.channel())
                .withOption(Upstream.CALL_CONTEXT, context)
                .getBook(DUNE, books);
        return books.end.thenApply(end -> books.received.get(0));
    }
}
