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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        List<Object> received = new ArrayList<>();
        call(received);
        assertThat(attempts.listeners).hasSize(1);
        timer.pass(Duration.ofSeconds(2)); // Both pauses.
        assertThat(attempts.listeners).hasSize(3);
        assertThat(received).isEmpty();

        attempts.end(Status.OK);
        assertThat(received).containsExactly(Status.Code.OK);
        assertThat(budget.retried()).isEqualTo(2);
        assertThat(retriesLeft()).as("of 20").isEqualTo(18);
    }

    @Test
    void staysWithABackendThatHasBegunToRespond() {
        List<Object> received = new ArrayList<>();
        call(received);
        attempts.listeners.get(0).onHeaders(new Metadata());
        attempts.abandon(0);
        assertThat(attempts.cancelled).isEmpty();

        attempts.end(Status.OK);
        assertThat(received).containsExactly("headers", Status.Code.OK);
        assertThat(retriesLeft()).isEqualTo(10);
    }

    @Test
    void staysWithABackendThatBeginsToRespondBeforeTheRequestIsSent() {
        attempts.whileSending = () -> {
            attempts.abandon(0);
            attempts.listeners.get(0).onHeaders(new Metadata());
        };
        List<Object> received = new ArrayList<>();
        call(received);
        assertThat(attempts.cancelled).isEmpty();

        attempts.end(Status.OK);
        timer.pass(LONG);
        assertThat(received).containsExactly("headers", Status.Code.OK);
        assertThat(attempts.listeners).hasSize(1);
        assertThat(retriesLeft()).isEqualTo(10);
    }

    /** The verdict and the response may cross each other: what comes of an attempt that was left must not reach the caller. */
    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "CANCELLED"})
    void dropsTheResponseOfABackendThatItLeft(Status.Code end) {
        List<Object> received = new ArrayList<>();
        call(received);
        attempts.abandon(0);
        assertThat(attempts.cancelled).containsExactly("the backend does not respond");
        attempts.respond(LoginResponse.getDefaultInstance());
        attempts.end(end.toStatus());
        timer.pass(LONG);
        assertThat(attempts.listeners).hasSize(2);
        assertThat(received).isEmpty();

        LoginResponse response =
                LoginResponse.newBuilder().setAccessToken("token-2").build();
        attempts.respond(response);
        attempts.end(Status.OK);
        assertThat(received).containsExactly("headers", response, Status.Code.OK);
        assertThat(budget.retried()).isEqualTo(1);
    }

    @Test
    void endsAsCancelledWhenItIsCancelledWhileItsRequestIsSentAgain() {
        List<Object> received = new ArrayList<>();
        ClientCall<?, ?> call = call(received);
        attempts.whileSending = () -> call.cancel("the client left", null);
        attempts.fail();
        timer.pass(LONG);
        attempts.end(Status.CANCELLED);

        assertThat(attempts.listeners).hasSize(2);
        assertThat(attempts.cancelled).containsExactly("the client left");
        assertThat(received).containsExactly(Status.Code.CANCELLED);
    }

    /** More than one stream of an attempt may be abandoned, for gRPC makes another one when a server has not seen the first. */
    @Test
    void reservesOneAttemptForOneThatIsAbandonedTwice() {
        call();
        attempts.abandon(0);
        attempts.abandon(0);
        attempts.end(Status.CANCELLED);
        timer.pass(Duration.ofSeconds(1)); // the pause
        attempts.end(Status.OK);
        assertThat(retriesLeft()).as("of 10").isEqualTo(9);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int retriesLeft() {
        int left = 0;
        while (budget.reserve()) {
            left++;
        }
        return left;
    }

    private ClientCall<LoginRequest, LoginResponse> call() {
        return call(new ArrayList<>());
    }

    /** Starts a call and adds to {@code received} what its listener gets. */
    private ClientCall<LoginRequest, LoginResponse> call(List<Object> received) {
        ClientCall<LoginRequest, LoginResponse> call =
                retries.interceptCall(UserServiceGrpc.getLoginMethod(), CallOptions.DEFAULT, attempts);
        ClientCall.Listener<LoginResponse> listener = new ClientCall.Listener<>() {
            @Override
            public void onHeaders(Metadata headers) {
                received.add("headers");
            }

            @Override
            public void onMessage(LoginResponse message) {
                received.add(message);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                received.add(status.getCode());
            }
        };
        call.start(listener, new Metadata());
        call.sendMessage(LoginRequest.getDefaultInstance());
        call.halfClose();
        return call;
    }

    private static final class Attempts extends Channel {
        private final List<ClientCall.Listener<LoginResponse>> listeners = new ArrayList<>();
        private final List<Runnable> abandon = new ArrayList<>();
        private final List<String> cancelled = new ArrayList<>();
        /** The number of attempts that are abandoned while they start. */
        private int abandonedWhenStarted;

        private Runnable whileSending = () -> {};

        /** Ends the last attempt as a service does that is unavailable. */
        void fail() {
            end(Status.UNAVAILABLE);
        }

        void end(Status status) {
            listeners.get(listeners.size() - 1).onClose(status, new Metadata());
        }

        void respond(LoginResponse response) {
            ClientCall.Listener<LoginResponse> last = listeners.get(listeners.size() - 1);
            last.onHeaders(new Metadata());
            last.onMessage(response);
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
                @SuppressWarnings("unchecked") // there are no other calls
                public void start(Listener<A> listener, Metadata headers) {
                    listeners.add((Listener<LoginResponse>) listener);
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
                    whileSending.run();
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
