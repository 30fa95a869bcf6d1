package io.tollgate.runner.http;

import io.tollgate.api.http.TraceContext;
import java.util.function.BiConsumer;
import org.slf4j.spi.LoggingEventBuilder;

/** The fields that every log line about a request has. */
public final class LogFields {
    private LogFields() {}

    /** Adds the id of the request, and of its trace where it is part of one. */
    public static LoggingEventBuilder of(RequestLog request, LoggingEventBuilder line) {
        forEach(request, (name, value) -> {
            LoggingEventBuilder unused = line.addKeyValue(name, value);
        });
        return line;
    }

    /** Passes the same fields to {@code sink}, name first. */
    static void forEach(RequestLog request, BiConsumer<String, String> sink) {
        sink.accept("request_id", request.requestId());
        TraceContext trace = request.trace();
        if (trace != null) {
            sink.accept("trace_id", trace.traceId());
        }
    }
}
