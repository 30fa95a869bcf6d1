package io.tollgate.runner.admin;

import io.tollgate.runner.admin.health.Readiness;
import io.tollgate.runner.admin.health.Status;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /health/live} and {@code /health/ready}. */
final class HealthPages {
    private final Readiness readiness;

    HealthPages(Readiness readiness) {
        this.readiness = readiness;
    }

    List<Page> pages() {
        return List.of(
                Page.get("/health/live", Guard.Access.OPEN, HealthPages::live),
                Page.get("/health/ready", Guard.Access.OPEN, this::ready));
    }

    private static void live(HttpServerExchange exchange) {
        Answers.json(exchange, 200, Map.of("status", "ok"));
    }

    private void ready(HttpServerExchange exchange) {
        Readiness.Report report = readiness.report();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", report.status().toString());
        answer.put("since", report.since().toString());
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
        answer.put("components", components);
        Answers.json(exchange, report.status() == Status.DOWN ? 503 : 200, answer);
    }
}
