package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;

/** The open connections of a server: admits them, closes those that hang, and drains them. */
final class Connections {
    private static final Logger log = LoggerFactory.getLogger(UndertowServer.class);
    private static final int REPORT_SECONDS = 10;
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Duration DRAIN_SWEEP = Duration.ofMillis(50);

    private final Set<GuardedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rejected = new AtomicInteger();
    private final ServerSettings settings;
    private final ServerSettings.Occupants limits;
    private final Occupancy occupancy;
    private final UnreadableResponder unreadable;
    private final XnioWorker worker;
    private final long stuckAfterNanos;
    private final Repeating sweep;
    private int seconds;
    private long reported;
    private volatile boolean draining;

    Connections(ServerSettings settings, UnreadableResponder unreadable, XnioWorker worker) {
        this.settings = settings;
        this.limits = settings.occupants();
        this.occupancy = new Occupancy(limits, open);
        this.unreadable = unreadable;
        this.worker = worker;
        // Twice the time that the parser gives a head: whatever it has not ended by itself by then.
        this.stuckAfterNanos =
                settings.heads().timeout().multipliedBy(2).plusSeconds(1).toNanos();
        this.sweep = Repeating.start(worker.getIoThread(), SWEEP, this::sweep);
    }

    ServerStats stats() {
        return occupancy;
    }

    /** Returns the count of TLS handshakes that have failed. */
    LongAdder failedHandshakes() {
        return occupancy.failures();
    }

    /** Adds a new connection, before any protocol sees it; null if none may. */
    @Nullable
    GuardedConnection add(StreamConnection connection) {
        InetSocketAddress address = connection.getPeerAddress(InetSocketAddress.class);
        if (address == null) { // Gone before it was here.
            IoUtils.safeClose(connection);
            return null;
        }
        InetAddress peer = address.getAddress();
        GuardedConnection guarded =
                new GuardedConnection(connection, peer, limits.source(peer), settings, unreadable, occupancy);
        if (!occupancy.enter(guarded.place())) {
            occupancy.leave(guarded.place());
            reject(guarded, connection);
            return null;
        }
        open.add(guarded);
        connection.setCloseListener(closed -> remove(guarded));
        return guarded;
    }

    private void reject(GuardedConnection guarded, StreamConnection connection) {
        if (settings.security() != null) { // Another handshake is what there is no room for.
            IoUtils.safeClose(connection);
        } else if (rejected.incrementAndGet() > limits.maxRejected()) {
            rejected.decrementAndGet();
            IoUtils.safeClose(connection);
        } else {
            connection.setCloseListener(closed -> rejected.decrementAndGet());
            guarded.reject(Rejections.overloaded());
        }
    }

    /** Returns whether each connection ends with its next response. */
    boolean isDraining() {
        return draining;
    }

    /**
     * Ends each connection with its next response, closes those without a request after {@code idleTimeout}, waits for that, and
     * cuts those that are left after {@code timeout}.
     */
    void drain(Duration timeout, Duration idleTimeout) {
        draining = true;
        open.forEach(GuardedConnection::drain);
        long begin = System.nanoTime();
        Repeating idle = Repeating.start(worker.getIoThread(), DRAIN_SWEEP, () -> {
            if (System.nanoTime() - begin >= idleTimeout.toNanos()) {
                open.forEach(GuardedConnection::closeIfIdle);
            }
        });
        boolean ended = awaitNone(begin + timeout.toNanos());
        idle.close();
        sweep.close();
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
        occupancy.leave(connection.place());
        if (draining) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    private void sweep() {
        occupancy.sweep();
        long now = System.nanoTime();
        for (GuardedConnection connection : open) {
            connection.sweep(now, stuckAfterNanos);
        }
        if (++seconds % REPORT_SECONDS == 0) {
            report();
        }
    }

    /** Logs that a limit was reached, if one was. */
    private void report() {
        long evicted = occupancy.evicted();
        long rejections = occupancy.rejected();
        if (evicted + rejections != reported) {
            reported = evicted + rejections;
            log.atWarn()
                    .addKeyValue("connections", occupancy.connections())
                    .addKeyValue("max_connections", occupancy.maxConnections())
                    .addKeyValue("max_per_address", occupancy.maxConnectionsPerAddress())
                    .addKeyValue("buffered_bytes", occupancy.bufferedBytes())
                    .addKeyValue("max_buffered_bytes", occupancy.maxBufferedBytes())
                    .addKeyValue("evicted", evicted)
                    .addKeyValue("rejected", rejections)
                    .log("Connections were closed or rejected at a limit");
        }
    }
}
