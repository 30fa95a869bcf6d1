package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioWorker;

/** The open connections of a server, and how it parts with them. */
final class Connections {
    private final Set<GuardedConnection> open = ConcurrentHashMap.newKeySet();
    private final UnreadableResponder unreadable;
    private final long stuckAfterNanos;
    private final XnioExecutor.Key sweep;
    private volatile boolean draining;

    Connections(UnreadableResponder unreadable, XnioWorker worker, Duration headTimeout) {
        this.unreadable = unreadable;
        // Twice the time that the parser gives a head: whatever it has not ended by itself by then.
        this.stuckAfterNanos = headTimeout.multipliedBy(2).plusSeconds(1).toNanos();
        this.sweep = worker.getIoThread().executeAtInterval(this::closeStuck, 1, TimeUnit.SECONDS);
    }

    /** Adds a new connection, before Undertow sees it; returns whether it is still open. */
    boolean add(StreamConnection connection) {
        InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
        if (peer == null) { // Gone before it was here.
            IoUtils.safeClose(connection);
            return false;
        }
        GuardedConnection guarded = new GuardedConnection(connection, peer.getAddress(), unreadable);
        open.add(guarded);
        connection.setCloseListener(closed -> remove(guarded));
        return true;
    }

    /** Returns whether each connection ends with its next response. */
    boolean isDraining() {
        return draining;
    }

    /** Ends each connection with its next response, waits for that, and cuts those that are left. */
    void drain(Duration timeout) {
        draining = true;
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean ended = awaitNone(deadline);
        sweep.remove();
        if (!ended) {
            open.forEach(GuardedConnection::cut);
            awaitNone(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        }
    }

    private synchronized boolean awaitNone(long deadline) {
        boolean interrupted = false;
        while (!open.isEmpty() && !interrupted) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                return false;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                interrupted = true;
            }
        }
        return open.isEmpty();
    }

    private void remove(GuardedConnection connection) {
        open.remove(requireNonNull(connection, "connection"));
        if (draining) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    private void closeStuck() {
        long now = System.nanoTime();
        for (GuardedConnection connection : open) {
            if (connection.isStuck(now, stuckAfterNanos)) {
                connection.cut();
            }
        }
    }
}
