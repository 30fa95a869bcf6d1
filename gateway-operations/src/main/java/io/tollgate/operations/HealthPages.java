package io.tollgate.operations;

import io.tollgate.api.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code /health/live} and {@code /health/ready}. */
final class HealthPages {
    private static final byte[] LIVE = Json.object(Map.of("status", "ok"));

    private HealthPages() {}

    static List<Page> of(Readiness readiness) {
        return List.of(
                Page.get(
                        "/health/live",
                        Audience.ANYONE,
                        (request, rest) -> CompletableFuture.completedStage(HttpResponse.json(200, LIVE))),
                Page.get(
                        "/health/ready",
                        Audience.ANYONE,
                        (request, rest) -> CompletableFuture.completedStage(ready(readiness.report()))));
    }

    private static HttpResponse ready(Readiness.Report report) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", report.status().toString());
        body.put("since", report.since().toString());
        List<Map<String, Object>> components = new ArrayList<>();
        for (Readiness.State state : report.components()) {
            Map<String, Object> component = new LinkedHashMap<>();
            component.put("name", state.name());
            component.put("status", state.status().toString());
            component.put("since", state.since().toString());
            component.put("detail", state.condition().detail());
            component.putAll(state.condition().facts());
            components.add(component);
        }
        body.put("components", components);
        return HttpResponse.json(report.status() == Condition.Status.DOWN ? 503 : 200, Json.object(body));
    }
}
