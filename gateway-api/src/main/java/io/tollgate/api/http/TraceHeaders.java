package io.tollgate.api.http;

import java.util.List;

/** Reads the headers of W3C Trace Context and W3C Baggage. What is malformed or too large counts as absent. */
final class TraceHeaders {
    private static final int MAX_TRACESTATE = 512;
    private static final int MAX_BAGGAGE = 8192;

    private TraceHeaders() {}

    static String tracestate(HttpRequestHead head) {
        return list(head, "tracestate", MAX_TRACESTATE);
    }

    static String baggage(HttpRequestHead head) {
        return list(head, "baggage", MAX_BAGGAGE);
    }

    /** Checks {@code version-traceid-parentid-flags}, lower-case hexadecimal; later versions may add fields (section 3.2). */
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

    /** Returns the lines of a list header as one; empty without it, or if it must not be propagated. */
    private static String list(HttpRequestHead head, String name, int max) {
        List<String> lines = head.headers(name);
        if (lines.isEmpty()) {
            return "";
        }
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
