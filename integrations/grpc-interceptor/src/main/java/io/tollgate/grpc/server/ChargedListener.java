package io.tollgate.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listener of a call whose messages are charged: each message after the first is judged like a call of its own, and the next
 * callback waits until it is. The first is paid by the call.
 */
final class ChargedListener<Q, A> extends GuardedListener<Q, A> {
    private final ChargedCall<Q, A> charged;
    private final Supplier<CompletionStage<Admission>> judge;
    private boolean paid = true;

    ChargedListener(
            ChargedCall<Q, A> charged,
            Metadata headers,
            ServerCallHandler<Q, A> next,
            Executor executor,
            Supplier<CompletionStage<Admission>> judge) {
        super(charged, headers, next, executor);
        this.charged = charged;
        this.judge = judge;
    }

    @Override
    void receive(ServerCall.Listener<Q> listener, Q message) {
        if (paid) {
            paid = false;
            pass(listener, message);
            return;
        }
        CompletionStage<Admission> decision = judge.get();
        boolean pending = !decision.toCompletableFuture().isDone();
        if (pending) {
            gate.close();
        }
        decision.whenComplete((admission, failure) -> {
            try {
                boolean admitted = judged(admission, failure);
                if (pending) {
                    resume(admitted, message);
                } else if (admitted) {
                    pass(listener, message);
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        });
    }

    /** Returns whether the handler gets the message. If not, the call has ended. */
    private boolean judged(@Nullable Admission admission, @Nullable Throwable failure) {
        if (admission instanceof Admitted admitted) {
            admitted.settle(200);
            return true;
        }
        reject(admission, failure);
        return false;
    }

    private void resume(boolean admitted, Q message) {
        onExecutor(() -> {
            deliverNow(listener -> {
                if (admitted && !call.isEnded()) {
                    pass(listener, message);
                }
            });
            gate.open();
        });
    }

    private void pass(ServerCall.Listener<Q> listener, Q message) {
        super.receive(listener, message);
        charged.received();
    }
}
