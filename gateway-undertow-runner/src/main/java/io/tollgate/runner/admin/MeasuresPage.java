package io.tollgate.runner.admin;

import java.io.ByteArrayOutputStream;

/** {@code /metrics}. */
final class MeasuresPage {
    private static final int USUAL_SIZE = 32 * 1024;

    private MeasuresPage() {}

    static Page of(Measures measures) {
        return Page.get("/metrics", Guard.Access.OPEN, exchange -> {
                    ByteArrayOutputStream text = new ByteArrayOutputStream(USUAL_SIZE);
                    measures.scrape(text);
                    Answers.send(exchange, 200, measures.contentType(), text.toByteArray());
                })
                .onWorker();
    }
}
