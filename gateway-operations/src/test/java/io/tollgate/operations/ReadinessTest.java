package io.tollgate.operations;

import static io.tollgate.operations.Condition.degraded;
import static io.tollgate.operations.Condition.down;
import static io.tollgate.operations.Condition.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.operations.Condition.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    @Test
    void isDownForWantOfAListenerOfKeysOrOfEveryService() {
        assertThat(status(part(ComponentKind.LISTENER, ok("")), part(ComponentKind.KEYS, ok(""))))
                .isEqualTo(Status.OK);
        assertThat(status(part(ComponentKind.LISTENER, down("")))).isEqualTo(Status.DOWN);
        assertThat(status(part(ComponentKind.KEYS, down("")))).isEqualTo(Status.DOWN);
        assertThat(status(part(ComponentKind.UPSTREAM, down("")), part(ComponentKind.UPSTREAM, down(""))))
                .isEqualTo(Status.DOWN);
    }

    @Test
    void isDegradedByAnythingElse() {
        assertThat(status(part(ComponentKind.UPSTREAM, down("")), part(ComponentKind.UPSTREAM, degraded(""))))
                .isEqualTo(Status.DEGRADED);
        assertThat(status(part(ComponentKind.REDIS, down("")), part(ComponentKind.UPSTREAM, ok(""))))
                .isEqualTo(Status.DEGRADED);
        assertThat(status(part(ComponentKind.LIMITER, degraded("")))).isEqualTo(Status.DEGRADED);
        assertThat(status(new Component("broken", ComponentKind.REDIS, () -> {
                    throw new IllegalStateException("cannot say");
                })))
                .isEqualTo(Status.DEGRADED);
    }

    @Test
    void remembersSinceWhenAndWhatChanged() {
        AtomicReference<Condition> condition =
                new AtomicReference<>(ok("connected").with("mode", "shared"));
        Readiness readiness =
                new Readiness(List.of(new Component("redis", ComponentKind.REDIS, condition::get)), clock());

        pass(60);
        readiness.look();
        assertThat(readiness.report().components().get(0).since()).isEqualTo(START);
        assertThat(readiness.report().changes()).isEmpty();

        condition.set(degraded("away").with("mode", "fallback"));
        readiness.look();
        pass(1);
        condition.set(degraded("away").with("mode", "probing"));
        readiness.look();

        Readiness.State state = readiness.report().components().get(0);
        assertThat(state.since()).as("a fact is no change of state").isEqualTo(START.plusSeconds(60));
        assertThat(state.condition().facts()).containsEntry("mode", "probing");
        assertThat(readiness.report().since()).isEqualTo(START.plusSeconds(60));
        assertThat(readiness.report().changes())
                .containsExactly(
                        new Readiness.Change(START.plusSeconds(60), "redis", Status.OK, Status.DEGRADED, "away"));
    }

    @Test
    void remembersTheLatestHundredChanges() {
        AtomicReference<Condition> condition = new AtomicReference<>(ok("0"));
        Readiness readiness =
                new Readiness(List.of(new Component("redis", ComponentKind.REDIS, condition::get)), clock());
        for (int i = 1; i <= 250; i++) {
            condition.set(ok(Integer.toString(i)));
            readiness.look();
        }

        List<Readiness.Change> changes = readiness.report().changes();
        assertThat(changes).hasSize(Readiness.MAX_CHANGES);
        assertThat(changes.get(99).detail()).isEqualTo("250");
    }

    private Status status(Component... components) {
        return new Readiness(List.of(components), clock()).report().status();
    }

    private static Component part(ComponentKind kind, Condition condition) {
        return new Component("part", kind, () -> condition);
    }

    private void pass(int seconds) {
        now.set(now.get().plusSeconds(seconds));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
    }

    @Test
    void survivesAnErrorOfAComponent() {
        Component broken = new Component("broken", ComponentKind.OTHER, () -> {
            throw new NoClassDefFoundError("on purpose");
        });
        Readiness readiness = new Readiness(List.of(broken, part(ComponentKind.LISTENER, down(""))), clock());

        assertThat(readiness.report().status()).isEqualTo(Status.DOWN);
        assertThat(readiness.report().components().get(0).condition())
                .isEqualTo(degraded("unknown: NoClassDefFoundError"));
    }

    @Test
    void lookingAtOneComponentWaitsForNoOtherAndIsNotUndoneByAnOlderLook() throws Exception {
        AtomicReference<Condition> listener = new AtomicReference<>(ok(""));
        AtomicReference<CountDownLatch> hangs = new AtomicReference<>(new CountDownLatch(0));
        CountDownLatch looking = new CountDownLatch(2);
        Readiness readiness = new Readiness(
                List.of(
                        new Component("listener", ComponentKind.LISTENER, listener::get),
                        new Component("disk", ComponentKind.OTHER, () -> {
                            looking.countDown();
                            awaitUninterrupted(hangs.get());
                            return ok("");
                        })),
                clock());
        hangs.set(new CountDownLatch(1));
        CompletableFuture<Void> older = CompletableFuture.runAsync(readiness::look, THREADS);
        looking.await();

        listener.set(down("draining"));
        CompletableFuture<Void> newer = CompletableFuture.runAsync(() -> readiness.look("listener"), THREADS);
        assertThat(newer).succeedsWithin(Duration.ofSeconds(20));
        assertThat(readiness.report().status()).isEqualTo(Status.DOWN);

        hangs.get().countDown();
        assertThat(older).succeedsWithin(Duration.ofSeconds(20));
        assertThat(readiness.report().status()).isEqualTo(Status.DOWN);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
