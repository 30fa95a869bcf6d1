package io.tollgate.runner.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.tollgate.api.ErrorCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The timers of one route, by method and outcome. */
final class RouteMeters {
    /** Those that OpenTelemetry names; any other word, which a client may make up, is {@code _OTHER}. */
    private static final List<String> METHODS =
            List.of("_OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    /** Outcomes are statuses, or behind them errors, each of which has a status. */
    private static final int STATUSES = 600;

    private static final int OUTCOMES = STATUSES + ErrorCode.values().length;

    private final MeterRegistry registry;
    private final String route;
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Timer>> byMethod =
            new AtomicReferenceArray<>(METHODS.size());

    RouteMeters(MeterRegistry registry, String route) {
        this.registry = registry;
        this.route = route;
    }

    Timer timer(String method, int status, @Nullable ErrorCode error) {
        int m = indexOf(method);
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
                            METHODS.get(m),
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

    private static int indexOf(String method) {
        return switch (method) {
            case "GET" -> 1;
            case "HEAD" -> 2;
            case "POST" -> 3;
            case "PUT" -> 4;
            case "DELETE" -> 5;
            case "CONNECT" -> 6;
            case "OPTIONS" -> 7;
            case "TRACE" -> 8;
            case "PATCH" -> 9;
            default -> 0;
        };
    }
}
