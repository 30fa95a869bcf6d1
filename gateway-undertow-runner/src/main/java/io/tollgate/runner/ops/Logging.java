package io.tollgate.runner.ops;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.tollgate.runner.config.Environment;
import io.tollgate.runner.config.GatewayConfig;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Writes log lines: JSON in production, readable ones elsewhere. A thread of its own writes them from a bounded queue;
 * whoever logs never waits, and lines that find the queue full are dropped. Of warnings and errors that repeat, the first
 * ten in ten seconds are written. {@link LogCounts} knows how many were left out.
 */
public final class Logging implements AutoCloseable {
    /** Enough for a burst; a few megabytes when full. */
    private static final int QUEUE_SIZE = 8192;

    private static final int MAX_FLUSH_MILLIS = 5000;

    /** How many like warnings are written in each window; then one line says how many more there were. */
    private static final int FIRST = 10;

    private static final long WINDOW_NANOS = 10_000_000_000L;

    /** Libraries whose ordinary messages say nothing to an operator. */
    private static final List<String> QUIET =
            List.of("io.grpc", "io.undertow", "org.xnio", "org.jboss", "redis.clients");

    private final LoggerContext context;

    private Logging(LoggerContext context) {
        this.context = context;
    }

    /**
     * Sends what this process logs, {@code java.util.logging} included, to {@code out} as {@code config} says. Where the
     * system property {@code logback.configurationFile} is set, that file says it instead.
     *
     * @param out flushed after each line, never closed
     */
    public static Logging start(GatewayConfig config, OutputStream out) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return System.getProperty("logback.configurationFile") == null
                ? start(context, config, out, LogCounts.OF_PROCESS)
                : new Logging(context);
    }

    static Logging start(LoggerContext context, GatewayConfig config, OutputStream out, LogCounts counts) {
        requireNonNull(config, "config");
        requireNonNull(out, "out");
        context.reset();
        Environment environment = config.app().environment();
        boolean development = environment == Environment.DEVELOPMENT;
        Level level =
                config.log().level().map(Level::convertAnSLF4JLevel).orElse(development ? Level.DEBUG : Level.INFO);
        Encoder<ILoggingEvent> encoder = environment == Environment.PRODUCTION
                ? new JsonLines(config.app().name())
                : new ReadableLines(ZoneId.systemDefault());
        OutputStreamAppender<ILoggingEvent> lines = appender(context, encoder, out);

        LineQueue queue = new LineQueue(
                lines, QUEUE_SIZE, MAX_FLUSH_MILLIS, new Repetition(FIRST, WINDOW_NANOS, System::nanoTime), counts);
        queue.setContext(context);
        queue.setName("queue");
        queue.start();

        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(queue);
        setLevels(context, level);
        return new Logging(context);
    }

    /** Readable lines of level INFO, written at once: until a configuration says otherwise. */
    static void startPlain(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME)
                .addAppender(appender(context, new ReadableLines(ZoneId.systemDefault()), System.out));
        setLevels(context, Level.INFO);
    }

    private static OutputStreamAppender<ILoggingEvent> appender(
            LoggerContext context, Encoder<ILoggingEvent> encoder, OutputStream out) {
        encoder.setContext(context);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> lines = new OutputStreamAppender<>();
        lines.setContext(context);
        lines.setName("lines");
        lines.setEncoder(encoder);
        lines.setOutputStream(new KeptOpen(out));
        lines.start();
        return lines;
    }

    private static void setLevels(LoggerContext context, Level level) {
        Level others = level.isGreaterOrEqual(Level.INFO) ? level : Level.INFO;
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(others);
        context.getLogger("io.tollgate").setLevel(level);
        for (String library : QUIET) {
            context.getLogger(library).setLevel(others.isGreaterOrEqual(Level.WARN) ? others : Level.WARN);
        }
    }

    /** Writes what is queued, for at most 5 s, and stops. */
    @Override
    public void close() {
        context.stop();
    }
}
