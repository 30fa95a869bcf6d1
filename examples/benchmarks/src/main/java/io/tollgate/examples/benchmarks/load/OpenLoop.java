package io.tollgate.examples.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An open loop in this JVM: requests are due at a constant rate, whether or not earlier ones have been responded to. A
 * latency counts from the moment a request was due, not from when it was sent, so that a server that stalls is charged for
 * all the requests that had to wait (no coordinated omission). A request that is due while every connection is busy waits
 * for the first one that is not.
 */
public final class OpenLoop implements LoadGenerator {
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int perSecond;

    /** Sends {@code perSecond} requests each second. */
    public OpenLoop(int perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public LoadResult run(LoadSpec load) throws IOException, InterruptedException {
        try (Run run = new Run(load)) {
            return run.run(perSecond);
        }
    }

    /** One run. The thread that calls sends; a second one reads, and sends what has been waiting for a connection. */
    private static final class Run implements AutoCloseable {
        private final LoadSpec load;
        private final Selector selector;
        /** Guards the idle connections, the requests that wait for one, the stream and the failure. */
        private final Object lock = new Object();

        private final Queue<HttpConnection> idle = new ArrayDeque<>();
        private final Queue<Long> waiting = new ArrayDeque<>();
        private final RequestStream stream;
        private IOException failure = new IOException("none");
        private boolean failed;

        /** Written by the reading thread, read when it has ended. */
        private final Latencies latencies = new Latencies();

        private volatile long answered;
        private long errors;
        private volatile boolean reading = true;

        Run(LoadSpec load) throws IOException {
            this.load = load;
            this.stream = new RequestStream(load, 0);
            this.selector = Selector.open();
            for (int i = 0; i < load.connections(); i++) {
                idle.add(HttpConnection.open(load.port(), selector));
            }
        }

        LoadResult run(int perSecond) throws IOException, InterruptedException {
            Thread reader = new Thread(this::read, "open-loop-reader");
            reader.start();
            long total = perSecond * load.duration().toSeconds();
            long start = System.nanoTime();
            for (long i = 0; i < total; i++) {
                long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                send(due);
            }
            long drainUntil = System.nanoTime() + DRAIN_NANOS;
            while (answered < total && !hasFailed() && System.nanoTime() < drainUntil) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            reading = false;
            selector.wakeup();
            reader.join();
            synchronized (lock) {
                if (failed) {
                    throw failure;
                }
            }
            return latencies.result(answered, seconds, errors + total - answered);
        }

        private boolean hasFailed() {
            synchronized (lock) {
                return failed;
            }
        }

        private void send(long due) throws IOException {
            synchronized (lock) {
                HttpConnection connection = idle.poll();
                if (connection == null) {
                    waiting.add(due);
                } else {
                    connection.send(stream.next(), due);
                }
            }
        }

        private void read() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);
            try {
                while (reading) {
                    selector.select();
                    for (SelectionKey key : selector.selectedKeys()) {
                        answer((HttpConnection) key.attachment(), buffer);
                    }
                    selector.selectedKeys().clear();
                }
            } catch (IOException e) {
                synchronized (lock) {
                    failed = true;
                    failure = e;
                }
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
        private void answer(HttpConnection connection, ByteBuffer buffer) throws IOException {
            int status = connection.read(buffer);
            if (status == 0) {
                return;
            }
            latencies.record((System.nanoTime() - connection.due()) / 1_000);
            if (status != load.request().expectedStatus()) {
                errors++;
            }
            synchronized (lock) {
                Long due = waiting.poll();
                if (due == null) {
                    idle.add(connection);
                } else {
                    connection.send(stream.next(), due);
                }
            }
            answered++;
        }

        @Override
        public void close() throws IOException {
            selector.keys().forEach(key -> ((HttpConnection) key.attachment()).close());
            selector.close();
        }
    }
}
