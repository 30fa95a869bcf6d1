package io.tollgate.operations.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggerContextVO;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.spi.MDCAdapter;

/** An event of level INFO whose fields are read where it is written. Logback's own has four times the size, and a list of pairs. */
final class FieldsEvent implements ILoggingEvent {
    private final Logger logger;
    private final String message;
    private final LineFields fields;
    private final String thread = Thread.currentThread().getName();
    private final long millis = System.currentTimeMillis();
    private final Map<String, String> mdc;

    private FieldsEvent(Logger logger, String message, LineFields fields) {
        this.logger = logger;
        this.message = message;
        this.fields = fields;
        this.mdc = mdc(logger.getLoggerContext().getMDCAdapter());
    }

    /** Returns whether {@link #log} takes {@code logger}. */
    static boolean isFor(org.slf4j.Logger logger) {
        return logger instanceof Logger;
    }

    /** Passes a line to the appenders of a logger of Logback's. */
    static void log(org.slf4j.Logger logger, String message, LineFields fields) {
        Logger logback = (Logger) logger;
        logback.callAppenders(new FieldsEvent(logback, message, fields));
    }

    private static Map<String, String> mdc(@Nullable MDCAdapter adapter) {
        if (adapter == null) {
            return Map.of();
        }
        // Logback's own does not copy.
        Map<String, String> map =
                adapter instanceof LogbackMDCAdapter own ? own.getPropertyMap() : adapter.getCopyOfContextMap();
        return map == null ? Map.of() : map;
    }

    LineFields fields() {
        return fields;
    }

    @Override
    public String getThreadName() {
        return thread;
    }

    @Override
    public Level getLevel() {
        return Level.INFO;
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public Object @Nullable [] getArgumentArray() {
        return null;
    }

    @Override
    public String getFormattedMessage() {
        return message;
    }

    @Override
    public String getLoggerName() {
        return logger.getName();
    }

    @Override
    public LoggerContextVO getLoggerContextVO() {
        return logger.getLoggerContext().getLoggerContextRemoteView();
    }

    @Override
    public @Nullable IThrowableProxy getThrowableProxy() {
        return null;
    }

    @Override
    public StackTraceElement[] getCallerData() {
        return new StackTraceElement[0];
    }

    @Override
    public boolean hasCallerData() {
        return false;
    }

    @Override
    public @Nullable List<Marker> getMarkerList() {
        return null;
    }

    @Override
    public Map<String, String> getMDCPropertyMap() {
        return mdc;
    }

    @Override
    @SuppressWarnings("deprecation") // Has no default.
    public Map<String, String> getMdc() {
        return mdc;
    }

    @Override
    public long getTimeStamp() {
        return millis;
    }

    @Override
    public int getNanoseconds() {
        return -1; // unknown, as Logback has it for events that count milliseconds
    }

    @Override
    public long getSequenceNumber() {
        return 0;
    }

    @Override
    public List<KeyValuePair> getKeyValuePairs() {
        return FieldLogger.pairs(fields);
    }

    @Override
    public void prepareForDeferredProcessing() {
        // Everything is known from the beginning.
    }
}
