package io.tollgate.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Connects an upstream again soon after it is back. gRPC alone waits longer after each failed attempt, up to 2 minutes and
 * more, and its builders have no setting for that; so this interrupts the wait about once a second. A service that is away
 * thus gets one attempt a second for each of its addresses, spread by a quarter so that gateways do not come in step. Thread-safe.
 */
final class Reconnector {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ManagedChannel connection;
    private final Timer timer;
    private final long intervalNanos;
    private final long silenceNanos;
    private final Runnable reconnected;
    private boolean replaceable = true;
    private boolean wanted; // a connection was made or tried before; all guarded by this
    private boolean lost;
    private boolean replacing;
    private long turn;

    /**
     * Watches {@code connection} once it is {@linkplain #start() started}.
     *
     * @param deadline the time after which calls of the old connection no longer tell that it is silent
     * @param reconnected called when the connection is back after it was lost, from whichever thread noticed; must not block
     */
    Reconnector(ManagedChannel connection, Timer timer, Duration interval, Duration deadline, Runnable reconnected) {
        this.connection = connection;
        this.timer = timer;
        this.intervalNanos = interval.toNanos();
        this.silenceNanos = deadline.plus(interval).toNanos();
        this.reconnected = reconnected;
    }

    /** Begins to watch. Makes no connection: the first one is for whoever needs it. */
    void start() {
        ConnectivityState state = connection.getState(false);
        entered(state);
        if (state != ConnectivityState.SHUTDOWN) {
            connection.notifyWhenStateChanged(state, this::start);
        }
    }

    /**
     * Makes a new connection in place of one over which responses no longer come: its other end may be gone without a word.
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
        synchronized (this) {
            turn++;
            switch (state) {
                case READY -> {
                    back = lost;
                    wanted = true;
                    lost = false;
                    replacing = false;
                }
                case TRANSIENT_FAILURE -> {
                    wanted = true;
                    lost = true;
                    again(turn);
                }
                case IDLE -> {
                    lost |= wanted && !replacing;
                    if (wanted) {
                        again(turn);
                    }
                }
                case CONNECTING -> wanted = true;
                case SHUTDOWN -> wanted = false;
            }
        }
        if (back) {
            reconnected.run();
        }
    }

    private void again(long expected) {
        long quarter = intervalNanos / 4;
        long pause = intervalNanos + ThreadLocalRandom.current().nextLong(-quarter, quarter + 1);
        try {
            timer.after(pause, () -> connect(expected));
        } catch (RejectedExecutionException e) {
            // the upstream is closing
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
