package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The course of one request: the headers that its response owes, its deadline, its cancellation and its end. Thread-safe,
 * since a deadline or a client that leaves may end it at any time.
 */
public final class Exchange {
    private final Request.Source source;
    private final Cancellation cancellation = new Cancellation();
    private final List<String> owed = new ArrayList<>(24);

    private volatile Deadline.@Nullable Timer deadline;
    private volatile boolean called;
    private volatile boolean abandoned;
    private @Nullable Runnable onEnd;
    private boolean ended;

    Exchange(Request.Source source) {
        this.source = source;
    }

    /** Adds a header that the response owes, whatever it will be; an earlier one of that name is replaced. */
    void owe(String name, String value) {
        synchronized (owed) {
            for (int i = 0; i < owed.size(); i += 2) {
                if (owed.get(i).equals(name)) {
                    owed.set(i + 1, value);
                    return;
                }
            }
            owed.add(name);
            owed.add(value);
        }
    }

    /** Adds an element to the list that is the value of a header which the response owes. */
    void oweAlso(String name, String element) {
        synchronized (owed) {
            int at = owed.indexOf(name);
            owe(name, at < 0 ? element : owed.get(at + 1) + ", " + element);
        }
    }

    /** Hands each header that the response owes to {@code sink}, name first. */
    public void forEachOwed(BiConsumer<String, String> sink) {
        synchronized (owed) {
            for (int i = 0; i < owed.size(); i += 2) {
                sink.accept(owed.get(i), owed.get(i + 1));
            }
        }
    }

    /** Runs {@code task} once, that long from now; the result cancels it. */
    CallContext.Registration schedule(long millis, Runnable task) {
        return source.schedule(millis, task);
    }

    void deadline(Deadline.Timer timer) {
        this.deadline = timer;
    }

    Deadline.@Nullable Timer deadline() {
        return deadline;
    }

    /** Returns {@code context} with the deadline and the cancellation of this exchange. */
    CallContext limit(CallContext context) {
        CallContext limited = context.withCancellation(cancellation);
        Deadline.Timer timer = deadline;
        return timer == null ? limited : limited.withDeadlineNanos(timer.atNanos());
    }

    /** A service is about to be called. */
    void calling() {
        called = true;
    }

    /** Returns whether a service has been called, or is about to be. */
    boolean called() {
        return called;
    }

    /** The client left: cancels what is done for it. */
    public void abandon() {
        abandoned = true;
        cancel();
    }

    /** Returns whether the client left before the response. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Nobody waits for the response any more: cancels what is done for it. */
    public void cancel() {
        cancellation.cancel();
    }

    /** Runs {@code task} when the response is known, or will never be; at once if that is so. */
    void onEnd(Runnable task) {
        synchronized (this) {
            if (!ended) {
                Runnable before = onEnd;
                onEnd = before == null
                        ? task
                        : () -> {
                            before.run();
                            task.run();
                        };
                return;
            }
        }
        task.run();
    }

    /** The response is known, or there will be none. Does nothing the second time. */
    public void end() {
        Runnable task;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            task = onEnd;
        }
        if (task != null) {
            task.run();
        }
    }
}
