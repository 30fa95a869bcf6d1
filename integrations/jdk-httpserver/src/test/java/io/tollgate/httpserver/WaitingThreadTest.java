package io.tollgate.httpserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class WaitingThreadTest {
    private final WaitingThread waiting = new WaitingThread();
    private final Executor others = task -> new Thread(task).start();

    @Test
    void runsTheTasksOfAStageWhileItWaitsForIt() {
        Thread ran = waiting.join(() -> CompletableFuture.supplyAsync(() -> "decided", others)
                .thenApplyAsync(decided -> Thread.currentThread(), waiting));

        assertThat(ran).isSameAs(Thread.currentThread());
    }

    @Test
    void returnsAtOnceWhatIsComplete() {
        assertThat(waiting.join(() -> CompletableFuture.completedStage("at once")))
                .isEqualTo("at once");
    }

    @Test
    void failsAsTheStageDoes() {
        assertThatThrownBy(() -> waiting.join(() -> CompletableFuture.supplyAsync(
                        () -> {
                            throw new IllegalStateException("on purpose");
                        },
                        others)))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("on purpose");
    }

    @Test
    void runsTasksWhereTheyComeFromIfNoThreadWaits() {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        CompletableFuture<Thread> other = new CompletableFuture<>();
        others.execute(() -> {
            other.complete(Thread.currentThread());
            waiting.execute(() -> ran.complete(Thread.currentThread()));
        });

        assertThat(ran.join()).isSameAs(other.join());
    }

    @Test
    void runsTasksThatCameTooLateForTheWait() {
        CompletableFuture<String> late = new CompletableFuture<>();

        waiting.join(() -> {
            waiting.execute(() -> late.complete("run"));
            return CompletableFuture.completedStage("at once");
        });

        assertThat(late).isCompletedWithValue("run");
    }

    @Test
    void waitsToTheEndWhenItIsInterrupted() {
        Thread.currentThread().interrupt();

        String result = waiting.join(() -> CompletableFuture.supplyAsync(() -> "decided", others));

        assertThat(result).isEqualTo("decided");
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
}
