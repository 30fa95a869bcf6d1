package io.tollgate.undertow;

import io.undertow.connector.ByteBufferPool;

/** The parts that all connections of a server share. */
record Server(
        ServerSettings settings,
        ServerEndpoint endpoint,
        UnreadableResponder unreadable,
        Connections connections,
        ByteBufferPool buffers) {}
