package io.tollgate.runner.admin;

import io.tollgate.runner.telemetry.Metrics;
import java.io.ByteArrayOutputStream;

/** {@code /metrics}. */
final class MetricsPage {
    private static final int USUAL_SIZE = 32 * 1024;

    private MetricsPage() {}

    static Page of(Metrics metrics) {
        return Page.get("/metrics", Guard.Access.OPEN, exchange -> {
                    ByteArrayOutputStream text = new ByteArrayOutputStream(USUAL_SIZE);
                    metrics.scrape(text);
                    Answers.send(exchange, 200, metrics.contentType(), text.toByteArray());
                })
                .onWorker();
    }
}
