package io.tollgate.operations;

import java.io.IOException;
import java.io.OutputStream;

/** Writes metrics in the text format of a monitoring system, such as {@code PrometheusMeterRegistry::scrape}. */
@FunctionalInterface
public interface MetricsWriter {
    /**
     * Writes all metrics. Called on a thread of the pages, by one or two at a time; may take its time.
     *
     * @param out closed by the caller
     */
    void writeTo(OutputStream out) throws IOException;
}
