package io.tollgate.runner.docs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when it is first asked for, on a thread of its own: few ask, nobody is to wait for it at the start,
 * and an I/O thread never. Thread-safe.
 */
final class Later<T> implements Supplier<CompletionStage<T>> {
    private final Supplier<T> maker;
    private @Nullable CompletableFuture<T> value;

    Later(Supplier<T> maker) {
        this.maker = maker;
    }

    @Override
    public synchronized CompletionStage<T> get() {
        CompletableFuture<T> stage = value;
        if (stage == null) {
            CompletableFuture<T> made = new CompletableFuture<>();
            value = made;
            stage = made;
            Thread thread = new Thread(() -> complete(made), "api-docs");
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
