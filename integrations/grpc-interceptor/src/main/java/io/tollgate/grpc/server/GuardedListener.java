package io.tollgate.grpc.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of a guarded call. Starts the handler when the call is admitted, and passes the callbacks on in their order, with
 * the context of the admission. No message arrives before that, since only the handler requests them.
 */
class GuardedListener<Q, A> extends ServerCall.Listener<Q> {
    private static final Logger log = LoggerFactory.getLogger(GuardInterceptor.class);

    final GuardedCall<Q, A> call;
    final CallbackGate gate = new CallbackGate();
    private final Metadata headers;
    private final ServerCallHandler<Q, A> next;
    private final Executor executor;

    // Written before the gate opens.
    private Context context = Context.current();
    private ServerCall.Listener<Q> handler = new ServerCall.Listener<>() {};

    GuardedListener(GuardedCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next, Executor executor) {
        this.call = call;
        this.headers = headers;
        this.next = next;
        this.executor = executor;
    }

    // The decision

    /** Starts the handler or rejects the call when the decision is there: on this thread if it is there already. */
    void await(CompletionStage<Admission> decision) {
        boolean immediate = decision.toCompletableFuture().isDone();
        decision.whenComplete((admission, failure) -> {
            try {
                if (!(admission instanceof Admitted admitted)) {
                    gate.discard();
                    reject(admission, failure);
                } else if (immediate) {
                    start(admitted);
                } else {
                    startLater(admitted);
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        });
    }

    /** Ends the call for which there is a rejection, or no decision. */
    void reject(@Nullable Admission admission, @Nullable Throwable failure) {
        if (admission instanceof Rejected rejected) {
            call.reject(rejected.error(), rejected);
        } else {
            GatewayException error = GatewayException.from(failure == null ? new IllegalStateException() : failure);
            log("A call could not be judged", error.getCause() == null ? error : error.getCause());
            call.reject(error, null);
        }
    }

    private void startLater(Admitted admitted) {
        if (!onExecutor(() -> start(admitted))) {
            admitted.abandon();
        }
    }

    /** Runs a task that continues with the callbacks; returns false if the executor rejects it, which ends the call. */
    boolean onExecutor(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            gate.discard();
            call.reject(GatewayException.of(CommonError.OVERLOADED, "The server cannot handle the call now."), null);
            return false;
        }
    }

    private void start(Admitted admitted) {
        if (call.isCancelled() || context.isCancelled()) {
            admitted.abandon();
            gate.discard();
            return;
        }
        call.admit(admitted);
        context = context.withValues(
                GuardInterceptor.PRINCIPAL,
                admitted.principal().orElse(null),
                GuardInterceptor.ADMITTED,
                admitted,
                GuardInterceptor.REQUEST_ID,
                call.requestId());
        inContext(() -> handler = requireNonNull(next.startCall(call, headers), "startCall"));
        gate.open();
    }

    // Callbacks

    @Override
    public void onMessage(Q message) {
        deliver(listener -> {
            if (!call.isEnded()) {
                receive(listener, message);
            }
        });
    }

    @Override
    public void onHalfClose() {
        deliver(listener -> {
            if (!call.isEnded()) {
                listener.onHalfClose();
            }
        });
    }

    @Override
    public void onReady() {
        deliver(listener -> {
            if (!call.isEnded()) {
                listener.onReady();
            }
        });
    }

    @Override
    public void onCancel() {
        deliver(listener -> {
            call.clientLeft();
            listener.onCancel();
        });
    }

    /** Completes the call; for a handler whose call the guard ended, that is a cancellation. */
    @Override
    public void onComplete() {
        deliver(listener -> {
            if (call.isEnded()) {
                listener.onCancel();
            } else {
                listener.onComplete();
            }
        });
    }

    /** Passes a message to the handler. */
    void receive(ServerCall.Listener<Q> listener, Q message) {
        listener.onMessage(message);
    }

    void deliver(Consumer<ServerCall.Listener<Q>> callback) {
        if (!gate.hold(() -> deliverNow(callback))) {
            deliverNow(callback);
        }
    }

    void deliverNow(Consumer<ServerCall.Listener<Q>> callback) {
        inContext(() -> callback.accept(handler));
    }

    private void inContext(Runnable handling) {
        Context previous = context.attach();
        try {
            handling.run();
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            context.detach(previous);
        }
    }

    // Failures

    /**
     * Ends the call of a handler that threw. The server would do the same, but sees only what is thrown on its own thread, and
     * there it could not be settled.
     */
    void failed(Throwable failure) {
        GatewayException error = failure instanceof GatewayException e ? e : null;
        if (error == null || error.code().isServerFault()) {
            log("A handler failed", failure);
        }
        if (error == null) {
            call.end(
                    Status.UNKNOWN
                            .withDescription("Application error processing RPC")
                            .withCause(failure),
                    new Metadata());
        } else {
            call.reject(error, null);
        }
    }

    private void log(String event, Throwable cause) {
        log.atError()
                .setCause(cause)
                .addKeyValue("method", call.getMethodDescriptor().getFullMethodName())
                .addKeyValue("request_id", call.requestId())
                .log(event);
    }
}
