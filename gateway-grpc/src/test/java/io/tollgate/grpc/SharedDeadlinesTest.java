package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedDeadlinesTest {
    private static final MethodDescriptor<GetBookRequest, Book> GET_BOOK = LibraryServiceGrpc.getGetBookMethod();
    private static final Duration SHORTEST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration STEP = Duration.ofMillis(100);

    private final Library library = new Library();

    @AutoClose
    private final TestServer server = TestServer.of(library);

    @AutoClose
    private final SharedDeadlines deadlines = new SharedDeadlines("test");

    private final RecordingChannel channel = new RecordingChannel();

    @Test
    void endsCallsAtMostOneStepEarlyAndNeverLate() {
        for (long millis = SHORTEST.toMillis(); millis <= LONGEST.toMillis(); millis += 37) {
            Deadline earliest = Deadline.after(millis - STEP.toMillis(), TimeUnit.MILLISECONDS);
            Deadline chosen = deadlineOf(deadlines.after(TimeUnit.MILLISECONDS.toNanos(millis)));
            Deadline latest = Deadline.after(millis, TimeUnit.MILLISECONDS);

            assertThat(chosen).isBetween(earliest, latest);
        }
    }

    @Test
    void givesCallsThatEndWithinAStepOneContext() {
        Set<Context> contexts = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 200; i++) {
            contexts.add(contextOf(deadlines.after(SHORTEST.toNanos())));
        }
        assertThat(contexts).hasSizeLessThan(100);
    }

    @Test
    void doesNotGatherThousandsOfCallsInOneContext() {
        Set<Context> contexts = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 1_025; i++) {
            contexts.add(contextOf(deadlines.after(LONGEST.toNanos())));
        }
        assertThat(contexts).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void makesTheCallInAContextWithTheDeadlineOfItsOptions() {
        CallOptions options = deadlines.after(SHORTEST.toNanos());
        SharedDeadlines.newCall(channel, GET_BOOK, options);

        assertThat(channel.contexts.get(0).getDeadline()).isSameAs(deadlineOf(options));
        assertThat(Context.current()).isSameAs(Context.ROOT);
    }

    @Test
    void leavesACallInTheContextOfItsCaller() {
        Context mine = Context.ROOT.withValue(Context.key("mine"), "mine");
        mine.run(() -> SharedDeadlines.newCall(channel, GET_BOOK, deadlines.after(SHORTEST.toNanos())));

        assertThat(channel.contexts).containsExactly(mine);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_999_999_999L, 60_000_000_001L, 3_600_000_000_000L})
    void sharesNeitherShortNorLongDeadlines(long nanos) {
        SharedDeadlines.newCall(channel, GET_BOOK, deadlines.after(nanos));

        assertThat(channel.contexts).containsExactly(Context.ROOT);
    }

    @Test
    void sharesNoneAnyMoreWhenItIsClosed() {
        deadlines.close();
        CallOptions options = deadlines.after(SHORTEST.toNanos());
        SharedDeadlines.newCall(channel, GET_BOOK, options);

        assertThat(channel.contexts).containsExactly(Context.ROOT);
        assertThat(deadlineOf(options)).isNotNull();
    }

    @Test
    void aCallOfAServiceThatHangsEndsByIt() throws Exception {
        library.getBook = TestServer.hanging();
        AtomicReference<CallOptions> seen = new AtomicReference<>();

        GatewayException error = errorOf(getBook(upstream(builder -> builder.deadline(SHORTEST), seen)));
        assertThat(error.code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(error.getCause()).hasMessageContaining("GetBook: DEADLINE_EXCEEDED: ");
        assertThat(contextOf(seen.get()).isCancelled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theServiceAndInterceptorsSeeTheTimeThatIsLeft(boolean retried) throws Exception {
        CompletableFuture<Long> millisLeft = new CompletableFuture<>();
        library.getBook = (request, observer) -> {
            Deadline deadline = requireNonNull(Context.current().getDeadline(), "deadline");
            millisLeft.complete(deadline.timeRemaining(TimeUnit.MILLISECONDS));
            TestServer.answer(observer, Library.book);
        };
        AtomicReference<CallOptions> seen = new AtomicReference<>();
        Upstream upstream = upstream(builder -> (retried ? builder.retry(GET_BOOK) : builder).deadline(LONGEST), seen);
        resultOf(getBook(upstream));
        Deadline latest = Deadline.after(LONGEST.toMillis(), TimeUnit.MILLISECONDS);

        assertThat(deadlineOf(seen.get()).isBefore(latest)).isTrue();
        assertThat(resultOf(millisLeft)).isPositive().isLessThanOrEqualTo(LONGEST.toMillis());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallThatHasEndedLeavesNoListenerBehind(boolean retried) throws Exception {
        AtomicReference<StreamObserver<Book>> response = new AtomicReference<>();
        library.getBook = (request, observer) -> response.set(observer);
        AtomicReference<CallOptions> seen = new AtomicReference<>();
        Upstream upstream = upstream(builder -> retried ? builder.retry(GET_BOOK) : builder, seen);
        CompletionStage<Book> call = getBook(upstream);
        await().until(() -> response.get() != null);
        assertThat(listeners(seen.get())).isOne();

        TestServer.answer(response.get(), Library.book);
        resultOf(call);
        assertThat(listeners(seen.get())).isZero();
    }

    /** Or a call that is made there would have to end by the deadline of the one before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFollowsACallIsOutsideItsContext(boolean retried) throws Exception {
        AtomicReference<StreamObserver<Book>> response = new AtomicReference<>();
        library.getBook = (request, observer) -> response.set(observer);
        CompletableFuture<Context> context = new CompletableFuture<>();
        getBook(upstream(builder -> retried ? builder.retry(GET_BOOK) : builder, new AtomicReference<>()))
                .whenComplete((book, failure) -> context.complete(Context.current()));
        await().until(() -> response.get() != null);

        TestServer.answer(response.get(), Library.book);
        assertThat(resultOf(context)).isSameAs(Context.ROOT);
    }

    @Test
    void callsInFlightEndByItWhileTheirUpstreamCloses() throws Exception {
        library.getBook = TestServer.hanging();
        Upstream upstream = upstream(
                builder -> builder.deadline(SHORTEST).closeTimeout(Duration.ofMinutes(1)), new AtomicReference<>());
        CompletionStage<Book> call = getBook(upstream);

        upstream.close();
        assertThat(errorOf(call).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void theWatchOfABackendHasNotTheDeadlineOfTheCallThatConnects() {
        HealthCall.Receiver nobody = new HealthCall.Receiver() {
            @Override
            public void reported(HealthCall.Serving status) {}

            @Override
            public void ended(io.grpc.Status status, boolean responded) {}
        };
        contextOf(deadlines.after(SHORTEST.toNanos())).run(() -> HealthCall.watch(channel, "", nobody));

        assertThat(channel.contexts).containsExactly(Context.ROOT);
    }

    private Upstream upstream(UnaryOperator<UpstreamBuilder> settings, AtomicReference<CallOptions> seen) {
        return server.upstream(builder -> settings.apply(builder).intercept(new io.grpc.ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                seen.set(options);
                return next.newCall(method, options);
            }
        }));
    }

    private static CompletionStage<Book> getBook(Upstream upstream) {
        return upstream.call(GET_BOOK, GetBookRequest.getDefaultInstance(), CallContext.create());
    }

    private static Deadline deadlineOf(CallOptions options) {
        return requireNonNull(options.getDeadline(), "deadline");
    }

    private static Context contextOf(CallOptions options) {
        return requireNonNull(options.getOption(SharedDeadlines.CONTEXT), "context");
    }

    /** gRPC keeps this count for tests of its own. */
    private static int listeners(CallOptions options) throws ReflectiveOperationException {
        Method count = Context.class.getDeclaredMethod("listenerCount");
        count.setAccessible(true);
        return (int) count.invoke(contextOf(options));
    }

    /** Makes calls that do nothing, and records the contexts in which they were made. */
    private static final class RecordingChannel extends Channel {
        final List<Context> contexts = new CopyOnWriteArrayList<>();

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            contexts.add(Context.current());
            return new SilentCall<>();
        }

        @Override
        public String authority() {
            return "test";
        }
    }
}
