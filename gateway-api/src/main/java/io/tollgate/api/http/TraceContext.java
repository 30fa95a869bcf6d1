package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import java.util.List;
import java.util.Optional;

/**
 * The place of a request in a trace (W3C Trace Context).
 *
 * @param traceparent well-formed: version, trace id, the id of the parent span, flags
 * @param tracestate the state of tracing vendors; empty without one
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

    /** Returns the trace that a client names in {@code traceparent}; empty if it names none, or a malformed one. */
    public static Optional<TraceContext> of(HttpRequestHead head) {
        List<String> parents = head.headers("traceparent");
        return parents.size() == 1 && TraceHeaders.isTraceparent(parents.get(0))
                ? Optional.of(new TraceContext(parents.get(0), TraceHeaders.tracestate(head)))
                : Optional.empty();
    }

    /**
     * Returns {@code context} with what its calls propagate of a request: {@code traceparent} and {@code tracestate} of
     * {@code trace}, and the {@code baggage} of the request (W3C Baggage). Baggage that is malformed, or larger than the 8,192
     * bytes that the specification asks to be propagated, is dropped.
     */
    public static CallContext propagate(HttpRequestHead head, Optional<TraceContext> trace, CallContext context) {
        CallContext traced = context;
        if (trace.isPresent()) {
            traced = traced.withPropagation("traceparent", trace.get().traceparent());
            if (!trace.get().tracestate().isEmpty()) {
                traced = traced.withPropagation("tracestate", trace.get().tracestate());
            }
        }
        String baggage = TraceHeaders.baggage(head);
        return baggage.isEmpty() ? traced : traced.withPropagation("baggage", baggage);
    }

    /** Returns the trace id: 32 hexadecimal digits. */
    public String traceId() {
        return traceparent.substring(3, 35);
    }

    /** Returns whether the spans of this trace are recorded. */
    public boolean sampled() {
        return (Character.digit(traceparent.charAt(54), 16) & 1) == 1;
    }
}
