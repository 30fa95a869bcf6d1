package io.tollgate.runner.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.tollgate.api.ErrorCode;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The timers of one route, by method and outcome. */
final class RouteMeters {
    /** Outcomes are statuses, or behind them errors, each of which has a status. */
    private static final int STATUSES = 600;

    private static final int OUTCOMES = STATUSES + ErrorCode.values().length;

    private final MeterRegistry registry;
    private final String route;
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Timer>> byMethod =
            new AtomicReferenceArray<>(Methods.COUNT);

    RouteMeters(MeterRegistry registry, String route) {
        this.registry = registry;
        this.route = route;
    }

    Timer timer(String method, int status, @Nullable ErrorCode error) {
        int m = Methods.indexOf(method);
        AtomicReferenceArray<@Nullable Timer> timers = byMethod.get(m);
        if (timers == null) {
            timers = new AtomicReferenceArray<>(OUTCOMES);
            if (!byMethod.compareAndSet(m, null, timers)) {
                return timer(method, status, error);
            }
        }
        int outcome = error != null ? STATUSES + error.ordinal() : status < STATUSES ? status : 0;
        Timer timer = timers.get(outcome);
        if (timer == null) {
            // The registry gives all who come at once the same one.
            timer = Durations.timer(
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
                            error == null ? "" : error.name()));
            timers.set(outcome, timer);
        }
        return timer;
    }
}
