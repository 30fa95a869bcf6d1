package io.tollgate.operations.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LineQueueTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("com.example.A");
    private final LogCounts counts = new LogCounts();
    private final Sink out = new Sink();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void keepsTheOrderAndWritesEverythingAtClose() {
        start(50_000);

        IntStream.range(0, 20_000).forEach(i -> log.info("line {}", i));
        context.stop();

        assertThat(messages())
                .isEqualTo(IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList());
        assertThat(counts.dropped()).isZero();
    }

    @Test
    void losesNothingUncountedWhereManyThreadsLogUntilTheClose() throws Exception {
        start(64);
        AtomicInteger logged = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(4_000);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    while (context.isStarted() || begun.getCount() > 0) {
                        log.info("line");
                        logged.incrementAndGet();
                        begun.countDown();
                    }
                }))
                .toList();
        LineQueue queue = (LineQueue) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("queue");
        threads.forEach(Thread::start);
        begun.await();
        // Lines that come after the stop are rejected by the appender, which is why only lower bounds hold.
        queue.stop();
        long written = messages().stream().filter("line"::equals).count();
        long known = written + counts.dropped();
        context.stop();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(known).isBetween(4_000L, (long) logged.get());
        assertThat(counts.dropped()).isPositive();
    }

    @Test
    void collectsLinesForOneWrite() {
        start(50_000);

        IntStream.range(0, 2_000).forEach(i -> log.info("line"));
        context.stop();

        assertThat(out.writes.get()).isLessThan(1_000);
    }

    @Test
    void goesOnAfterAWriteThatFailedAndCountsItsLines() {
        out.failures.set(1);
        start(100);

        log.info("lost");
        await().until(() -> counts.dropped() == 1);
        log.info("kept");
        await().until(() -> messages().contains("kept"));
        context.stop();

        assertThat(messages())
                .filteredOn(line -> !line.isEmpty())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("kept"),
                        then -> assertThat(then).startsWith("1 log lines were dropped"));
        assertThat(counts.dropped()).isEqualTo(1);
    }

    @Test
    void beginsANewLineAfterAWriteThatFailedHalfWay() {
        out.failures.set(1);
        out.half = true;
        start(100);

        log.info("torn");
        await().until(() -> counts.dropped() == 1);
        log.info("whole");
        context.stop();

        assertThat(messages()).contains("whole");
    }

    @Test
    void triesEachLineOnceWhereEveryWriteFails() {
        out.failures.set(Integer.MAX_VALUE);
        start(100);

        for (int i = 1; i <= 20; i++) {
            log.info("lost");
            int lines = i;
            await().until(() -> counts.dropped() == lines);
        }
        context.stop();

        assertThat(counts.dropped()).isEqualTo(20);
        assertThat(out.writes.get()).isLessThanOrEqualTo(20);
        assertThat(out.longest).isLessThan(200);
    }

    @Test
    void survivesAnInterrupt() {
        start(100);
        Thread writer = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("log of LineQueueTest"))
                .findFirst()
                .orElseThrow();

        writer.interrupt();
        await().until(() -> !writer.isInterrupted());
        log.info("after");

        await().until(() -> messages().contains("after"));
        assertThat(writer.isAlive()).isTrue();
    }

    @Test
    void writesALineThatIsLongerThanItsBuffer() {
        start(100);
        String value = "v".repeat(8_000);

        log.atInfo().setMessage("before").log();
        var line = log.atInfo();
        for (int i = 0; i < 20; i++) {
            line = line.addKeyValue("k" + i, value);
        }
        line.log("long");
        log.info("after");
        context.stop();

        assertThat(out.text().lines().toList().get(1))
                .hasSizeGreaterThan(2 * LineBuffer.CAPACITY)
                .endsWith("k19=" + value);
        assertThat(messages()).startsWith("before").endsWith("after").hasSize(3);
    }

    @Test
    void doesNotLetAnErrorWait() throws Exception {
        start(100);

        log.error("failed");

        assertThat(out.written.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(messages()).containsExactly("failed");
    }

    @ParameterizedTest
    @MethodSource
    void dropsAndCountsALineThatCannotBeEncoded(Throwable failure) {
        start(100);

        log.atInfo()
                .addKeyValue("value", new Object() {
                    @Override
                    public String toString() {
                        throw LineQueueTest.<RuntimeException>sneaky(failure);
                    }
                })
                .log("broken");
        log.info("whole");
        await().until(() -> messages().contains("whole"));
        context.stop();

        assertThat(messages()).contains("whole").doesNotContain("broken");
        assertThat(counts.dropped()).isEqualTo(1);
    }

    static Stream<Throwable> dropsAndCountsALineThatCannotBeEncoded() {
        return Stream.of(new IllegalStateException("no text"), new StackOverflowError(), new LinkageError("gone"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    private void start(int size) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        LineQueue queue = new LineQueue(
                new ReadableLines(ZoneOffset.UTC),
                out,
                size,
                20_000,
                new Repetition(10, TimeUnit.HOURS.toNanos(1), System::nanoTime),
                counts,
                "log of LineQueueTest");
        queue.setContext(context);
        queue.setName("queue");
        queue.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(queue);
    }

    /** The lines from the message on. */
    private List<String> messages() {
        return out.text()
                .lines()
                .map(line -> line.substring(line.lastIndexOf("  ") + (line.contains("  ") ? 2 : 1)))
                .toList();
    }

    private static final class Sink extends OutputStream {
        final AtomicInteger failures = new AtomicInteger();
        final AtomicInteger writes = new AtomicInteger();
        final CountDownLatch written = new CountDownLatch(1);
        volatile boolean half;
        volatile int longest;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            writes.incrementAndGet();
            longest = Math.max(longest, length);
            if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                if (half) {
                    bytes.write(source, offset, length / 2);
                }
                throw new IOException("no space left");
            }
            bytes.write(source, offset, length);
            written.countDown();
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
