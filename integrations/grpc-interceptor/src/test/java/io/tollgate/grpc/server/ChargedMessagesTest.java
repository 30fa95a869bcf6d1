package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.grpc.server.chat.Line;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Streams from the client whose messages are charged. */
class ChargedMessagesTest {
    private final ScriptedLimiter scripted = new ScriptedLimiter();

    private static ChatServer server(RateLimiter limiter, RateLimit limit) {
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(Policies.standard(limit)))
                .build();
        return ChatServer.with(executor -> GuardInterceptor.builder(guard)
                .executor(executor)
                .chargeMessages(true)
                .build());
    }

    private static ChatServer local(int calls) {
        return server(LocalRateLimiter.builder().build(), RateLimit.perHour(calls));
    }

    private ChatServer scripted() {
        return server(scripted, RateLimit.perHour(100));
    }

    private static StreamObserver<Line> talk(ChatServer server, Replies replies, int lines) {
        StreamObserver<Line> call = server.async().talk(replies);
        IntStream.range(0, lines).forEach(i -> call.onNext(line(i)));
        return call;
    }

    @Test
    void payForTheFirstMessageWithTheCall() {
        try (ChatServer server = local(5)) {
            Replies replies = new Replies();
            talk(server, replies, 5).onCompleted();
            assertThat(replies.status().isOk()).isTrue();
            assertThat(replies.numbers()).containsExactly(0, 1, 2, 3, 4);

            Replies none = new Replies();
            talk(server, none, 0).onCompleted();
            assertThat(none.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void endTheCallWhenTheBucketIsEmpty() throws Exception {
        try (ChatServer server = local(3)) {
            CountDownLatch cancelled = new CountDownLatch(1);
            AtomicBoolean cancelledByIts = new AtomicBoolean();
            server.talk = observer -> new ChatServer.Echo(observer) {
                @Override
                public void onError(Throwable failure) {
                    cancelledByIts.set(((ServerCallStreamObserver<Line>) observer).isCancelled());
                    cancelled.countDown();
                }
            };
            Replies replies = new Replies();
            talk(server, replies, 10);

            assertThat(replies.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(replies.numbers()).containsExactly(0, 1, 2);
            assertThat(Replies.trailer(replies.failure(), "x-ratelimit-remaining"))
                    .isEqualTo("0");
            assertThat(Replies.trailer(replies.failure(), "grpc-retry-pushback-ms"))
                    .isNotNull();
            assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelledByIts).isTrue();
        }
    }

    @Test
    void chargeCallsWithOneMessageOnce() {
        try (ChatServer server = local(2)) {
            assertThat(server.blocking().say(line(1))).isEqualTo(line(1));
            assertThat(server.blocking().recite(line(2)).next()).isEqualTo(line(2));
            Replies third = new Replies();
            server.async().say(line(3), third);
            assertThat(third.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void holdTheNextCallbacksWhileAMessageIsJudged() throws Exception {
        try (ChatServer server = scripted()) {
            Replies replies = new Replies();
            StreamObserver<Line> call = talk(server, replies, 3);
            call.onCompleted();
            scripted.next().allow();
            await("the first").until(() -> replies.numbers().equals(List.of(0)));

            ScriptedLimiter.Open second = scripted.next();
            assertThat(scripted.undecided()).as("one at a time").isZero();
            second.allow();
            await("the second").until(() -> replies.numbers().equals(List.of(0, 1)));
            scripted.next().allow();

            assertThat(replies.status().isOk()).isTrue();
            assertThat(replies.numbers()).containsExactly(0, 1, 2);
        }
    }

    @Test
    void rejectAMessageWhileTheHandlerSends() throws Exception {
        try (ChatServer server = scripted()) {
            AtomicInteger sent = new AtomicInteger();
            CountDownLatch cancelled = new CountDownLatch(1);
            ExecutorService sender = Executors.newSingleThreadExecutor();
            server.talk = observer -> {
                ServerCallStreamObserver<Line> response = (ServerCallStreamObserver<Line>) observer;
                response.setOnCancelHandler(cancelled::countDown);
                sender.execute(() -> {
                    // Back-pressure is not what this is about: the client takes everything.
                    while (!response.isCancelled()) {
                        if (response.isReady()) {
                            response.onNext(line(sent.getAndIncrement()));
                        }
                    }
                });
                return new ChatServer.Echo(observer) {
                    @Override
                    public void onNext(Line line) {
                        // Another thread uses the response.
                    }
                };
            };
            for (int round = 0; round < 20; round++) {
                Replies replies = new Replies();
                talk(server, replies, 2);
                scripted.next().allow();
                ScriptedLimiter.Open second = scripted.next();
                await("the handler sends").until(() -> replies.lines.size() > 10);

                second.reject();

                assertThat(replies.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            }
            sender.shutdown();
            assertThat(sender.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void tellTheHandlerThatTheClientLeftWhileAMessageWasJudged() throws Exception {
        try (ChatServer server = scripted()) {
            CountDownLatch left = new CountDownLatch(1);
            server.talk = observer -> new ChatServer.Echo(observer) {
                @Override
                public void onError(Throwable failure) {
                    left.countDown();
                }
            };
            Context.CancellableContext client = Context.current().withCancellation();
            Replies replies = new Replies();
            client.run(() -> talk(server, replies, 2));
            scripted.next().allow();
            ScriptedLimiter.Open second = scripted.next();

            client.cancel(null);
            second.allow();

            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The handler requests as many messages as it likes, and decisions come at once or later. */
    @Test
    void keepTheOrderOfMessagesAndRunOneCallbackAtATime() {
        long seed = System.nanoTime();
        System.out.println("seed of ChargedMessagesTest: " + seed);
        Random random = new Random(seed);
        ExecutorService slow = Executors.newFixedThreadPool(2);
        LocalRateLimiter local = LocalRateLimiter.builder().build();
        RateLimiter mixed = check -> {
            synchronized (random) {
                return random.nextBoolean()
                        ? local.decide(check)
                        : local.decide(check).thenApplyAsync(decision -> decision, slow);
            }
        };
        AtomicBoolean overlap = new AtomicBoolean();
        try (ChatServer server = server(mixed, RateLimit.perSecond(1_000_000))) {
            server.talk = observer -> {
                AtomicBoolean inside = new AtomicBoolean();
                return new ChatServer.Echo(observer) {
                    @Override
                    public void onNext(Line line) {
                        alone(() -> super.onNext(line));
                    }

                    @Override
                    public void onCompleted() {
                        alone(super::onCompleted);
                    }

                    private void alone(Runnable callback) {
                        if (!inside.compareAndSet(false, true)) {
                            overlap.set(true);
                        }
                        LockSupport.parkNanos(1); // Another callback may begin.
                        callback.run();
                        inside.set(false);
                    }
                };
            };
            for (int round = 0; round < 100; round++) {
                int lines = 1 + round % 30;
                Replies replies = new Replies();
                talk(server, replies, lines).onCompleted();
                assertThat(replies.status().isOk()).isTrue();
                assertThat(replies.numbers())
                        .isEqualTo(IntStream.range(0, lines).boxed().toList());
            }
        } finally {
            slow.shutdown();
        }
        assertThat(overlap).isFalse();
    }
}
