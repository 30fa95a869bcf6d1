package io.tollgate.operations.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps of a shutdown, whatever one of them does. */
class ShutdownTest {
    private final Logger logger = new LoggerContext().getLogger("test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @Test
    void aStepThatFailsDoesNotKeepTheOthersFromTheirTurn() {
        Shutdown shutdown = new Shutdown(logger, Duration.ofMinutes(1), true);

        shutdown.step("one", () -> done.add("one"));
        shutdown.step("two", () -> {
            throw new AssertionError("as this test wants");
        });
        shutdown.step("three", () -> done.add("three"));

        assertThat(done).containsExactly("one", "three");
        assertThat(logged()).contains("step=two shutdown step failed");
    }

    @Test
    void aStepThatHangsIsLeftBehind() {
        CountDownLatch never = new CountDownLatch(1);
        Shutdown shutdown = new Shutdown(logger, Duration.ZERO, true);

        shutdown.step("hangs", Duration.ofMillis(50), () -> await(never));
        shutdown.step("next", () -> done.add("next"));

        assertThat(done).containsExactly("next");
        assertThat(logged())
                .contains("step=hangs limit=PT0.05S shutdown step did not end in time, going on without it")
                .anyMatch(line -> line.matches("step=next duration_ms=\\d+ shutdown step done"));
        never.countDown();
    }

    @Test
    void anInterruptReachesTheStepAndStaysSet() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean stillSet = new AtomicBoolean();
        Thread closing = new Thread(() -> {
            new Shutdown(logger, Duration.ofHours(1), true).step("waits", () -> {
                begun.countDown();
                await(new CountDownLatch(1));
                done.add("interrupted");
            });
            stillSet.set(Thread.currentThread().isInterrupted());
        });
        closing.start();
        begun.await();

        closing.interrupt();

        Awaitility.await().until(() -> !closing.isAlive());
        assertThat(done).containsExactly("interrupted");
        assertThat(stillSet).isTrue();
    }

    private List<String> logged() {
        return lines.list.stream()
                .map(line -> line.getKeyValuePairs().stream()
                                .map(pair -> pair.key + "=" + pair.value + " ")
                                .reduce("", String::concat)
                        + line.getFormattedMessage())
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
