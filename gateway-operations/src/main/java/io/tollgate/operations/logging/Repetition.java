package io.tollgate.operations.logging;

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
 * Passes the first warnings and errors of each kind in a time window, and counts the others. Those of one kind have the same
 * logger, level, message before its arguments are filled in, and {@code code}. All lines of lower levels pass.
 */
final class Repetition {
    /** The number of kinds that are distinguished in one window. Lines of further kinds pass. */
    private static final int MAX_KINDS = 1_000;

    private final int first;
    private final long windowNanos;
    private final LongSupplier ticker;
    private final AtomicReference<Window> current;

    /**
     * Begins the first window.
     *
     * @param first the number of lines of one kind that pass in a window
     * @param ticker returns the nanoseconds of a monotonic clock
     */
    Repetition(int first, long windowNanos, LongSupplier ticker) {
        this.first = first;
        this.windowNanos = windowNanos;
        this.ticker = ticker;
        this.current = new AtomicReference<>(new Window(ticker.getAsLong()));
    }

    /** A line that stands for the suppressed lines of one kind. */
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

    /** Ends the window if its time is over or {@code early} is true, begins the next one, and returns the summaries of the ended one. */
    List<Summary> summaries(boolean early) {
        Window window = current.get();
        long now = ticker.getAsLong();
        if (!early && now - window.start < windowNanos) {
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
