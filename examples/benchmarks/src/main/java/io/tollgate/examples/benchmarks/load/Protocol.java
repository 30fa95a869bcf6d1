package io.tollgate.examples.benchmarks.load;

/** A protocol of a load. */
public enum Protocol {
    HTTP_1(false, false),
    /** HTTP/1.1 in TLS, on kept connections. */
    HTTP_1_TLS(true, false),
    /** HTTP/2 without TLS: a quarter of the requests at a time share a connection. */
    HTTP_2(false, true),
    /** HTTP/2 in TLS. */
    HTTP_2_TLS(true, true);

    /** The connections of a load in HTTP/2. */
    static final int CONNECTIONS = 4;

    private final boolean tls;
    private final boolean multiplexed;

    Protocol(boolean tls, boolean multiplexed) {
        this.tls = tls;
        this.multiplexed = multiplexed;
    }

    /** Returns whether connections are in TLS. */
    public boolean isTls() {
        return tls;
    }

    boolean isMultiplexed() {
        return multiplexed;
    }
}
