package io.tollgate.tls;

/** Learns of changes of certificates, for example to count them or to warn of their expiry. */
@FunctionalInterface
public interface TlsListener {
    /**
     * Receives the state when a change of the files was put to use, and when one was rejected for a new reason; once for each.
     * Called on the thread that watches the files; what it throws is logged.
     */
    void changed(TlsState state);
}
