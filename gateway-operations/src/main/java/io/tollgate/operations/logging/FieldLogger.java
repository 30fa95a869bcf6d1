package io.tollgate.operations.logging;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.event.KeyValuePair;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs lines that have fields, as the key-value pairs of SLF4J do, for places that log each request. One small object stands
 * for the fields, and is read on the thread that writes the lines:
 *
 * <pre>{@code
 * record Served(String route, int status) implements LineFields {
 *     @Override
 *     public void writeTo(FieldWriter line) throws IOException {
 *         line.field("route", route);
 *         line.field("status", status);
 *     }
 * }
 *
 * FieldLogger log = FieldLogger.of(LoggerFactory.getLogger("com.example.access"));
 * log.info("request", new Served("/seats/{id}", 200));
 * }</pre>
 *
 * <p>{@link LogLines} and all appenders of Logback write these lines; with another provider of SLF4J, they are lines with
 * key-value pairs. Thread-safe.
 */
public final class FieldLogger {
    private static final boolean HAS_LOGBACK = hasLogback();

    private final Logger log;

    /** True if {@link FieldsEvent}, which needs Logback's classes, may be used. */
    private final boolean logback;

    private FieldLogger(Logger log) {
        this.log = log;
        this.logback = HAS_LOGBACK && FieldsEvent.isFor(log);
    }

    private static boolean hasLogback() {
        try {
            Class.forName("ch.qos.logback.classic.Logger", false, FieldLogger.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false; // It is optional: other providers of SLF4J get key-value pairs.
        }
    }

    /** Returns a logger that has the name and the level of {@code log}. */
    public static FieldLogger of(Logger log) {
        return new FieldLogger(requireNonNull(log, "log"));
    }

    /** Returns whether lines of level INFO are written. */
    public boolean isInfoEnabled() {
        return log.isInfoEnabled();
    }

    /**
     * Logs a line of level INFO.
     *
     * @param message the text of the line; nothing is filled in
     */
    public void info(String message, LineFields fields) {
        if (!log.isInfoEnabled()) {
            return;
        }
        if (logback) {
            FieldsEvent.log(log, message, fields);
            return;
        }
        LoggingEventBuilder line = log.atInfo();
        for (KeyValuePair pair : pairs(fields)) {
            line = line.addKeyValue(pair.key, pair.value);
        }
        line.log(message);
    }

    static List<KeyValuePair> pairs(LineFields fields) {
        Pairs pairs = new Pairs();
        try {
            fields.writeTo(pairs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pairs.list;
    }

    private static final class Pairs implements FieldWriter {
        private final List<KeyValuePair> list = new ArrayList<>();

        @Override
        public void field(String name, String value) {
            list.add(new KeyValuePair(name, value));
        }

        @Override
        public void field(String name, int value) {
            list.add(new KeyValuePair(name, value));
        }

        @Override
        public void field(String name, long value) {
            list.add(new KeyValuePair(name, value));
        }

        @Override
        public void field(String name, double value) {
            list.add(new KeyValuePair(name, value));
        }

        @Override
        public void field(String name, boolean value) {
            list.add(new KeyValuePair(name, value));
        }
    }
}
