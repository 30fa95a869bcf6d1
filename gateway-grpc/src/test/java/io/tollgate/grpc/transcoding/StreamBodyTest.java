package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.catalog.Book;
import io.tollgate.testkit.TestRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The publisher of a body, as a server with rules of its own may use it (Reactive Streams). */
class StreamBodyTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Front front;

    @BeforeAll
    static void open() {
        front = Front.open();
    }

    @AfterAll
    static void close() {
        front.close();
    }

    @BeforeEach
    void forget() {
        front.catalog.requests.clear();
        front.catalog.cancelled.set(0);
    }

    private static Flow.Publisher<ByteBuffer> body(String target) {
        return TestRequest.get(target)
                .withHeader("Accept", "application/x-ndjson")
                .sendToRoute(front.transcoder)
                .stream()
                .orElseThrow();
    }

    @Test
    void sendsNoMoreThanIsRequested() {
        Recorder recorder = new Recorder();
        body("/v1/books:watch?count=5").subscribe(recorder);
        assertThat(recorder.texts()).isEmpty();

        for (int i = 1; i <= 5; i++) {
            int expected = i;
            recorder.subscription.request(1);
            await().atMost(LONG).until(() -> recorder.texts().size() == expected);
            assertThat(recorder.texts()).hasSize(expected);
        }
        recorder.subscription.request(1);
        await().atMost(LONG).until(() -> recorder.completed);
        assertThat(recorder.texts()).hasSize(5);
        assertThat(recorder.error).isNull();
    }

    @Test
    void takesAnyDemand() {
        Recorder recorder = new Recorder();
        body("/v1/books:watch?count=2000").subscribe(recorder);
        recorder.subscription.request(Long.MAX_VALUE);
        recorder.subscription.request(Long.MAX_VALUE);

        await().atMost(LONG).until(() -> recorder.completed);
        assertThat(recorder.texts()).hasSize(2_000).containsOnly("{\"name\":\"watched\"}\n");
    }

    @Test
    void rejectsADemandOfNothing() {
        Recorder recorder = new Recorder();
        body("/v1/books:watch?count=1&hold=true").subscribe(recorder);
        recorder.subscription.request(0);

        await().atMost(LONG).until(() -> recorder.error != null);
        assertThat(recorder.error).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("n: 0");
        await().atMost(LONG).until(() -> front.catalog.cancelled.get() == 1);
    }

    @Test
    void hasOneSubscriber() {
        Flow.Publisher<ByteBuffer> body = body("/v1/books:watch?count=1");
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        body.subscribe(first);
        body.subscribe(second);

        assertThat(second.error).isInstanceOf(IllegalStateException.class);
        first.subscription.request(10);
        await().atMost(LONG).until(() -> first.completed);
    }

    @Test
    void cancelsTheCallWithTheSubscription() {
        Recorder recorder = new Recorder();
        body("/v1/books:watch?count=1&hold=true").subscribe(recorder);
        recorder.subscription.cancel();
        recorder.subscription.request(1);

        await().atMost(LONG).until(() -> front.catalog.cancelled.get() == 1);
        assertThat(recorder.texts()).isEmpty();
        assertThat(recorder.error).isNull();
        assertThat(recorder.completed).isFalse();
    }

    @Test
    void cancelsTheCallOfASubscriberThatThrows() {
        Recorder recorder = new Recorder() {
            @Override
            public void onNext(ByteBuffer item) {
                throw new IllegalStateException("a broken server");
            }
        };
        body("/v1/books:watch?count=1&hold=true").subscribe(recorder);
        recorder.subscription.request(1);

        await().atMost(LONG).until(() -> front.catalog.cancelled.get() == 1);
    }

    @Test
    void endsWithTheClientThatLeavesBeforeTheFirstMessage() {
        Cancellation cancellation = new Cancellation();
        CompletableFuture<?> response = front.transcoder
                .handle(TestRequest.get("/v1/books:watch?hold=true")
                        .withContext(CallContext.of("id").withCancellation(cancellation)))
                .toCompletableFuture();
        await().atMost(LONG).until(() -> !front.catalog.requests.isEmpty());

        cancellation.cancel();

        await().atMost(LONG).until(response::isCompletedExceptionally);
        assertThat(GatewayException.from(response.handle((r, e) -> e).join()).code())
                .isEqualTo(CommonError.REQUEST_TIMEOUT);
        await().atMost(LONG).until(() -> front.catalog.cancelled.get() == 1);
    }

    @Test
    void endsWithTheClientThatLeavesInTheMiddle() {
        Cancellation cancellation = new Cancellation();
        Recorder recorder = new Recorder();
        TestRequest.get("/v1/books:watch?count=1&hold=true")
                .withHeader("Accept", "application/x-ndjson")
                .withContext(CallContext.of("id").withCancellation(cancellation))
                .sendToRoute(front.transcoder)
                .stream()
                .orElseThrow()
                .subscribe(recorder);
        recorder.subscription.request(10);
        await().atMost(LONG).until(() -> recorder.texts().size() == 1);

        cancellation.cancel();

        await().atMost(LONG).until(() -> recorder.completed);
        assertThat(recorder.texts().get(1)).startsWith("{\"error\":").contains("REQUEST_TIMEOUT");
    }

    @Test
    void passesOnWhatComesWhileNothingIsRequested() {
        Recorder recorder = new Recorder();
        body("/v1/books:watch?count=1&hold=true").subscribe(recorder);
        for (int i = 0; i < 10; i++) {
            front.catalog.sendOnHeld(Book.newBuilder().setName("late").build());
        }
        assertThat(recorder.texts()).isEmpty();

        recorder.subscription.request(11);

        await().atMost(LONG).until(() -> recorder.texts().size() == 11);
        recorder.subscription.cancel();
    }

    private static class Recorder implements Flow.Subscriber<ByteBuffer> {
        private final List<String> texts = new ArrayList<>();
        volatile Flow.Subscription subscription;
        volatile boolean completed;
        volatile Throwable error;

        synchronized List<String> texts() {
            return List.copyOf(texts);
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer item) {
            synchronized (this) {
                texts.add(UTF_8.decode(item).toString());
            }
        }

        @Override
        public void onError(Throwable failure) {
            error = failure;
        }

        @Override
        public void onComplete() {
            completed = true;
        }
    }
}
