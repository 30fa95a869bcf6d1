package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

/**
 * Where a request stands in a trace (W3C Trace Context).
 *
 * @param traceparent well-formed: version, trace id, the id of the span above, flags
 * @param tracestate what vendors keep there; empty where there is nothing
 */
public record TraceContext(String traceparent, String tracestate) {
    public TraceContext {
        requireNonNull(traceparent, "traceparent");
        requireNonNull(tracestate, "tracestate");
        if (!TraceHeaders.isTraceparent(traceparent)) {
            throw new IllegalArgumentException(
                    "traceparent: (expected: 00-<32 hexadecimal digits>-<16 hexadecimal digits>-<2 hexadecimal digits>)");
        }
    }

    /** 32 hexadecimal digits. */
    public String traceId() {
        return traceparent.substring(3, 35);
    }

    /** Whether the spans of this trace are recorded. */
    public boolean sampled() {
        return (Character.digit(traceparent.charAt(54), 16) & 1) == 1;
    }
}
