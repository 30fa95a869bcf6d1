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

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ClientCall<LoginRequest, LoginResponse> call() {
        ClientCall<LoginRequest, LoginResponse> call =
                retries.interceptCall(UserServiceGrpc.getLoginMethod(), CallOptions.DEFAULT, attempts);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(LoginRequest.getDefaultInstance());
        call.halfClose();
        return call;
    }

    private static final class Attempts extends Channel {
        private final List<ClientCall.Listener<?>> listeners = new ArrayList<>();

        /** Ends the last attempt as a service does that is unavailable. */
        void fail() {
            listeners.get(listeners.size() - 1).onClose(Status.UNAVAILABLE, new Metadata());
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    listeners.add(listener);
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }

        @Override
        public String authority() {
            return "test";
        }
    }
}
