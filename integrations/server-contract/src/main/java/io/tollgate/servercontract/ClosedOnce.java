package io.tollgate.servercontract;

import java.util.concurrent.atomic.AtomicBoolean;

/** A server that may be closed by a test, and then again after it. */
@SuppressWarnings("try") // Throws what the close() of the server does.
final class ClosedOnce implements ServerUnderTest {
    private final ServerUnderTest server;
    private final AtomicBoolean closed = new AtomicBoolean();

    ClosedOnce(ServerUnderTest server) {
        this.server = server;
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return server.isServerThread(thread);
    }

    @Override
    public void close() throws Exception {
        if (!closed.getAndSet(true)) {
            server.close();
        }
    }
}
