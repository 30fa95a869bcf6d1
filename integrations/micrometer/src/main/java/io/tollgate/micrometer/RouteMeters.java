package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The timers of one route, by method, status and error. */
final class RouteMeters {
    private static final int STATUSES = 600;

    private final MeterRegistry registry;
    private final String route;
    private final ConcurrentMap<String, AtomicReferenceArray<@Nullable ConcurrentMap<String, Timer>>> byMethod =
            new ConcurrentHashMap<>();

    RouteMeters(MeterRegistry registry, String route) {
        this.registry = registry;
        this.route = route;
    }

    /**
     * Returns the timer of requests with this outcome.
     *
     * @param method one of few, not what a client wrote
     * @param status 200 to 599
     * @param error the label of a code, of which there are few; empty without an error
     */
    Timer timer(String method, int status, String error) {
        AtomicReferenceArray<@Nullable ConcurrentMap<String, Timer>> byStatus = byMethod.get(method);
        if (byStatus == null) {
            byStatus = byMethod.computeIfAbsent(method, m -> new AtomicReferenceArray<>(STATUSES));
        }
        ConcurrentMap<String, Timer> byError = byStatus.get(status);
        if (byError == null) {
            byStatus.compareAndSet(status, null, new ConcurrentHashMap<>());
            byError = requireNonNull(byStatus.get(status), "timers");
        }
        Timer timer = byError.get(error);
        return timer != null ? timer : byError.computeIfAbsent(error, e -> register(method, status, e));
    }

    private Timer register(String method, int status, String error) {
        return Durations.timer(
                registry,
                "http.server.request.duration",
                "How long answers took to make",
                Tags.of(
                        "http.request.method",
                        method,
                        "http.route",
                        route,
                        "http.response.status_code",
                        Integer.toString(status),
                        "error.type",
                        error));
    }
}
