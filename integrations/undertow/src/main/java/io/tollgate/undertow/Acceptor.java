package io.tollgate.undertow;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.AcceptingChannel;

/**
 * Accepts connections only as fast as the I/O threads open them; others wait in the kernel's backlog. XNIO accepts all that there
 * are, and queues a task for each. An I/O thread looks at its sockets only after all of its tasks, so that in a flood of
 * connections it reads from none that is open; and it goes through all sockets that wait for that whenever it closes one.
 *
 * <p>XNIO has no setting for it. To accept in its place needs reflection; if a version of XNIO has other names, it goes on as
 * described.
 */
final class Acceptor {
    /** The connections for each I/O thread that are accepted and not opened. A thread opens that many in a few milliseconds. */
    static final int WAITING_PER_THREAD = 32;

    /** The time that an I/O thread has for its sockets, at least, before it gets more connections. */
    private static final int PAUSE_MILLIS = 1;

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    private final AcceptingChannel<StreamConnection> server;
    private final ChannelListener<StreamConnection> open;
    private final int maxWaiting;

    /** Only the accepting thread adds to them. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final AtomicBoolean paused = new AtomicBoolean();

    private Acceptor(
            AcceptingChannel<StreamConnection> server, ChannelListener<StreamConnection> open, int maxWaiting) {
        this.server = server;
        this.open = open;
        this.maxWaiting = maxWaiting;
    }

    /**
     * Takes over from a listener that does not accept yet.
     *
     * @param open is called with each connection on its I/O thread
     */
    static void install(
            AcceptingChannel<StreamConnection> listener, ChannelListener<StreamConnection> open, int ioThreads) {
        server(listener).ifPresent(server -> {
            Acceptor acceptor = new Acceptor(server, open, ioThreads * WAITING_PER_THREAD);
            server.getAcceptSetter().set(ready -> acceptor.accept());
        });
    }

    /** Returns the channel that accepts, below the queues; empty for a listener of another kind. */
    @SuppressWarnings("unchecked") // All servers of XNIO that accept streams accept StreamConnections.
    private static Optional<AcceptingChannel<StreamConnection>> server(AcceptingChannel<?> listener) {
        try {
            return Optional.of((AcceptingChannel<StreamConnection>) AcceptRetries.field(listener, "realServer"));
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.atWarn().setCause(e).log("This version of XNIO accepts connections faster than it can serve them");
            return Optional.empty();
        }
    }

    private void accept() {
        for (int i = 0; i < maxWaiting; i++) { // The accepting thread has other tasks.
            if (waiting.get() >= maxWaiting) {
                pause();
                return;
            }
            StreamConnection connection;
            try {
                connection = server.accept();
            } catch (IOException e) {
                return; // The server is closed. All other failures XNIO logs, and tries again after a pause.
            }
            if (connection == null) {
                return;
            }
            waiting.incrementAndGet();
            try {
                connection.getIoThread().execute(() -> open(connection));
            } catch (RejectedExecutionException e) { // The server is closed.
                waiting.decrementAndGet();
                IoUtils.safeClose(connection);
            }
        }
    }

    private void open(StreamConnection connection) {
        ChannelListeners.invokeChannelListener(connection, open);
        if (waiting.decrementAndGet() == 0 && paused.get()) {
            try {
                connection.getIoThread().executeAfter(this::resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                log.atTrace().log("Accepts nothing more, for the server is closed");
            }
        }
    }

    /** Leaves further connections to the kernel until all that wait are open: then each I/O thread looks at its sockets. */
    private void pause() {
        server.suspendAccepts();
        paused.set(true);
        if (waiting.get() == 0) { // The last one was opened before it could see this.
            resume();
        }
    }

    private void resume() {
        if (paused.compareAndSet(true, false)) {
            try {
                server.resumeAccepts();
            } catch (RejectedExecutionException e) {
                log.atTrace().log("Accepts nothing more, for the server is closed");
            }
        }
    }
}
