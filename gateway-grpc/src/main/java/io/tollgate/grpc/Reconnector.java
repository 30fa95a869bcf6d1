package io.tollgate.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Connects an upstream again soon after it is back. gRPC alone waits longer after each failed attempt, up to 2 minutes and
 * more, and its builders have no setting for that; so this interrupts the wait about once a second. An unavailable backend
 * thus gets one attempt a second, spread by a quarter so that gateways do not attempt in step. Attempts that hang are given up by
 * {@link BackendConnection}. Thread-safe.
 */
final class Reconnector {
    static final Duration INTERVAL = Duration.ofSeconds(1);
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final ManagedChannel connection;
    private final Timer timer;
    private final long intervalNanos;
    private final long connectNanos;
    private final Listener listener;
    private boolean wanted; // a connection was made or tried before; all guarded by this
    private boolean lost;
    private boolean outage; // an attempt to connect has failed since the connection was lost
    private boolean connected;
    private boolean replacing;
    private boolean backendAwaited;
    private long turn;

    /** Receives the return of a connection that was lost, on the thread that noticed. */
    @FunctionalInterface
    interface Listener {
        /**
         * Must not block.
         *
         * @param afterOutage whether an attempt to connect failed before this one; otherwise the connection was only replaced,
         *     as when a server limits the age of its connections
         */
        void reconnected(boolean afterOutage);
    }

    /**
     * Watches {@code connection} once it is {@linkplain #start() started}.
     *
     * @param interval the time between two attempts to connect
     * @param connectTimeout the time after which an attempt is given up, and taken for an outage
     */
    Reconnector(ManagedChannel connection, Timer timer, Duration interval, Duration connectTimeout, Listener listener) {
        this.connection = connection;
        this.timer = timer;
        this.intervalNanos = interval.toNanos();
        this.connectNanos = connectTimeout.toNanos();
        this.listener = listener;
    }

    /** Begins to watch. Makes no connection: the first call does, or {@link Upstream#connect()}. */
    void start() {
        ConnectivityState state = connection.getState(false);
        entered(state);
        if (state != ConnectivityState.SHUTDOWN) {
            connection.notifyWhenStateChanged(state, this::start);
        }
    }

    /** Attempts to connect to a backend again soon that could not be reached, while others of the service can be. */
    void backendLost() {
        synchronized (this) {
            if (backendAwaited) {
                return;
            }
            backendAwaited = true;
        }
        after(pause(), this::awaitBackend);
    }

    /**
     * Learns that the connection to the only backend is being replaced by a new one, as it did not respond: that the new one is
     * made is no sign that the backend is back.
     */
    synchronized void replacing() {
        replacing = true;
    }

    private void awaitBackend() {
        synchronized (this) {
            backendAwaited = false;
        }
        if (connection.getState(false) != ConnectivityState.TRANSIENT_FAILURE) { // then again() does it
            connection.resetConnectBackoff();
        }
    }

    private void entered(ConnectivityState state) {
        boolean back = false;
        boolean afterOutage = false;
        synchronized (this) {
            turn++;
            lost |= connected && state != ConnectivityState.READY && !replacing;
            connected = state == ConnectivityState.READY;
            switch (state) {
                case READY -> {
                    back = lost;
                    afterOutage = outage;
                    wanted = true;
                    lost = false;
                    outage = false;
                    replacing = false;
                }
                case TRANSIENT_FAILURE -> {
                    wanted = true;
                    lost = true;
                    outage = true;
                    again(turn);
                }
                case IDLE -> {
                    lost |= wanted && !replacing;
                    if (wanted) {
                        again(turn);
                    }
                }
                case CONNECTING -> {
                    wanted = true;
                    long expected = turn;
                    after(connectNanos, () -> hangs(expected));
                }
                case SHUTDOWN -> wanted = false;
            }
        }
        if (back) {
            listener.reconnected(afterOutage);
        }
    }

    private void again(long expected) {
        after(pause(), () -> connect(expected));
    }

    private long pause() {
        long quarter = intervalNanos / 4;
        return intervalNanos + ThreadLocalRandom.current().nextLong(-quarter, quarter + 1);
    }

    private void after(long nanos, Runnable task) {
        try {
            timer.after(nanos, task);
        } catch (RejectedExecutionException e) {
            // the upstream is closing
        }
    }

    private synchronized void hangs(long expected) {
        if (turn == expected && connection.getState(false) == ConnectivityState.CONNECTING) {
            lost = true;
            outage = true;
        }
    }

    private void connect(long expected) {
        synchronized (this) {
            if (turn != expected) {
                return;
            }
            if (connection.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                again(expected); // the channel keeps that state until an attempt succeeds
            }
        }
        connection.resetConnectBackoff();
        connection.getState(true);
    }
}
