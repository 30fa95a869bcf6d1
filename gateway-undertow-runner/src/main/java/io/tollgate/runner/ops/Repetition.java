package io.tollgate.runner.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Lets the first warnings and errors of a kind pass, in each window of time, and counts the rest. Of a kind are those of
 * one logger with the same message, before its arguments are filled in, and the same {@code code}. Lower levels pass.
 */
final class Repetition {
    /** Kinds that are told apart in one window; those beyond it pass. */
    private static final int MAX_KINDS = 1_000;

    private final int first;
    private final long windowNanos;
    private final LongSupplier ticker;
    private final AtomicReference<Window> current;

    /**
     * Begins.
     *
     * @param first how many of a kind pass in a window
     * @param ticker nanoseconds of a monotonic clock
     */
    Repetition(int first, long windowNanos, LongSupplier ticker) {
        this.first = first;
        this.windowNanos = windowNanos;
        this.ticker = ticker;
        this.current = new AtomicReference<>(new Window(ticker.getAsLong()));
    }

    /** One line in the place of many. */
    record Summary(String logger, Level level, String text) {}

    private record Kind(
            String logger,
            Level level,
            String message,
            @Nullable Object code) {}

    private static final class Window {
        final long start;
        final ConcurrentMap<Kind, AtomicInteger> seen = new ConcurrentHashMap<>();

        Window(long start) {
            this.start = start;
        }
    }

    boolean passes(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return true;
        }
        ConcurrentMap<Kind, AtomicInteger> seen = current.get().seen;
        Kind kind = new Kind(event.getLoggerName(), event.getLevel(), String.valueOf(event.getMessage()), code(event));
        AtomicInteger count = seen.get(kind);
        if (count == null) {
            if (seen.size() >= MAX_KINDS) {
                return true;
            }
            count = seen.computeIfAbsent(kind, k -> new AtomicInteger());
        }
        return count.incrementAndGet() <= first;
    }

    /** What is to be said of the window that has ended by now, if one has; then the next begins. */
    List<Summary> over(boolean evenIfNot) {
        Window window = current.get();
        long now = ticker.getAsLong();
        if (!evenIfNot && now - window.start < windowNanos) {
            return List.of();
        }
        current.set(new Window(now));
        if (window.seen.isEmpty()) {
            return List.of();
        }
        List<Summary> summaries = new ArrayList<>();
        window.seen.forEach((kind, count) -> {
            int more = count.get() - first;
            if (more > 0) {
                summaries.add(new Summary(kind.logger(), kind.level(), "… " + more + " more like this: " + text(kind)));
            }
        });
        return summaries;
    }

    private static String text(Kind kind) {
        return kind.message() + (kind.code() == null ? "" : " (" + kind.code() + ")");
    }

    private static @Nullable Object code(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                if (pair.key.equals("code")) {
                    return pair.value;
                }
            }
        }
        return null;
    }
}
