package io.tollgate.runner.config;

import io.tollgate.config.ValueType;
import io.tollgate.runner.routes.ApiRoute;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the settings of single routes. */
final class RouteTypes {
    private static final ValueType<Duration> TIME = ValueType.duration("1ms", "1h");

    private RouteTypes() {}

    /** For some of the routes of the API, their deadlines; a deprecated route has that of its successor. */
    static ValueType<Map<String, Duration>> deadlines() {
        List<String> templates = ApiRoute.currentTemplates();
        String expected = "a section of routes with times, such as " + ApiRoute.LOGIN.template() + ": 2s";
        return ValueType.structured(expected, node -> {
            Map<String, Duration> byRoute = new LinkedHashMap<>();
            node.entries(expected).forEach((route, time) -> {
                if (!templates.contains(route)) {
                    time.problem("no route of the API (expected: " + String.join(" or ", templates) + ")");
                }
                time.as(TIME, false).ifPresent(duration -> byRoute.put(route, duration));
            });
            for (ApiRoute route : ApiRoute.values()) {
                route.deprecation()
                        .map(deprecation -> byRoute.get(deprecation.successor().template()))
                        .ifPresent(duration -> byRoute.put(route.template(), duration));
            }
            return Map.copyOf(byRoute);
        });
    }
}
