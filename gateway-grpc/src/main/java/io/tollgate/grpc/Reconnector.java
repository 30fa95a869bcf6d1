package io.tollgate.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Connects an upstream again soon after it is back. gRPC alone waits longer after each failed attempt, up to 2 minutes and
 * more, and its builders have no setting for that; so this interrupts the wait about once a second. An unavailable service
 * thus gets one attempt a second for each of its addresses, spread by a quarter so that gateways do not attempt in step.
 *
 * <p>An attempt may also hang: where packets are dropped, the kernel repeats them after 1, 3, 7 and 15 seconds, and a proxy may
 * accept a connection for a service that it cannot reach. gRPC waits for 20 and 35 seconds then, so this begins again, with
 * another of the addresses. Thread-safe.
 */
final class Reconnector {
    static final Duration INTERVAL = Duration.ofSeconds(1);
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final ManagedChannel connection;
    private final Timer timer;
    private final long intervalNanos;
    private final long connectNanos;
    private final long silenceNanos;
    private final Listener listener;
    private boolean replaceable = true;
    private boolean wanted; // a connection was made or tried before; all guarded by this
    private boolean lost;
    private boolean outage; // an attempt to connect has failed since the connection was lost
    private boolean replacing;
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
     * @param connectTimeout the time after which an attempt is given up
     * @param deadline the time after which calls of the old connection no longer tell that it is silent
     */
    Reconnector(
            ManagedChannel connection,
            Timer timer,
            Duration interval,
            Duration connectTimeout,
            Duration deadline,
            Listener listener) {
        this.connection = connection;
        this.timer = timer;
        this.intervalNanos = interval.toNanos();
        this.connectNanos = connectTimeout.toNanos();
        this.silenceNanos = deadline.plus(interval).toNanos();
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

    /**
     * Makes a new connection in place of one over which responses no longer come: its other end may have failed without closing it.
     * Calls in flight stay on the old one until they end. Does nothing for a while after the last time: a service that hangs
     * gains nothing from new connections.
     */
    void replace() {
        synchronized (this) {
            if (!replaceable || connection.getState(false) != ConnectivityState.READY) {
                return;
            }
            try {
                timer.after(silenceNanos, this::allowReplacement);
            } catch (RejectedExecutionException e) {
                return; // the upstream is closing
            }
            replaceable = false;
            replacing = true;
        }
        connection.enterIdle();
        connection.getState(true);
    }

    private synchronized void allowReplacement() {
        replaceable = true;
    }

    private void entered(ConnectivityState state) {
        boolean back = false;
        boolean afterOutage = false;
        synchronized (this) {
            turn++;
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
                    after(connectNanos, () -> startOver(expected));
                }
                case SHUTDOWN -> wanted = false;
            }
        }
        if (back) {
            listener.reconnected(afterOutage);
        }
    }

    private void again(long expected) {
        long quarter = intervalNanos / 4;
        long pause = intervalNanos + ThreadLocalRandom.current().nextLong(-quarter, quarter + 1);
        after(pause, () -> connect(expected));
    }

    private void after(long nanos, Runnable task) {
        try {
            timer.after(nanos, task);
        } catch (RejectedExecutionException e) {
            // the upstream is closing
        }
    }

    /** Gives an attempt to connect up, and makes another. Calls that wait for the connection go on waiting. */
    private void startOver(long expected) {
        synchronized (this) {
            if (turn != expected || connection.getState(false) != ConnectivityState.CONNECTING) {
                return;
            }
            lost = true;
            outage = true;
        }
        connection.enterIdle();
        connection.getState(true);
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
