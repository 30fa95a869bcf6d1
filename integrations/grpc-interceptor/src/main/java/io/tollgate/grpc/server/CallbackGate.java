package io.tollgate.grpc.server;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps the callbacks of one call in order while a decision is pending. The server delivers them one at a time; while the gate
 * is closed they are held, and when it opens one thread runs those that are held, before the server's next one runs. So a
 * handler never sees two at once, and each sees what the one before it did.
 *
 * <p>Flow control bounds what is held: the messages that the handler has requested, and a few events.
 */
final class CallbackGate {
    private final Queue<Runnable> held = new ArrayDeque<>(4);

    /** Written with the lock. If it is true, nothing is held and no thread runs what was. */
    private volatile boolean open;
    /** Guarded by the lock. */
    private boolean discarding;
    /** The number of times that the gate was closed; only used by the thread that runs callbacks. */
    private int closings;

    /** Holds a callback; returns false if the gate is open, so that the caller must run it. */
    boolean hold(Runnable callback) {
        if (open) {
            return false;
        }
        synchronized (this) {
            if (open) {
                return false;
            }
            if (!discarding) {
                held.add(callback);
            }
            return true;
        }
    }

    /** Closes the gate, until {@link #open}. Called by a callback. */
    synchronized void close() {
        open = false;
        closings++;
    }

    /** Runs what is held until nothing is, or until a callback closes the gate; then lets callbacks pass. */
    void open() {
        while (true) {
            Runnable callback;
            int before;
            synchronized (this) {
                callback = held.poll();
                if (callback == null) {
                    open = true;
                    return;
                }
                before = closings;
            }
            callback.run();
            // Not guarded: only a callback closes, on this thread. After that, another thread may be opening already.
            if (closings != before) {
                return;
            }
        }
    }

    /** Discards what is held, and what comes. */
    synchronized void discard() {
        discarding = true;
        held.clear();
    }
}
