package io.tollgate.undertow;

/** A limit of a server at which connections are closed or rejected. */
public enum ServerLimit {
    /** The number of all connections. */
    CONNECTIONS,
    /** The number of connections from one address. */
    CONNECTIONS_PER_ADDRESS,
    /** The bytes of heads and bodies in memory. */
    BUFFERED_BYTES
}
