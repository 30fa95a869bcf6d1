package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

class RepeatingTest {
    private static final OptionMap ONE_THREAD = OptionMap.create(Options.WORKER_IO_THREADS, 1);

    @Test
    void goesOnAfterAFailureAndStopsWhenItIsClosed() throws Exception {
        XnioWorker worker = Xnio.getInstance().createWorker(ONE_THREAD);
        AtomicInteger runs = new AtomicInteger();
        Repeating repeating = Repeating.start(worker.getIoThread(), Duration.ofMillis(1), () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first time only; one error in the log of this test is expected");
            }
        });
        await().until(() -> runs.get() > 3);

        repeating.close();
        CountDownLatch later = new CountDownLatch(1);
        worker.getIoThread().executeAfter(later::countDown, 20, TimeUnit.MILLISECONDS);
        later.await();
        int atTheEnd = runs.get();
        CountDownLatch evenLater = new CountDownLatch(1);
        worker.getIoThread().executeAfter(evenLater::countDown, 20, TimeUnit.MILLISECONDS);
        evenLater.await();
        assertThat(runs).hasValue(atTheEnd);
        worker.shutdown();
    }

    @Test
    void endsQuietlyWithItsThread() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger xnio = (Logger) LoggerFactory.getLogger("org.xnio");
        xnio.addAppender(logged);
        try {
            XnioWorker worker = Xnio.getInstance().createWorker(ONE_THREAD);
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch ends = new CountDownLatch(1);
            Repeating.start(worker.getIoThread(), Duration.ofMillis(1), () -> {
                runs.countDown();
                try {
                    ends.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            runs.await();
            worker.shutdown();
            ends.countDown();

            assertThat(worker.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            assertThat(logged.list).isEmpty();
        } finally {
            xnio.detachAppender(logged);
        }
    }
}
