package io.tollgate.operations.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Queues lines for a thread that writes them, so that logging never blocks. A line that finds the queue full is dropped and
 * counted. When the queue is empty again, the thread writes a line with the number of dropped ones. Logback's AsyncAppender
 * does not count them.
 */
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** The time after which the thread stops waiting for a line, and writes summaries if there are any. */
    private static final long MAX_WAIT_MILLIS = 500;

    private static final int BATCH = 256;

    private final BlockingQueue<ILoggingEvent> queue;
    private final Appender<ILoggingEvent> lines;
    private final Repetition repetition;
    private final LogCounts counts;
    private final long flushMillis;
    private final Thread writer = new Thread(this::write, "log");
    private volatile boolean stopping;
    private long droppedBefore; // read and written by the writer thread only
    /** Lines that the writer thread has taken: many at once, so that it seldom competes for the lock of the queue. */
    private final Queue<ILoggingEvent> taken = new ArrayDeque<>(BATCH);

    LineQueue(Appender<ILoggingEvent> lines, int size, long flushMillis, Repetition repetition, LogCounts counts) {
        this.lines = lines;
        this.queue = new ArrayBlockingQueue<>(size);
        this.flushMillis = flushMillis;
        this.repetition = repetition;
        this.counts = counts;
        this.droppedBefore = counts.dropped();
    }

    @Override
    public void start() {
        super.start();
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!repetition.passes(event)) {
            counts.suppress();
            return;
        }
        event.prepareForDeferredProcessing();
        if (!queue.offer(event)) {
            counts.drop();
        }
    }

    /** Accepts no more lines, and writes the queued ones for a limited time. */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        stopping = true;
        writer.interrupt();
        try {
            writer.join(flushMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lines.stop();
    }

    private void write() {
        while (!stopping || !taken.isEmpty() || !queue.isEmpty()) {
            ILoggingEvent event = next();
            if (event != null) {
                lines.doAppend(event);
            }
            if (taken.isEmpty() && queue.isEmpty()) {
                reportDropped();
            }
            repetition.summaries(false).forEach(this::writeLine);
        }
        reportDropped();
        repetition.summaries(true).forEach(this::writeLine);
    }

    private @Nullable ILoggingEvent next() {
        if (taken.isEmpty()) {
            queue.drainTo(taken, BATCH);
        }
        ILoggingEvent event = taken.poll();
        if (event != null || stopping) {
            return event;
        }
        try {
            return queue.poll(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return null; // by stop(), which the loop checks
        }
    }

    private void reportDropped() {
        long dropped = counts.dropped();
        if (dropped > droppedBefore) {
            writeLine(new Repetition.Summary(
                    LogLines.class.getName(),
                    Level.WARN,
                    (dropped - droppedBefore) + " log lines were dropped: there were more than could be written"));
            droppedBefore = dropped;
        }
    }

    private void writeLine(Repetition.Summary summary) {
        Logger logger = ((LoggerContext) getContext()).getLogger(summary.logger());
        lines.doAppend(
                new LoggingEvent(LineQueue.class.getName(), logger, summary.level(), summary.text(), null, null));
    }
}
