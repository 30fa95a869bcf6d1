package io.tollgate.grpc;

import java.time.Duration;
import java.util.PriorityQueue;

/** Runs tasks when a test says how late it is. */
final class ManualTimer implements Timer {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.number, b.number));
    private long now;
    private long number;

    private record Task(long at, long number, Runnable task) {}

    @Override
    public void after(long nanos, Runnable task) {
        tasks.add(new Task(now + nanos, number++, task));
    }

    long nanoTime() {
        return now;
    }

    /** Lets time pass, and runs what is due on the way. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().at <= end) {
            Task next = tasks.remove();
            now = next.at;
            next.task.run();
        }
        now = end;
    }
}
