package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.ListBooksRequest;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Streams whose subscribers request and cancel from many threads. */
class StreamRaceTest {
    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    private final Upstream upstream = server.upstream(builder -> builder);

    @Test
    void sendsNoMoreThanWasRequestedWhoeverRequestsIt() throws Exception {
        long seed = System.nanoTime();
        int count = 3_000;
        library.listBooks = new Library.Shelf();
        AtomicLong requested = new AtomicLong();
        AtomicBoolean tooMany = new AtomicBoolean();
        AtomicInteger arrived = new AtomicInteger();
        RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>() {
            @Override
            public void onNext(Book item) {
                if (arrived.incrementAndGet() > requested.get()) {
                    tooMany.set(true);
                }
                super.onNext(item);
            }
        };
        subscribe(count, CallContext.create(), subscriber);

        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            Random random = new Random(seed + t);
            threads[t] = new Thread(() -> {
                while (requested.get() < count) {
                    int n = 1 + random.nextInt(20);
                    requested.addAndGet(n);
                    subscriber.subscription().request(n);
                    if (random.nextInt(4) == 0) {
                        Thread.onSpinWait();
                    }
                }
            });
            threads[t].start();
        }

        assertThat(subscriber.all())
                .as("seed %d", seed)
                .extracting(Book::getNumber)
                .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
        assertThat(tooMany).as("seed %d", seed).isFalse();
    }

    @Test
    void endsEveryCallThatIsCancelledAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicInteger open = new AtomicInteger();
        library.listBooks = (request, observer) -> {
            open.incrementAndGet();
            ((ServerCallStreamObserver<Book>) observer).setOnCancelHandler(open::decrementAndGet);
            observer.onNext(Library.book);
        };
        Cancellation client = new Cancellation();
        CallContext context = CallContext.create().withCancellation(client);
        for (int i = 0; i < 300; i++) {
            RecordingSubscriber<Book> subscriber = new RecordingSubscriber<>();
            int turns = random.nextInt(2_000);
            Thread canceller = new Thread(() -> {
                while (subscriber.subscription() == null) {
                    Thread.onSpinWait();
                }
                for (int turn = 0; turn < turns; turn++) {
                    Thread.onSpinWait();
                }
                subscriber.subscription().request(1);
                subscriber.subscription().cancel();
            });
            canceller.start();
            subscribe(1, context, subscriber);
            canceller.join();
            assertThat(subscriber.isEnded()).as("seed %d", seed).isFalse();
            assertThat(subscriber.breaches).as("seed %d", seed).isEmpty();
        }

        await().untilAsserted(() -> {
            assertThat(open).as("seed %d", seed).hasValue(0);
            assertThat(CallContextTest.listeners(client)).as("seed %d", seed).isEmpty();
        });
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    private void subscribe(int count, CallContext context, RecordingSubscriber<Book> subscriber) {
        upstream.stream(
                        LibraryServiceGrpc.getListBooksMethod(),
                        ListBooksRequest.newBuilder().setCount(count).build(),
                        context)
                .subscribe(subscriber);
    }
}
