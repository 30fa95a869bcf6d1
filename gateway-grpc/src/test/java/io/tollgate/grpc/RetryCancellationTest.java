package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** Calls that are cancelled between two attempts, on a channel whose attempts end when a test says so. */
class RetryCancellationTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ManualTimer timer = new ManualTimer();
    private final RetryBudget budget = new RetryBudget(10, timer::nanoTime);
    private final Retries retries = new Retries(Set.of(GrpcUserGateway.LOGIN), budget, timer);
    private final Attempts attempts = new Attempts();

    @Test
    void isNotSentAgainOnceItsContextIsCancelled() {
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(this::call);
        attempts.fail();

        context.cancel(null);
        timer.pass(LONG);

        assertThat(attempts.listeners).hasSize(1);
        assertThat(budget.retried()).isZero();
    }

    @Test
    void spendsNothingWhenItIsCancelledDuringThePause() {
        for (int i = 0; i < 100; i++) {
            ClientCall<?, ?> call = call();
            attempts.fail();
            call.cancel("the client left", null);
        }
        timer.pass(LONG);

        assertThat(attempts.listeners).hasSize(100);
        assertThat(budget.retried()).isZero();
        assertThat(budget.withheld()).isZero();
    }

    @Test
    void spendsNothingWhenItFailsAfterItWasCancelled() {
        ClientCall<?, ?> call = call();
        call.cancel("the client left", null);
        attempts.fail();
        timer.pass(LONG);

        assertThat(attempts.listeners).hasSize(1);
        assertThat(budget.retried()).isZero();
    }

    @Test
    void isNotSentAgainWhenItIsCancelledWhileItsAttemptFails() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < 5_000; i++) {
            ClientCall<?, ?> call = call();
            int sent = attempts.listeners.size();
            CompletableFuture<Void> cancelled = CompletableFuture.runAsync(
                    () -> {
                        await(start);
                        call.cancel("the client left", null);
                    },
                    task -> new Thread(task).start());
            await(start);
            attempts.fail();
            cancelled.join();
            timer.pass(LONG);

            assertThat(attempts.listeners).hasSize(sent);
        }
        assertThat(budget.retried()).isZero();
    }

    /** The verdict about its backend comes while an attempt is sent, and gRPC lets nobody send on a call that is cancelled. */
    @Test
    void leavesABackendOnceItsRequestIsSent() {
        for (int i = 0; i < 100; i++) {
            budget.called();
        }
        attempts.abandonedWhenStarted = 2;
        List<Status> ends = new ArrayList<>();
        call(ends);
        assertThat(attempts.listeners).hasSize(1);
        timer.pass(Duration.ofSeconds(2)); // Both pauses.
        assertThat(attempts.listeners).hasSize(3);
        assertThat(ends).isEmpty();

        attempts.end(Status.OK);
        assertThat(ends).containsExactly(Status.OK);
        assertThat(budget.retried()).isEqualTo(2);
        for (int i = 0; i < 100; i++) {
            assertThat(budget.reserve())
                    .as("of a budget of 20, 18 are left: %d", i)
                    .isEqualTo(i < 18);
        }
    }

    @Test
    void staysWithABackendThatHasBegunToRespond() {
        List<Status> ends = new ArrayList<>();
        call(ends);
        attempts.listeners.get(0).onHeaders(new Metadata());
        attempts.abandon(0);
        assertThat(attempts.cancelled).isEmpty();

        attempts.end(Status.OK);
        assertThat(ends).containsExactly(Status.OK);
        assertThat(budget.reserve()).isTrue();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ClientCall<LoginRequest, LoginResponse> call() {
        return call(new ArrayList<>());
    }

    /** Starts a call whose ends are added to {@code ends}. */
    private ClientCall<LoginRequest, LoginResponse> call(List<Status> ends) {
        ClientCall<LoginRequest, LoginResponse> call =
                retries.interceptCall(UserServiceGrpc.getLoginMethod(), CallOptions.DEFAULT, attempts);
        ClientCall.Listener<LoginResponse> listener = new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                ends.add(status);
            }
        };
        call.start(listener, new Metadata());
        call.sendMessage(LoginRequest.getDefaultInstance());
        call.halfClose();
        return call;
    }

    private static final class Attempts extends Channel {
        private final List<ClientCall.Listener<?>> listeners = new ArrayList<>();
        private final List<Runnable> abandon = new ArrayList<>();
        private final List<String> cancelled = new ArrayList<>();
        /** The number of attempts that are abandoned while they start. */
        private int abandonedWhenStarted;

        /** Ends the last attempt as a service does that is unavailable. */
        void fail() {
            end(Status.UNAVAILABLE);
        }

        void end(Status status) {
            listeners.get(listeners.size() - 1).onClose(status, new Metadata());
        }

        void abandon(int attempt) {
            abandon.get(attempt).run();
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            Runnable leave = options.getOption(RetryingCall.ABANDON);
            return new ClientCall<>() {
                private boolean over;

                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    listeners.add(listener);
                    abandon.add(leave);
                    if (listeners.size() <= abandonedWhenStarted) {
                        leave.run();
                    }
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {
                    over = true;
                    cancelled.add(message);
                    if (listeners.size() <= abandonedWhenStarted) {
                        end(Status.CANCELLED);
                    }
                }

                @Override
                public void halfClose() {
                    assertThat(over).isFalse();
                }

                @Override
                public void sendMessage(Q message) {
                    assertThat(over).isFalse();
                }
            };
        }

        @Override
        public String authority() {
            return "test";
        }
    }
}
