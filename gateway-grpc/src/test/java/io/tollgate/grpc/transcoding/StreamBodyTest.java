package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.grpc.SilentCall;
import io.tollgate.grpc.catalog.Book;
import io.tollgate.grpc.catalog.WatchRequest;
import io.tollgate.testkit.TestRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The publisher of a body, as a server with rules of its own may use it (Reactive Streams). */
class StreamBodyTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final TestRequest LINES =
            TestRequest.get("/v1/books:watch").withHeader("Accept", "application/x-ndjson");

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

    @Test
    void endsWithAnErrorIfAMessageCannotBeWritten() {
        Recorder recorder = new Recorder();
        watch(new BrokenFrames("message"), front.transcoder).join().stream()
                .orElseThrow()
                .subscribe(recorder);
        recorder.subscription.request(10);
        await().atMost(LONG).until(() -> recorder.texts().size() == 1);
        front.catalog.sendOnHeld(Book.newBuilder().setName("second").build());

        await().atMost(LONG).until(() -> recorder.completed);
        assertThat(recorder.texts())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("{\"error\":")
                .contains("INTERNAL_SERVER_ERROR")
                .doesNotContain("a codec");
        await().atMost(LONG).until(() -> front.catalog.cancelled.get() == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"first message", "response"})
    void failsIfTheBeginningCannotBeWritten(String part) {
        CompletableFuture<HttpResponse> response = watch(new BrokenFrames(part), front.transcoder);

        await().atMost(LONG).until(response::isDone);
        assertBroken(response.handle((made, failure) -> failure).join());
    }

    @Test
    void failsIfTheEndCannotBeWritten() {
        Recorder recorder = new Recorder();
        watch(new BrokenFrames("end"), front.transcoder).join().stream()
                .orElseThrow()
                .subscribe(recorder);
        recorder.subscription.request(10);
        await().atMost(LONG).until(() -> !recorder.texts().isEmpty());
        front.catalog.endHeld();

        await().atMost(LONG).until(() -> recorder.error != null);
        assertBroken(recorder.error);
    }

    /** An interceptor may end a call in a way that gRPC does not. */
    @Test
    void failsIfTheStatusCannotBeRead() {
        Unanswered channel = new Unanswered();
        Transcoder transcoder = Transcoder.builder(channel)
                .descriptors(Front.DESCRIPTORS)
                .auth(Auth.NONE)
                .build();
        CompletableFuture<HttpResponse> response = watch(new BrokenFrames("nothing"), transcoder);
        assertThat(response).isNotDone();

        channel.listener.onClose(Status.NOT_FOUND, null);

        assertThat(response).isDone();
        assertBroken(response.handle((made, failure) -> failure).join());
    }

    private static void assertBroken(Throwable failure) {
        assertThat(GatewayException.from(failure).code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    /** Watches one message, after which the stream is held. */
    private static CompletableFuture<HttpResponse> watch(StreamFrames frames, Transcoder transcoder) {
        return StreamResponse.of(
                        watching(transcoder),
                        frames,
                        LINES,
                        new Caller(Optional.empty(), LINES.peer(), CallContext.of("id")),
                        WatchRequest.newBuilder()
                                .setCount(1)
                                .setHold(true)
                                .build()
                                .toByteArray())
                .toCompletableFuture();
    }

    private static Binding watching(Transcoder transcoder) {
        return transcoder.bindings().stream()
                .filter(binding -> binding.spec().method().getName().equals("Watch"))
                .findFirst()
                .orElseThrow();
    }

    /** Fails in one part. */
    private static final class BrokenFrames extends StreamFrames {
        private final String part;

        BrokenFrames(String part) {
            super(watching(front.transcoder).responses(), LINES, "id");
            this.part = part;
        }

        private int messages;

        private void write(String which) {
            if (which.equals(part)) {
                throw new StackOverflowError("a codec");
            }
        }

        @Override
        HttpResponse response(byte[] first, Flow.Publisher<ByteBuffer> body) {
            write("response");
            return super.response(first, body);
        }

        @Override
        ByteBuffer message(byte[] message) {
            write(messages++ == 0 ? "first message" : "message");
            return super.message(message);
        }

        @Override
        ByteBuffer end() {
            write("end");
            return super.end();
        }
    }

    /** Calls that nobody handles, until a test does. */
    private static final class Unanswered extends Channel {
        private volatile ClientCall.Listener<?> listener;

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return new SilentCall<>() {
                @Override
                public void start(Listener<A> given, Metadata headers) {
                    listener = given;
                }
            };
        }

        @Override
        public String authority() {
            return "nowhere";
        }
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
