package io.tollgate.runner.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands lines to a thread of its own, which writes them. Whoever logs never waits: a line that finds the queue full is
 * dropped and counted, and when there is room again a line says how many were. Logback's own AsyncAppender does not know
 * how many it dropped.
 */
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** How long the thread waits for a line before it looks whether anything else is to be said. */
    private static final long LOOK_AFTER_MILLIS = 500;

    private final BlockingQueue<ILoggingEvent> queue;
    private final Appender<ILoggingEvent> lines;
    private final Repetition repetition;
    private final LogCounts counts;
    private final long flushMillis;
    private final Thread writer = new Thread(this::write, "log");
    private volatile boolean stopping;
    private long droppedBefore; // of the writer alone

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

    /** Writes what is queued, for a limited time, and takes no more. */
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
        while (!stopping || !queue.isEmpty()) {
            ILoggingEvent event = next();
            if (event != null) {
                lines.doAppend(event);
            }
            if (queue.isEmpty()) {
                tellOfDropped();
            }
            repetition.over(false).forEach(this::writeLine);
        }
        tellOfDropped();
        repetition.over(true).forEach(this::writeLine);
    }

    private @Nullable ILoggingEvent next() {
        if (stopping) {
            return queue.poll();
        }
        try {
            return queue.poll(LOOK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return null; // by stop(): the loop sees why
        }
    }

    private void tellOfDropped() {
        long dropped = counts.dropped();
        if (dropped > droppedBefore) {
            writeLine(new Repetition.Summary(
                    Logging.class.getName(),
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
