package io.tollgate.config;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // A watch needs no more than to be open.
class FileWatchTest {
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("config.yaml"), "1");
    }

    @Test
    void callsBackOnceForEachChange() throws Exception {
        try (FileWatch watch = new FileWatch(file, OFTEN, this::look)) {
            replace("22");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("22");
            replace("333");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("333");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void aFileThatIsDeletedOrBecomesAFolderIsAChangeAndTheWatchGoesOn() throws Exception {
        try (FileWatch watch = new FileWatch(file, OFTEN, this::look)) {
            Files.delete(file);
            assertThat(seen.poll(30, SECONDS)).isEqualTo("missing");
            Files.createDirectory(file);
            assertThat(seen.poll(30, SECONDS)).isEqualTo("folder");
            Files.delete(file);
            assertThat(seen.poll(30, SECONDS)).isEqualTo("missing");
            replace("back");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("back");
        }
    }

    @Test
    void aLinkThatPointsElsewhereIsAChange() throws Exception {
        Path other = Files.writeString(folder.resolve("other.yaml"), "other");
        Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), file);
        Path next = Files.createSymbolicLink(folder.resolve("next.yaml"), other);
        file = link;
        try (FileWatch watch = new FileWatch(link, OFTEN, this::look)) {
            Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);

            assertThat(seen.poll(30, SECONDS)).isEqualTo("other");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class, AssertionError.class})
    void aCallbackThatThrowsDoesNotEndTheWatch(Class<? extends Throwable> kind) throws Exception {
        Throwable failure = kind.getConstructor().newInstance();
        try (FileWatch watch = new FileWatch(file, OFTEN, () -> {
            look();
            FileWatchTest.<RuntimeException>rethrow(failure);
        })) {
            replace("22");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("22");
            replace("333");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("333");
        }
    }

    @Test
    void aCallbackThatIsInterruptedDoesNotEndTheWatch() throws Exception {
        try (FileWatch watch = new FileWatch(file, OFTEN, () -> {
            look();
            Thread.currentThread().interrupt();
        })) {
            replace("22");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("22");
            replace("333");
            assertThat(seen.poll(30, SECONDS)).isEqualTo("333");
        }
    }

    @Test
    void closeWaitsForTheCallbackInFlight() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        FileWatch watch = new FileWatch(file, OFTEN, () -> {
            entered.countDown();
            done.complete(awaited(leave));
        });
        replace("22");
        assertThat(entered.await(30, SECONDS)).isTrue();
        Thread closer = new Thread(watch::close);
        closer.start();

        leave.countDown();
        closer.join();

        assertThat(done).isCompletedWithValue(true);
    }

    @Test
    void theCallbackMayCloseTheWatch() throws Exception {
        AtomicReference<FileWatch> watch = new AtomicReference<>();
        CountDownLatch set = new CountDownLatch(1);
        CompletableFuture<Thread.State> state = new CompletableFuture<>();
        CompletableFuture<Thread> callback = new CompletableFuture<>();
        watch.set(new FileWatch(file, OFTEN, () -> {
            awaited(set);
            callback.complete(Thread.currentThread());
            watch.get().close();
            state.complete(Thread.currentThread().getState());
        }));
        set.countDown();
        replace("22");

        // A thread that waits for its own end does so until the watch gives up after 5 s.
        Thread thread = callback.get(30, SECONDS);
        assertThat(state.get(3, SECONDS)).isEqualTo(Thread.State.RUNNABLE);
        thread.join();
    }

    @Test
    void anIntervalMustBePositive() {
        assertThatThrownBy(() -> new FileWatch(file, Duration.ZERO, this::look))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("interval: PT0S (expected: > 0)");
    }

    private void look() {
        try {
            seen.add(Files.isDirectory(file) ? "folder" : Files.exists(file) ? Files.readString(file) : "missing");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces the file at once, as editors and Kubernetes do, so that no look sees half of it. */
    private void replace(String content) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable failure) throws T {
        throw (T) failure;
    }
}
