package io.tollgate.operations;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when it is first needed, on a thread of its own: few need it, the start must not wait for it, and a
 * server's thread never. A failure is not kept: the next caller tries again. Thread-safe.
 */
final class Lazy<T> {
    private final Supplier<T> maker;
    private @Nullable CompletableFuture<T> value;

    Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    /** Returns the value, completed by the thread that makes it. */
    synchronized CompletionStage<T> get() {
        CompletableFuture<T> stage = value;
        if (stage == null || stage.isCompletedExceptionally()) {
            CompletableFuture<T> made = new CompletableFuture<>();
            value = made;
            stage = made;
            Thread thread = new Thread(() -> complete(made), "tollgate-operations-document");
            thread.setDaemon(true);
            thread.start();
        }
        return stage.minimalCompletionStage();
    }

    private void complete(CompletableFuture<T> made) {
        try {
            made.complete(maker.get());
        } catch (Throwable e) {
            made.completeExceptionally(e);
        }
    }
}
