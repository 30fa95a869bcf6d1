package io.tollgate.operations.logging;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the log lines of a process, as JSON or for people:
 *
 * <pre>{@code
 * LogLines lines = LogLines.builder()
 *         .json("shop")
 *         .application("com.example.shop")
 *         .level(Level.DEBUG)
 *         .quiet("io.grpc", "redis.clients")
 *         .start(System.out);
 * }</pre>
 *
 * <p>A thread writes the lines from a queue of 8,192, so that logging never blocks. It collects lines for 2 ms
 * and writes them at once; an error does not wait. A line that finds the queue full, or whose write fails, is dropped.
 * Of warnings and errors of one kind, which have the same logger, message and {@code code}, the first ten in ten seconds are
 * written, and then one line with the number of the others. {@link LogCounts} has the number of lines that were not written.
 */
public final class LogLines implements AutoCloseable {
    /** Enough for a burst; a few megabytes when full. */
    private static final int QUEUE_SIZE = 8192;

    private static final int MAX_FLUSH_MILLIS = 5000;

    /** The number of warnings of one kind that are written in each window. */
    private static final int FIRST = 10;

    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final LoggerContext context;

    private LogLines(LoggerContext context) {
        this.context = context;
    }

    /** Returns a builder of readable lines of level INFO and above. */
    public static Builder builder() {
        return new Builder();
    }

    /** Writes the queued lines, for at most 5 s, and stops Logback. */
    @Override
    public void close() {
        context.stop();
    }

    /** Collects the settings. */
    public static final class Builder {
        private Supplier<LineEncoder> encoder = () -> new ReadableLines(ZoneId.systemDefault());
        private Level level = Level.INFO;
        private List<String> application = List.of();
        private List<String> quiet = List.of();

        private Builder() {}

        /**
         * Writes one JSON object per line, for a log collector.
         *
         * @param service the value of {@code service} in each line
         */
        public Builder json(String service) {
            requireNonNull(service, "service");
            encoder = () -> new JsonLines(service);
            return this;
        }

        /** Writes lines for people, in the time zone of the system. This is the default. */
        public Builder readable() {
            encoder = () -> new ReadableLines(ZoneId.systemDefault());
            return this;
        }

        /** Sets the lowest level that is written; by default INFO. */
        public Builder level(Level level) {
            this.level = requireNonNull(level, "level");
            return this;
        }

        /**
         * Names the packages of the application. Only these write lines below INFO, if {@link #level} is below it. By default
         * all packages do.
         */
        public Builder application(String... packages) {
            application = List.of(packages);
            return this;
        }

        /** Names packages of libraries that write warnings and errors only; by default none. */
        public Builder quiet(String... packages) {
            quiet = List.of(packages);
            return this;
        }

        /**
         * Starts writing the lines of this process to {@code out}, in place of what Logback was configured to do. Changes nothing
         * if the system property {@code logback.configurationFile} is set: the configuration is then that file.
         *
         * @param out is flushed after each write, and never closed
         * @throws IllegalStateException if SLF4J does not log to Logback
         */
        public LogLines start(OutputStream out) {
            requireNonNull(out, "out");
            ILoggerFactory factory = LoggerFactory.getILoggerFactory();
            if (!(factory instanceof LoggerContext context)) {
                throw new IllegalStateException(
                        "SLF4J logs to " + factory.getClass().getName()
                                + " (expected: Logback). Add logback-classic, and remove other SLF4J providers.");
            }
            return System.getProperty("logback.configurationFile") == null
                    ? start(context, out)
                    : new LogLines(context);
        }

        /**
         * Starts writing the lines of {@code context} to {@code out}, in place of what it was configured to do.
         *
         * @param out is flushed after each line, and never closed
         */
        public LogLines start(LoggerContext context, OutputStream out) {
            return start(context, out, LogCounts.OF_PROCESS);
        }

        LogLines start(LoggerContext context, OutputStream out, LogCounts counts) {
            requireNonNull(out, "out");
            context.reset();
            LineQueue queue = new LineQueue(
                    encoder.get(),
                    out,
                    QUEUE_SIZE,
                    MAX_FLUSH_MILLIS,
                    new Repetition(FIRST, WINDOW_NANOS, System::nanoTime),
                    counts,
                    "log");
            queue.setContext(context);
            queue.setName("queue");
            queue.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(queue);
            setLevels(context);
            return new LogLines(context);
        }

        /**
         * Configures {@code context} to write each line to {@code out} at once, without a queue, and to write all of them. This is
         * for a {@link ch.qos.logback.classic.spi.Configurator}, whose lines precede those of {@link #start(OutputStream)}.
         *
         * @param out is flushed after each line, and never closed
         */
        public void configure(LoggerContext context, OutputStream out) {
            requireNonNull(out, "out");
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender(context, out));
            setLevels(context);
        }

        private OutputStreamAppender<ILoggingEvent> appender(LoggerContext context, OutputStream out) {
            LineEncoder format = encoder.get();
            format.setContext(context);
            format.start();
            OutputStreamAppender<ILoggingEvent> lines = new OutputStreamAppender<>();
            lines.setContext(context);
            lines.setName("lines");
            lines.setEncoder(format);
            lines.setOutputStream(new KeptOpen(out));
            lines.start();
            return lines;
        }

        private void setLevels(LoggerContext context) {
            Level others = application.isEmpty() ? level : atLeast(Level.INFO);
            set(context, Logger.ROOT_LOGGER_NAME, others);
            application.forEach(name -> set(context, name, level));
            quiet.forEach(name -> set(context, name, atLeast(Level.WARN)));
        }

        /** Returns the level, or {@code minimum} if that is higher. */
        private Level atLeast(Level minimum) {
            return level.toInt() >= minimum.toInt() ? level : minimum;
        }

        private static void set(LoggerContext context, String logger, Level level) {
            context.getLogger(logger).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
        }
    }
}
