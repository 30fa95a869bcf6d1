package io.tollgate.undertow;

/** The readings of a server: what its clients hold, and what happened at its limits. Thread-safe. */
public interface ServerStats {
    /** Returns the number of open connections, without those that are being closed to make room at a limit. */
    int connections();

    /** Returns the maximum of {@link #connections}. */
    int maxConnections();

    /** Returns the maximum of connections from one address. */
    int maxConnectionsPerAddress();

    /** Returns the bytes that are reserved for heads and bodies in memory. */
    long bufferedBytes();

    /** Returns the maximum of {@link #bufferedBytes}. */
    long maxBufferedBytes();

    /** Returns how often a connection was closed, or gave up the bodies that were arriving on it, to make room at {@code limit}. */
    long evicted(ServerLimit limit);

    /**
     * Returns the number of connections, heads and bodies that were rejected because nothing could be closed at {@code limit},
     * or because they were larger than the maximum by themselves.
     */
    long rejected(ServerLimit limit);

    /** Returns the number of TLS handshakes that have failed, were cut off by the client, or did not finish in time. */
    long failedHandshakes();
}
