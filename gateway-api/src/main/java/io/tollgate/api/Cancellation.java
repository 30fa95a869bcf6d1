package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a request. The owner of the request keeps this object, and passes on a {@link CallContext}, which can only
 * observe the cancellation.
 *
 * <pre>{@code
 * Cancellation cancellation = new Cancellation();
 * CallContext context = CallContext.of(requestId).withCancellation(cancellation);
 * connection.onClose(cancellation::cancel);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Cancellation {
    /** Null once cancelled. */
    private @Nullable List<Runnable> listeners = new ArrayList<>(2);

    /** Creates an object that is not cancelled yet. */
    public Cancellation() {}

    /**
     * Cancels, once; further calls do nothing. Listeners run on the calling thread, in the order of their registration.
     * If listeners throw, the first exception is thrown after all have run.
     */
    public void cancel() {
        List<Runnable> toRun;
        synchronized (this) {
            if (listeners == null) {
                return;
            }
            toRun = listeners;
            listeners = null;
        }
        RuntimeException failure = null;
        for (Runnable listener : toRun) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns whether {@link #cancel()} was called. */
    public synchronized boolean isCancelled() {
        return listeners == null;
    }

    /** Runs {@code listener} when cancelled, at once if that has happened. The result removes the listener. */
    CallContext.Registration onCancel(Runnable listener) {
        requireNonNull(listener, "listener");
        // An entry of its own, so that one listener registered twice comes off once.
        Runnable entry = () -> listener.run();
        synchronized (this) {
            if (listeners != null) {
                listeners.add(entry);
                return () -> remove(entry);
            }
        }
        listener.run();
        return CallContext.Registration.NONE;
    }

    private synchronized void remove(Runnable entry) {
        if (listeners != null) {
            listeners.removeIf(one -> one == entry);
        }
    }
}
