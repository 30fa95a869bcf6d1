package io.tollgate.testkit;

import io.tollgate.api.GatewayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for stages, and for threads. */
final class Stages {
    private static final int SECONDS = 30;

    private Stages() {}

    /** Returns what the stage completes with, or throws the {@link GatewayException} that it fails with. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw GatewayException.from(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (TimeoutException e) {
            throw new AssertionError("not complete after " + SECONDS + " s: " + stage, e);
        }
    }

    /** Calls {@code task} on that many threads at once, and returns their results; throws what one of them threw. */
    static <T> List<T> onThreads(int count, Callable<T> task) throws Exception {
        List<FutureTask<T>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(new FutureTask<>(task));
        }
        for (FutureTask<T> each : running) {
            Thread thread = new Thread(each, "contract");
            thread.setDaemon(true);
            thread.start();
        }
        List<T> results = new ArrayList<>();
        for (FutureTask<T> each : running) {
            try {
                results.add(each.get(100, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        return results;
    }
}
