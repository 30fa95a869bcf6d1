package io.tollgate.servercontract;

/** A running server of the integration under test, on the loopback address. */
@SuppressWarnings("try") // The close() of some servers waits, and throws any exception.
public interface ServerUnderTest extends AutoCloseable {
    /** Returns the port that it listens on. */
    int port();

    /**
     * Returns whether {@code thread} belongs to this server, as one that calls handlers or as one that accepts or reads
     * connections. False for the threads of other servers, which may run at the same time.
     */
    boolean isServerThread(Thread thread);

    /** Stops the server: closes its connections and ends its threads. */
    @Override
    void close() throws Exception;
}
