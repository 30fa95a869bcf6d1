package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of a fake: succeeds, fails or hangs as the test scripts. */
final class ScriptedCalls {
    /** Empty for a call that hangs. */
    private record Step(@Nullable GatewayException failure) {}

    private final Queue<Step> script = new ArrayDeque<>();
    private final List<CallContext> contexts = new ArrayList<>();
    private List<CompletableFuture<@Nullable Void>> hanging = new ArrayList<>();

    synchronized void fail(GatewayException failure) {
        script.add(new Step(requireNonNull(failure, "failure")));
    }

    synchronized void hang() {
        script.add(new Step(null));
    }

    void release() {
        List<CompletableFuture<@Nullable Void>> released;
        synchronized (this) {
            released = hanging;
            hanging = new ArrayList<>();
        }
        released.forEach(call -> call.complete(null));
    }

    synchronized List<CallContext> contexts() {
        return List.copyOf(contexts);
    }

    synchronized int hanging() {
        return hanging.size();
    }

    /** Makes a call, which is {@code work} unless the script or the context ends it before. */
    <T> CompletionStage<T> call(CallContext context, Supplier<T> work) {
        requireNonNull(context, "context");
        Step step;
        CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
        synchronized (this) {
            contexts.add(context);
            step = script.poll();
            if (step != null && step.failure() == null) {
                hanging.add(released);
            }
        }
        if (context.ended().isPresent()) {
            return CompletableFuture.failedStage(context.ended().get());
        }
        if (step == null) {
            return now(work);
        }
        GatewayException failure = step.failure();
        return failure == null ? whenReleased(released, context, work) : CompletableFuture.failedStage(failure);
    }

    private static <T> CompletionStage<T> now(Supplier<T> work) {
        try {
            return CompletableFuture.completedStage(work.get());
        } catch (GatewayException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private <T> CompletionStage<T> whenReleased(
            CompletableFuture<@Nullable Void> released, CallContext context, Supplier<T> work) {
        CallContext.Registration registration = context.onCancel(() -> released.completeExceptionally(timeout()));
        context.remaining().ifPresent(left -> released.orTimeout(left.toNanos(), TimeUnit.NANOSECONDS));
        return released.handle((nothing, failure) -> {
                    registration.close();
                    forget(released);
                    if (failure != null) {
                        throw failure instanceof TimeoutException ? timeout() : GatewayException.from(failure);
                    }
                    return work.get();
                })
                .minimalCompletionStage();
    }

    private synchronized void forget(CompletableFuture<@Nullable Void> ended) {
        hanging.removeIf(call -> call == ended);
    }

    private static GatewayException timeout() {
        return GatewayException.of(CommonError.REQUEST_TIMEOUT, "The request was not answered in time.");
    }
}
