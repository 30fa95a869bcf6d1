package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.server.chat.Line;
import io.tollgate.ratelimit.Policies;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls whose decision takes time, and what happens meanwhile and afterwards. */
class DecisionTest {
    /** Refunded unless the call fails for a reason of the server, or its end is unknown. */
    private static final RateLimitPolicy RESERVING = Policies.named("reserving")
            .limit(RateLimit.perHour(10))
            .chargeOnlyOn(CommonError.INTERNAL_SERVER_ERROR, CommonError.UNKNOWN_ERROR, CommonError.RESOURCE_NOT_FOUND)
            .build();

    private final ScriptedLimiter limiter = new ScriptedLimiter();

    /** True for each reservation that was kept, false for each that was refunded. */
    private final BlockingQueue<Boolean> settled = new LinkedBlockingQueue<>();

    private final RequestGuard guard = RequestGuard.builder()
            .limiter(limiter, List.of(RESERVING))
            .listener(new GuardListener() {
                @Override
                public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
                    settled.add(charged);
                }
            })
            .build();

    /** The calls that have arrived, as the server sees them. */
    private final BlockingQueue<ServerCall<?, ?>> calls = new LinkedBlockingQueue<>();

    private final ServerInterceptor arrivals = new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            calls.add(call);
            return listener;
        }
    };

    private final ChatServer server = server(UnaryOperator.identity());

    /** The latest call, as the server sees it. */
    private ServerCall<?, ?> call;

    private ChatServer server(UnaryOperator<Executor> wrapper) {
        return ChatServer.builder()
                .intercept(executor -> GuardInterceptor.of(guard, wrapper.apply(executor)))
                .intercept(executor -> arrivals)
                .start();
    }

    /** Waits for a decision that is to be made, and until the call waits for it. */
    private ScriptedLimiter.Open undecided() throws InterruptedException {
        ScriptedLimiter.Open open = limiter.next();
        call = calls.poll(30, TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return open;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Replies say() {
        Replies replies = new Replies();
        server.async().say(line("hello"), replies);
        return replies;
    }

    private boolean isCharged() throws InterruptedException {
        Boolean charged = settled.poll(30, TimeUnit.SECONDS);
        assertThat(charged).as("settled within 30 s").isNotNull();
        return charged;
    }

    @Test
    void startsNoHandlerBeforeTheDecision() throws Exception {
        Replies replies = say();
        ScriptedLimiter.Open open = undecided();
        assertThat(server.started).hasValue(0);

        open.allow();

        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.lines).containsExactly(line("hello"));
        assertThat(isCharged()).isFalse();
    }

    @Test
    void startsHandlersOnTheExecutorWithTheContextOfTheCall() throws Exception {
        AtomicReference<Thread> handler = new AtomicReference<>();
        server.say = (request, observer) -> {
            handler.set(Thread.currentThread());
            ChatServer.echo(line(String.valueOf(Context.current().getDeadline() != null)), observer);
        };
        Replies replies = new Replies();
        server.async().withDeadlineAfter(60, TimeUnit.SECONDS).say(line("hello"), replies);

        undecided().allow();

        assertThat(replies.status().isOk()).isTrue();
        assertThat(replies.lines).containsExactly(line("true"));
        assertThat(handler.get()).matches(ChatServer::isHandlerThread);
    }

    @Test
    void rejectsOnTheThreadOfTheLimiterWhileNoHandlerThreadIsFree() throws Exception {
        BlockingQueue<Runnable> stuck = new LinkedBlockingQueue<>();
        try (ChatServer other = server(executor -> stuck::add)) {
            Replies replies = new Replies();
            other.async().say(line("hello"), replies);

            undecided().reject();

            assertThat(replies.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(stuck).isEmpty();
        }
    }

    @Test
    void refundsACallWhoseClientLeftBeforeTheDecision() throws Exception {
        Replies replies = new Replies();
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> server.async().say(line("hello"), replies));
        ScriptedLimiter.Open open = undecided();

        client.cancel(null);
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.CANCELLED);
        await("the server knows").until(call::isCancelled);

        open.allow();

        assertThat(isCharged()).isFalse();
        assertThat(server.started).hasValue(0);
        assertThat(limiter.refunds).hasSize(1);
    }

    @Test
    void startsNoHandlerAfterTheDeadlineHasPassedDuringTheDecision() throws Exception {
        Replies replies = new Replies();
        server.async().withDeadlineAfter(200, TimeUnit.MILLISECONDS).say(line("hello"), replies);
        ScriptedLimiter.Open open = undecided();
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        await("the server knows").until(call::isCancelled);

        open.allow();

        assertThat(isCharged()).isFalse();
        assertThat(server.started).hasValue(0);
    }

    @Test
    void keepsTheChargeOfACallWhoseClientLeftWhileItWasHandled() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        server.say = (request, observer) -> {
            ((ServerCallStreamObserver<Line>) observer).setOnCancelHandler(cancelled::countDown);
            started.countDown();
        };
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(this::say);
        undecided().allow();
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();

        client.cancel(null);

        assertThat(isCharged()).isTrue();
        assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void settlesByTheStatusOfTheHandler() throws Exception {
        server.say = (request, observer) -> observer.onError(Status.NOT_FOUND.asRuntimeException());
        Replies missing = say();
        undecided().allow();
        assertThat(missing.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(isCharged()).isTrue();
        assertThat(Replies.trailer(missing.failure(), "x-ratelimit-limit")).isNull(); // reservations are not reported
        assertThat(Replies.trailer(missing.failure(), "x-request-id")).isNotNull();

        server.say = (request, observer) -> observer.onError(Status.ABORTED.asRuntimeException());
        Replies aborted = say();
        undecided().allow();
        assertThat(aborted.status().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(isCharged()).isFalse();
    }

    @Test
    void settlesByTheCodeOfAnErrorThatTheHandlerEndsWith() throws Exception {
        GatewayException error = GatewayException.of(CommonError.ROUTE_NOT_FOUND, "no such route");
        server.say = (request, observer) -> observer.onError(GrpcErrors.toStatusRuntimeException(error));
        Replies replies = say();
        undecided().allow();

        assertThat(replies.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(isCharged()).as("NOT_FOUND, but of another code").isFalse();
    }

    @Test
    void endsTheCallOfAHandlerThatThrowsAsTheServerWould() throws Exception {
        server.say = (request, observer) -> {
            throw new IllegalStateException("a secret of the handler");
        };
        Replies replies = say();
        undecided().allow();

        assertThat(replies.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(replies.status().getDescription()).isEqualTo("Application error processing RPC");
        assertThat(isCharged()).isTrue();
    }

    @Test
    void endsTheCallOfAHandlerThatThrowsWhileItStarts() throws Exception {
        server.talk = observer -> {
            throw new AssertionError("at once");
        };
        Replies replies = new Replies();
        server.async().talk(replies);
        undecided().allow();

        assertThat(replies.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(isCharged()).isTrue();
    }

    @Test
    void respondsWithTheErrorThatAHandlerThrows() throws Exception {
        server.say = (request, observer) -> {
            throw GatewayException.of(CommonError.RESOURCE_NOT_FOUND, "There is no such room.");
        };
        Replies replies = say();
        undecided().allow();

        assertThat(GrpcErrors.from(replies.failure()))
                .hasMessage("There is no such room.")
                .satisfies(error -> assertThat(error.code()).isEqualTo(CommonError.RESOURCE_NOT_FOUND));
        assertThat(isCharged()).isTrue();
    }

    @Test
    void rejectsACallThatCannotBeJudged() throws Exception {
        Replies replies = say();

        undecided().decision().completeExceptionally(new IllegalStateException("broken"));

        assertThat(GrpcErrors.from(replies.failure()).code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(replies.failure().getMessage()).doesNotContain("broken");
        assertThat(server.started).hasValue(0);
    }

    @Test
    void rejectsACallThatTheExecutorDoesNotTake() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (ChatServer other = server(executor -> full)) {
            Replies replies = new Replies();
            other.async().say(line("hello"), replies);

            undecided().allow();

            assertThat(GrpcErrors.from(replies.failure()).code()).isEqualTo(CommonError.OVERLOADED);
            assertThat(isCharged()).isFalse();
            assertThat(other.started).hasValue(0);
        }
    }

    @Test
    void decidesWhileHandlersBlock() throws Exception {
        CompletableFuture<Void> release = new CompletableFuture<>();
        server.say = (request, observer) -> {
            release.join();
            ChatServer.echo(request, observer);
        };
        List<Replies> blocked = List.of(say(), say(), say(), say());
        for (int i = 0; i < blocked.size(); i++) {
            undecided().allow();
        }
        await("all handlers block").until(() -> server.started.get() == 4);

        Replies limited = say();
        undecided().reject();
        assertThat(limited.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(blocked).noneMatch(Replies::isEnded);

        release.complete(null);
        assertThat(blocked).allMatch(replies -> replies.status().isOk());
    }
}
