package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.grpc.server.chat.Line;
import io.tollgate.ratelimit.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The four kinds of calls, whose decision takes time. */
class StreamingTest {
    private static final String LONG = "x".repeat(16 * 1024);

    private final ScriptedLimiter limiter = new ScriptedLimiter();
    private final RequestGuard guard = RequestGuard.builder()
            .limiter(limiter, List.of(Policies.standard(RateLimit.perHour(10))))
            .build();
    private final ChatServer server = ChatServer.with(executor -> GuardInterceptor.of(guard, executor));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void handlesEachKindOfCallAfterItsDecision() throws Exception {
        Replies said = new Replies();
        server.async().say(line(1), said);
        limiter.next().allow();
        assertThat(said.status().isOk()).isTrue();
        assertThat(said.numbers()).containsExactly(1);

        server.recite = (request, observer) -> {
            IntStream.range(0, request.getNumber()).forEach(i -> observer.onNext(line(i)));
            observer.onCompleted();
        };
        Replies recited = new Replies();
        server.async().recite(line(3), recited);
        limiter.next().allow();
        assertThat(recited.status().isOk()).isTrue();
        assertThat(recited.numbers()).containsExactly(0, 1, 2);

        Replies dictated = new Replies();
        send(server.async().dictate(dictated), 5);
        limiter.next().allow();
        assertThat(dictated.status().isOk()).isTrue();
        assertThat(dictated.numbers()).containsExactly(4);

        Replies talked = new Replies();
        send(server.async().talk(talked), 5);
        limiter.next().allow();
        assertThat(talked.status().isOk()).isTrue();
        assertThat(talked.numbers()).containsExactly(0, 1, 2, 3, 4);
    }

    private static void send(StreamObserver<Line> call, int lines) {
        IntStream.range(0, lines).forEach(i -> call.onNext(line(i)));
        call.onCompleted();
    }

    @Test
    void rejectsEachKindOfCall() throws Exception {
        List<Replies> all = List.of(new Replies(), new Replies(), new Replies(), new Replies());
        server.async().say(line(1), all.get(0));
        server.async().recite(line(1), all.get(1));
        send(server.async().dictate(all.get(2)), 5);
        server.async().talk(all.get(3));

        for (int i = 0; i < all.size(); i++) {
            limiter.next().reject();
        }

        assertThat(all)
                .allMatch(replies -> replies.status().getCode() == Status.Code.RESOURCE_EXHAUSTED)
                .allMatch(replies -> "1500".equals(Replies.trailer(replies.failure(), "grpc-retry-pushback-ms")));
        assertThat(server.started).hasValue(0);
    }

    @Test
    void startsAHandlerThatSpeaksFirst() throws Exception {
        server.talk = observer -> {
            observer.onNext(line("who is there?"));
            return new ChatServer.Echo(observer);
        };
        Replies replies = new Replies();
        StreamObserver<Line> call = server.async().talk(replies);

        limiter.next().allow();

        await("the server speaks").until(() -> replies.lines.size() == 1);
        call.onNext(line("me"));
        call.onCompleted();
        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.lines).containsExactly(line("who is there?"), line("me"));
    }

    @Test
    void holdsMessagesBackUntilTheDecisionAndThenDeliversAllInOrder() throws Exception {
        server.talk = observer -> new ChatServer.Echo(observer) {
            @Override
            public void onNext(Line line) {
                super.onNext(line(line.getNumber()));
            }
        };
        Replies replies = new Replies();
        StreamObserver<Line> call = server.async().talk(replies);
        ScriptedLimiter.Open open = limiter.next();
        ClientCallStreamObserver<Line> client = replies.call;
        await("the connection").until(client::isReady);
        int sent = 0;
        while (client.isReady()) {
            assertThat(sent).as("16 KiB each, before flow control").isLessThan(10_000);
            call.onNext(numbered(sent++));
        }
        assertThat(server.started).hasValue(0);

        open.allow();

        for (int i = 0; i < 100; i++) {
            call.onNext(numbered(sent++));
        }
        call.onCompleted();
        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.numbers()).isEqualTo(IntStream.range(0, sent).boxed().toList());
    }

    private static Line numbered(int number) {
        return Line.newBuilder().setText(LONG).setNumber(number).build();
    }

    @Test
    void leavesBackPressureOfTheClientToTheHandler() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        AtomicBoolean waiting = new AtomicBoolean();
        server.recite = (request, observer) -> {
            ServerCallStreamObserver<Line> client = (ServerCallStreamObserver<Line>) observer;
            client.setOnReadyHandler(() -> {
                while (client.isReady() && sent.get() < 1_000) {
                    client.onNext(numbered(sent.getAndIncrement()));
                    if (sent.get() == 1_000) {
                        client.onCompleted();
                    }
                }
                waiting.set(true);
            });
        };
        Replies replies = new Replies(1);
        server.async().recite(line(1), replies);
        limiter.next().allow();
        await("the first message").until(() -> replies.lines.size() == 1);
        await("the handler waits").untilTrue(waiting);
        assertThat(sent).as("16 KiB each, before flow control").hasValueLessThan(1_000);

        replies.call.request(1_000);

        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.numbers())
                .isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void leavesBackPressureOfTheHandlerToTheClient() throws Exception {
        List<ServerCallStreamObserver<Line>> call = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger received = new AtomicInteger();
        server.dictate = observer -> {
            ServerCallStreamObserver<Line> server = (ServerCallStreamObserver<Line>) observer;
            server.disableAutoRequest();
            call.add(server);
            begun.countDown();
            return new ChatServer.Echo(observer) {
                @Override
                public void onNext(Line line) {
                    received.incrementAndGet();
                }

                @Override
                public void onCompleted() {
                    ChatServer.echo(line(received.get()), server);
                }
            };
        };
        Replies replies = new Replies();
        StreamObserver<Line> client = server.async().dictate(replies);
        send(client, 10);
        limiter.next().allow();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(received).as("nothing was requested").hasValue(0);

        call.get(0).request(3);
        await("three messages").until(() -> received.get() == 3);
        call.get(0).request(100);

        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.numbers()).containsExactly(10);
    }

    @Test
    void tellsAHandlerThatTheClientLeftInTheMiddle() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        server.talk = observer -> new ChatServer.Echo(observer) {
            @Override
            public void onError(Throwable failure) {
                left.countDown();
            }
        };
        Replies replies = new Replies();
        Context.CancellableContext client = Context.current().withCancellation();
        StreamObserver<Line> call = client.call(() -> server.async().talk(replies));
        call.onNext(line(1));
        limiter.next().allow();
        await("the first message").until(() -> replies.lines.size() == 1);

        client.cancel(null);

        assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** The decision comes at any moment: before the messages, between them, or after the half-close. */
    @Test
    void neverRunsTwoCallbacksAtOnceAndKeepsTheirOrder() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of StreamingTest: " + seed);
        Random random = new Random(seed);
        AtomicBoolean overlap = new AtomicBoolean();
        server.talk = observer -> {
            AtomicBoolean inside = new AtomicBoolean(true);
            observer.onNext(line(-1));
            LockSupport.parkNanos(1); // Another callback may begin.
            inside.set(false);
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
        for (int round = 0; round < 300; round++) {
            int lines = random.nextInt(20);
            Replies replies = new Replies();
            StreamObserver<Line> call = server.async().talk(replies);
            int decideAfter = random.nextInt(lines + 2);
            for (int i = 0; i <= lines; i++) {
                if (i == decideAfter) {
                    limiter.next().allow();
                }
                if (i < lines) {
                    call.onNext(line(i));
                } else {
                    call.onCompleted();
                }
            }
            if (decideAfter > lines) {
                limiter.next().allow();
            }
            assertThat(replies.status().isOk()).isTrue();
            assertThat(replies.numbers())
                    .isEqualTo(IntStream.range(-1, lines).boxed().toList());
        }
        assertThat(overlap).isFalse();
    }
}
