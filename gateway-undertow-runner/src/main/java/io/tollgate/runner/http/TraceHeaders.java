package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the trace of a request on to the services: {@code traceparent} and {@code tracestate} (W3C Trace Context),
 * {@code baggage} (W3C Baggage). What is malformed or larger than the specifications ask to be propagated is dropped.
 */
final class TraceHeaders {
    private static final int MAX_TRACESTATE = 512;
    private static final int MAX_BAGGAGE = 8192;

    private TraceHeaders() {}

    /** The trace that the client says its request is part of; null where it does not, or not well. */
    static @Nullable TraceContext incoming(Request.Source request) {
        String parent = request.header("traceparent");
        return parent != null
                        && isTraceparent(parent)
                        && request.headers("traceparent").size() == 1
                ? new TraceContext(parent, list(request, "tracestate", MAX_TRACESTATE))
                : null;
    }

    /** Adds what the services are to know of the trace. */
    static CallContext propagate(@Nullable TraceContext trace, Request.Source request, CallContext context) {
        CallContext traced = context;
        if (trace != null) {
            traced = traced.withPropagation("traceparent", trace.traceparent());
            if (!trace.tracestate().isEmpty()) {
                traced = traced.withPropagation("tracestate", trace.tracestate());
            }
        }
        String baggage = list(request, "baggage", MAX_BAGGAGE);
        return baggage.isEmpty() ? traced : traced.withPropagation("baggage", baggage);
    }

    /** {@code version-traceid-parentid-flags}, lower-case hexadecimal; later versions may add fields (section 3.2). */
    static boolean isTraceparent(String value) {
        int length = value.length();
        if (length < 55
                || length > 128
                || value.charAt(2) != '-'
                || value.charAt(35) != '-'
                || value.charAt(52) != '-'
                || !isHex(value, 0, 2)
                || !isHex(value, 3, 35)
                || !isHex(value, 36, 52)
                || !isHex(value, 53, 55)
                || value.startsWith("ff")
                || isZero(value, 3, 35)
                || isZero(value, 36, 52)) {
            return false;
        }
        return length == 55 || (!value.startsWith("00") && value.charAt(55) == '-' && isPrintable(value));
    }

    /** The lines of a list header as one line; empty where there is none, or one that must not be passed on. */
    private static String list(Request.Source request, String name, int max) {
        if (request.header(name) == null) {
            return "";
        }
        List<String> lines = request.headers(name);
        String joined = lines.size() == 1 ? lines.get(0) : String.join(",", lines);
        return joined.length() <= max && isPrintable(joined) ? joined : "";
    }

    private static boolean isHex(String s, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String s, int from, int to) {
        for (int i = from; i < to; i++) {
            if (s.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPrintable(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
