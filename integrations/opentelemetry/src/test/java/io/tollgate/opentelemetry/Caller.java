package io.tollgate.opentelemetry;

/** The trace of a client that sends one. */
final class Caller {
    static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    static final String SPAN = "00f067aa0ba902b7";
    static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";

    private Caller() {}
}
