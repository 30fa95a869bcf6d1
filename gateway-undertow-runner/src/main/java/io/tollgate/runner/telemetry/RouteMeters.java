package io.tollgate.runner.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.tollgate.api.ErrorCode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The timers of one route, by method and outcome. */
final class RouteMeters {
    private static final int STATUSES = 600;

    private final MeterRegistry registry;
    private final String route;
    private final AtomicReferenceArray<@Nullable Outcomes> byMethod = new AtomicReferenceArray<>(Methods.COUNT);

    RouteMeters(MeterRegistry registry, String route) {
        this.registry = registry;
        this.route = route;
    }

    /** Of one method: statuses, and errors, each of which has a status. */
    private static final class Outcomes {
        final AtomicReferenceArray<@Nullable Timer> byStatus = new AtomicReferenceArray<>(STATUSES);
        /** By constant; codes made at run time are one for each status. */
        final ConcurrentMap<Object, Timer> byError = new ConcurrentHashMap<>();
    }

    Timer timer(String method, int status, @Nullable ErrorCode error) {
        int m = Methods.indexOf(method);
        Outcomes outcomes = byMethod.get(m);
        if (outcomes == null) {
            outcomes = new Outcomes();
            if (!byMethod.compareAndSet(m, null, outcomes)) {
                return timer(method, status, error);
            }
        }
        // The registry gives all who come at once the same timer.
        if (error != null) {
            Object key = error instanceof Enum<?> ? error : status;
            Timer timer = outcomes.byError.get(key);
            if (timer == null) {
                timer = register(method, status, error.label());
                outcomes.byError.put(key, timer);
            }
            return timer;
        }
        int index = status < STATUSES ? status : 0;
        Timer timer = outcomes.byStatus.get(index);
        if (timer == null) {
            timer = register(method, status, "");
            outcomes.byStatus.set(index, timer);
        }
        return timer;
    }

    private Timer register(String method, int status, String error) {
        return Durations.timer(
                registry,
                "http.server.request.duration",
                "How long answers took to make",
                Tags.of(
                        "http.request.method",
                        Methods.known(method),
                        "http.route",
                        route,
                        "http.response.status_code",
                        Integer.toString(status),
                        "error.type",
                        error));
    }
}
