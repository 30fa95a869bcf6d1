package io.tollgate.auth.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Waits for stages, and for threads. */
final class Stages {
    private static final int SECONDS = 60;

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

    /** Asserts that the call fails with that code, and returns the error. */
    static GatewayException assertFails(ErrorCode code, CompletionStage<?> call) {
        GatewayException failure = assertThrows(GatewayException.class, () -> await(call));
        assertEquals(code.name(), failure.code().name(), failure::toString);
        return failure;
    }

    /** Uses each of these on a thread of its own, all at the same moment, and returns the results in order. */
    static <T, R> List<R> atOnce(List<T> all, Function<T, R> use) throws Exception {
        CyclicBarrier start = new CyclicBarrier(all.size());
        List<FutureTask<R>> running = new ArrayList<>();
        for (T one : all) {
            FutureTask<R> task = new FutureTask<>(() -> {
                start.await(SECONDS, TimeUnit.SECONDS);
                return use.apply(one);
            });
            running.add(task);
            Thread thread = new Thread(task, "contract");
            thread.setDaemon(true);
            thread.start();
        }
        List<R> results = new ArrayList<>();
        for (FutureTask<R> one : running) {
            results.add(one.get(SECONDS, TimeUnit.SECONDS));
        }
        return results;
    }
}
