package io.tollgate.operations.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.SubstituteLoggingEvent;
import org.slf4j.helpers.SubstituteLogger;

class FieldLoggerTest {
    private static final LineFields FIELDS = line -> {
        line.field("route", "/seats \"1\"");
        line.field("status", 200);
        line.field("duration_ms", 1.25);
        line.field("ratio", Double.NaN);
        line.field("fallback", true);
        line.field("message", "not the message");
    };

    private final LoggerContext context = newContext();
    private final ch.qos.logback.classic.Logger logger = context.getLogger("com.example.access");

    @Test
    void writesTheJsonThatKeyValuePairsWrite() {
        assertSameLines(LogLines.builder().json("gate"));
    }

    @Test
    void writesTheReadableLineThatKeyValuePairsWrite() {
        assertSameLines(LogLines.builder());
    }

    private void assertSameLines(LogLines.Builder format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        context.getMDCAdapter().put("tenant", "t1");
        try (LogLines lines = format.start(context, out, new LogCounts())) {
            assertThat(lines).isNotNull();
            FieldLogger.of(logger).info("request", FIELDS);
            logger.atInfo()
                    .addKeyValue("route", "/seats \"1\"")
                    .addKeyValue("status", 200)
                    .addKeyValue("duration_ms", 1.25)
                    .addKeyValue("ratio", Double.NaN)
                    .addKeyValue("fallback", true)
                    .addKeyValue("message", "not the message")
                    .log("request");
        }

        List<String> written = out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?", "time"))
                .toList();
        assertThat(written).hasSize(2);
        assertThat(written.get(0)).contains("fallback").isEqualTo(written.get(1));
    }

    @Test
    void isAnEventForAllAppenders() {
        ListAppender<ILoggingEvent> list = new ListAppender<>();
        list.start();
        logger.addAppender(list);

        FieldLogger.of(logger).info("request {}", FIELDS);

        assertThat(list.list).singleElement().satisfies(event -> {
            assertThat(event.getLoggerName()).isEqualTo("com.example.access");
            assertThat(event.getLevel()).isEqualTo(Level.INFO);
            assertThat(event.getFormattedMessage()).isEqualTo("request {}");
            assertThat(event.getThreadName()).isEqualTo(Thread.currentThread().getName());
            assertThat(event.getInstant()).isNotNull();
            assertThat(event.getKeyValuePairs()).contains(new KeyValuePair("status", 200));
        });
    }

    @Test
    void readsNoFieldsBelowTheLevelOfTheLogger() {
        logger.setLevel(Level.WARN);

        FieldLogger.of(logger).info("request", line -> {
            throw new AssertionError("read");
        });

        assertThat(FieldLogger.of(logger).isInfoEnabled()).isFalse();
    }

    @Test
    void logsPairsWithAnotherProvider() {
        Queue<SubstituteLoggingEvent> events = new ArrayDeque<>();

        FieldLogger.of(new SubstituteLogger("other", events, false)).info("request", FIELDS);

        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("status=200", "request"));
    }

    /** Logback is an optional dependency, so a server that logs to another provider may not have its classes. */
    @Test
    void needsNoClassOfLogback() throws Exception {
        Queue<SubstituteLoggingEvent> events = new ArrayDeque<>();
        ClassLoader without = new WithoutLogback();
        Class<?> logger = without.loadClass(FieldLogger.class.getName());
        Class<?> fields = without.loadClass(LineFields.class.getName());
        Class<?> writer = without.loadClass(FieldWriter.class.getName());
        Object status = Proxy.newProxyInstance(
                without,
                new Class<?>[] {fields},
                (proxy, method, arguments) ->
                        writer.getMethod("field", String.class, int.class).invoke(arguments[0], "status", 200));

        Object log = logger.getMethod("of", Logger.class).invoke(null, new SubstituteLogger("other", events, false));
        logger.getMethod("info", String.class, fields).invoke(log, "request", status);

        assertThat(logger.getClassLoader()).isSameAs(without);
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("status=200", "request"));
    }

    /** Defines the classes of this package anew, and finds none of Logback's. */
    private static final class WithoutLogback extends ClassLoader {
        WithoutLogback() {
            super(FieldLoggerTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("ch.qos.logback.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(FieldLogger.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static LoggerContext newContext() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        return context;
    }
}
