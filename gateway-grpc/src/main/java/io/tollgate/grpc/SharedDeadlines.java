package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines that the calls of an upstream share. gRPC schedules a task for each call whose deadline is that of its options, and
 * removes it when the call ends: a lock that all threads want, and the wake-up of a thread. It schedules none if the context of the
 * call has the same deadline. So time is cut in steps of 100 ms, and all calls that have to end within a step end at its beginning,
 * with one context and one task.
 */
final class SharedDeadlines implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Below, a step would be too large a share of the time. */
    private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** More than there are steps in the longest time. A power of two. */
    private static final int SLOTS = 1024;

    /** gRPC looks through all calls of a context when one of them ends, so that no context should have thousands. */
    private static final int MOST_CALLS = 256;

    static final CallOptions.Key<@Nullable Context> CONTEXT = CallOptions.Key.create("tollgate-shared-deadline");

    private final long origin = System.nanoTime();
    private final AtomicReferenceArray<@Nullable Step> steps = new AtomicReferenceArray<>(SLOTS);
    private final ScheduledThreadPoolExecutor executor;

    /** @param name the name of the upstream, for the thread */
    SharedDeadlines(String name) {
        this.executor = Timer.thread(name + "-deadlines");
    }

    /** The calls that end at one time. */
    private static final class Step {
        final long number;
        final CallOptions options;
        private int calls = 1; // threads may lose a count, which does no harm

        Step(long number, CallOptions options) {
            this.number = number;
            this.options = options;
        }

        boolean takes(long wanted) {
            return number == wanted && ++calls <= MOST_CALLS;
        }
    }

    /** Returns options with a deadline that no other call has. */
    static CallOptions own(long nanos) {
        return CallOptions.DEFAULT.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Returns options with a deadline that is at most 100 ms earlier than the given time from now, and never later. Calls with
     * these options must be made by {@link #newCall}, else they have a task each.
     */
    CallOptions after(long nanos) {
        if (nanos < SHORTEST_NANOS || nanos > LONGEST_NANOS) {
            return own(nanos);
        }
        long number = (System.nanoTime() - origin + nanos) / STEP_NANOS;
        int slot = (int) (number & (SLOTS - 1));
        Step step = steps.get(slot);
        if (step != null && step.takes(number)) {
            return step.options;
        }
        try {
            Step next = new Step(number, options(number));
            steps.set(slot, next);
            return next.options;
        } catch (RejectedExecutionException e) { // closed: the call fails anyway
            return own(nanos);
        }
    }

    private CallOptions options(long number) {
        Deadline deadline = Deadline.after(origin + number * STEP_NANOS - System.nanoTime(), TimeUnit.NANOSECONDS);
        return CallOptions.DEFAULT
                .withDeadline(deadline)
                .withOption(CONTEXT, Context.ROOT.withDeadline(deadline, executor));
    }

    /**
     * Makes a call in the context of its deadline, if it has one that is shared. Of gRPC only the call itself sees that context:
     * a call that is made in a context of the caller's own keeps that.
     */
    static <Q, A> ClientCall<Q, A> newCall(Channel channel, MethodDescriptor<Q, A> method, CallOptions options) {
        Context shared = options.getOption(CONTEXT);
        if (shared == null || Context.current() != Context.ROOT) {
            return channel.newCall(method, options);
        }
        Context previous = shared.attach();
        try {
            return channel.newCall(method, options);
        } finally {
            shared.detach(previous);
        }
    }

    /** Ends no call: those that have not ended by now have no deadline any more. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
