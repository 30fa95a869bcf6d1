package io.tollgate.auth.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger made = new AtomicInteger();
    private final CallContext context = CallContext.create();
    private BlockingCalls calls = new BlockingCalls("test-calls", 1, LONG);

    @AfterEach
    void close() {
        released.countDown();
        calls.close();
    }

    @Test
    void completesWithTheResultOrTheFailureOfACall() throws Exception {
        String thread =
                get(calls.call(context, deadline -> Thread.currentThread().getName()));

        assertThat(thread).isEqualTo("test-calls-1");
        assertThat(failure(calls.call(context, deadline -> {
                    throw new IllegalArgumentException("no");
                })))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void survivesAnErrorAndPassesItOn() throws Exception {
        assertThat(failure(calls.call(context, deadline -> {
                    throw new StackOverflowError();
                })))
                .isInstanceOf(StackOverflowError.class);

        String next = get(calls.call(context, deadline -> "next"));
        assertThat(next).isEqualTo("next");
    }

    @Test
    void anErrorWhileAThreadStartsFailsTheCallAndIsNotThrown() throws Exception {
        AtomicInteger started = new AtomicInteger();
        try (BlockingCalls failing = new BlockingCalls("failing", 1, Duration.ofMinutes(1), task -> {
            if (started.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(task);
        })) {
            assertThat(failing.call(CallContext.create(), deadline -> "a").toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(OutOfMemoryError.class);

            assertThat(failing.call(CallContext.create(), deadline -> "b")
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS))
                    .isEqualTo("b");
        }
    }

    @Test
    void givesACallTheEarlierOfItsOwnDeadlineAndThatOfTheRequest() throws Exception {
        long now = System.nanoTime();

        long own = get(calls.call(context, deadline -> deadline));
        long ofRequest = get(calls.call(context.withTimeout(Duration.ofSeconds(30)), deadline -> deadline));

        assertThat(own - now).isBetween(LONG.toNanos(), 2 * LONG.toNanos());
        assertThat(ofRequest - now).isBetween(LONG.toNanos() / 2, LONG.toNanos());
    }

    @Test
    void neverBeginsACallWhoseRequestIsCancelledWhileItWaits() throws Exception {
        CompletableFuture<Void> unused = block();
        Cancellation cancellation = new Cancellation();
        CompletionStage<Integer> waiting = count(context.withCancellation(cancellation));

        cancellation.cancel();

        assertThat(error(waiting)).isEqualTo(CommonError.REQUEST_TIMEOUT);
        released.countDown();
        get(calls.call(context, deadline -> "after it"));
        assertThat(made).hasValue(0);
    }

    @Test
    void neverBeginsACallWhoseDeadlinePassesWhileItWaits() throws Exception {
        CompletableFuture<Void> unused = block();
        CompletionStage<Integer> waiting = count(context.withTimeout(Duration.ofMillis(50)));

        assertThat(error(waiting)).isEqualTo(CommonError.REQUEST_TIMEOUT);
        released.countDown();
        get(calls.call(context, deadline -> "after it"));
        assertThat(made).hasValue(0);
    }

    @Test
    void beginsNoCallOfARequestThatHasEnded() throws Exception {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThat(error(count(context.withCancellation(cancellation)))).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(error(count(context.withTimeout(Duration.ZERO)))).isEqualTo(CommonError.REQUEST_TIMEOUT);
        get(calls.call(context, deadline -> "after them"));
        assertThat(made).hasValue(0);
    }

    @Test
    void failsAtItsTimeoutWhetherOrNotTheCallHasBegun() throws Exception {
        calls.close();
        calls = new BlockingCalls("test-calls", 1, Duration.ofMillis(50));
        CompletableFuture<Void> begun = block();
        CompletionStage<Integer> waiting = count(context);

        assertThat(begun)
                .failsWithin(LONG)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(TimeoutException.class);
        assertThat(failure(waiting)).isInstanceOf(TimeoutException.class).hasMessage("no result within PT0.05S");
    }

    @Test
    void aCallThatIsCancelledAfterItBeganCompletesAllTheSame() throws Exception {
        Cancellation cancellation = new Cancellation();
        CompletionStage<String> begun = calls.call(context.withCancellation(cancellation), deadline -> {
            entered.countDown();
            await(released);
            return "done";
        });
        await(entered);

        cancellation.cancel();
        released.countDown();

        assertThat(get(begun)).isEqualTo("done");
    }

    @Test
    void placesOfCallsThatWereDroppedAreFreeForOthers() throws Exception {
        CompletableFuture<Void> unused = block();
        Cancellation cancellation = new Cancellation();
        List<CompletionStage<Integer>> dropped = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            dropped.add(count(context.withCancellation(cancellation)));
        }
        assertThat(failure(count(context))).isInstanceOf(RejectedExecutionException.class);

        cancellation.cancel();

        CompletionStage<Integer> fits = count(context);
        released.countDown();
        assertThat(get(fits)).isEqualTo(1);
        for (CompletionStage<Integer> one : dropped) {
            assertThat(error(one)).isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
    }

    @Test
    void completesWhatItHasAcceptedWhenClosed() throws Exception {
        CompletableFuture<Void> begun = block();
        CompletionStage<Integer> waiting = count(context);

        calls.close();
        calls.close();
        released.countDown();

        assertThat(begun).succeedsWithin(LONG);
        assertThat(get(waiting)).isEqualTo(1);
        assertThat(failure(count(context))).isInstanceOf(RejectedExecutionException.class);
    }

    private CompletionStage<Integer> count(CallContext of) {
        return calls.call(of, deadline -> made.incrementAndGet());
    }

    /** Occupies the one thread. */
    private CompletableFuture<Void> block() {
        CompletionStage<Void> blocking = calls.call(context, deadline -> {
            entered.countDown();
            await(released);
            return null;
        });
        await(entered);
        return blocking.toCompletableFuture();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletionStage<?> stage) throws Exception {
        Throwable failure =
                stage.handle((value, cause) -> cause).toCompletableFuture().get(60, TimeUnit.SECONDS);
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private static Object error(CompletionStage<?> stage) throws Exception {
        return GatewayException.from(failure(stage)).code();
    }
}
