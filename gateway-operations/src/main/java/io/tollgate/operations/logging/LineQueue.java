package io.tollgate.operations.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Queues lines for a thread that writes them, so that logging never blocks. A line that finds the queue full is dropped and
 * counted, as are the lines of a write that fails. When the queue is empty again, the thread writes a line with the number of
 * dropped ones. Logback's AsyncAppender does not count them.
 *
 * <p>After the first line the thread waits for more, so that many lines are one write, and only the first has to wake it. Under
 * load it costs the same whatever the number of lines.
 */
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** The time after which the thread stops waiting for a line, and writes summaries if there are any. */
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** The time in which lines are collected. An error ends it. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int BATCH = 256;

    private final BlockingQueue<ILoggingEvent> queue;
    private final LineEncoder encoder;
    private final OutputStream out;
    private final Repetition repetition;
    private final LogCounts counts;
    private final long flushMillis;
    private final Thread writer;
    private volatile boolean stopping;
    /** Nobody writes what is queued from now on, except for one last time. */
    private volatile boolean ended;
    /** The writer thread waits until a line wakes it. */
    private volatile boolean idle;
    /** A line is queued that must not wait for others. */
    private volatile boolean urgent;

    // These are read and written by the writer thread only.
    private final List<ILoggingEvent> taken = new ArrayList<>(BATCH);
    private long reported;
    private int buffered;
    private boolean failing;

    LineQueue(
            LineEncoder encoder,
            OutputStream out,
            int size,
            long flushMillis,
            Repetition repetition,
            LogCounts counts,
            String threadName) {
        this.writer = new Thread(this::write, threadName);
        this.encoder = encoder;
        this.out = out;
        this.queue = new ArrayBlockingQueue<>(size);
        this.flushMillis = flushMillis;
        this.repetition = repetition;
        this.counts = counts;
        this.reported = counts.dropped();
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
            counts.drop(1);
        } else if (ended && queue.remove(event)) {
            counts.drop(1);
        } else if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            urgent = true;
            LockSupport.unpark(writer);
        } else if (idle) {
            idle = false; // The first line wakes the thread, those after it need not.
            LockSupport.unpark(writer);
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
        LockSupport.unpark(writer);
        try {
            writer.join(flushMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (!stopping) {
            urgent = false;
            int lines = writeQueued();
            if (queue.isEmpty()) {
                reportDropped();
            }
            writeSummaries(false);
            if (lines > 1) {
                pause(LINGER_NANOS);
            } else {
                awaitLines();
            }
        }
        int unused = writeQueued();
        ended = true;
        unused = writeQueued();
        writeSummaries(true);
        reportDropped();
    }

    /** Waits for the first line, and a little longer for those that follow it. */
    private void awaitLines() {
        idle = true;
        if (queue.isEmpty()) {
            pause(MAX_WAIT_NANOS);
        }
        idle = false;
        if (!queue.isEmpty()) {
            pause(LINGER_NANOS);
        }
    }

    private void pause(long nanos) {
        if (!urgent && !stopping) {
            LockSupport.parkNanos(this, nanos);
        }
        // Nobody has a reason to interrupt this thread, and it would not pause again before that is forgotten.
        boolean unused = Thread.interrupted();
    }

    /** Returns the number of lines. */
    private int writeQueued() {
        int lines = 0;
        while (queue.drainTo(taken, BATCH) > 0) {
            for (int i = 0; i < taken.size(); i++) {
                encode(taken.get(i));
            }
            lines += taken.size();
            taken.clear();
        }
        flush();
        return lines;
    }

    private void encode(ILoggingEvent event) {
        int start = encoder.buffer.size();
        try {
            encoder.append(event);
            buffered++;
        } catch (Throwable e) { // Errors too, such as a stack overflow in a value: this thread must not end.
            encoder.buffer.truncate(start);
            counts.drop(1);
            addError("cannot encode a log line", e);
        }
        if (encoder.buffer.isNearlyFull()) {
            flush();
        }
    }

    /** Writes the encoded lines. If that fails they are dropped: some may have been written, and the next ones may succeed. */
    private void flush() {
        if (buffered == 0) {
            return;
        }
        try {
            encoder.buffer.writeTo(out);
            failing = false;
        } catch (Throwable e) {
            counts.drop(buffered);
            if (!failing) {
                addError("cannot write log lines", e);
            }
            failing = true;
            encoder.buffer.write('\n'); // A part of a line may have been written. The next one begins on its own.
        }
        buffered = 0;
    }

    /** Does nothing while writing fails. */
    private void reportDropped() {
        long dropped = counts.dropped();
        if (dropped == reported || failing) {
            return;
        }
        writeLine(new Repetition.Summary(
                LogLines.class.getName(),
                Level.WARN,
                (dropped - reported)
                        + " log lines were dropped: there were more than could be written, or writing failed"));
        if (!failing) {
            reported = dropped;
        }
    }

    private void writeSummaries(boolean early) {
        repetition.summaries(early).forEach(this::writeLine);
    }

    private void writeLine(Repetition.Summary summary) {
        Logger logger = ((LoggerContext) getContext()).getLogger(summary.logger());
        encode(new LoggingEvent(LineQueue.class.getName(), logger, summary.level(), summary.text(), null, null));
        flush();
    }
}
