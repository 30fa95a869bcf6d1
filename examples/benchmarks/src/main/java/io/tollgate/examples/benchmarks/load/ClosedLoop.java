package io.tollgate.examples.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A closed loop in this JVM: each connection sends its next request when it has the response to the last. */
public final class ClosedLoop implements LoadGenerator {
    private static final int MAX_BROKEN = 1_000;

    private final int threads;

    /** Spreads its connections over {@code threads}. */
    public ClosedLoop(int threads) {
        this.threads = threads;
    }

    @Override
    public LoadResult run(LoadSpec load) throws IOException, InterruptedException {
        int count = Math.min(threads, load.connections());
        ExecutorService executor = Executors.newFixedThreadPool(count);
        try {
            long start = System.nanoTime();
            long end = start + load.duration().toNanos();
            List<Future<Share>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int connections = load.connections() / count + (i < load.connections() % count ? 1 : 0);
                futures.add(executor.submit(new Share(load, i, connections, end)));
            }
            Latencies latencies = new Latencies();
            long requests = 0;
            long errors = 0;
            for (Future<Share> future : futures) {
                Share share = future.get();
                latencies.add(share.latencies);
                requests += share.requests;
                errors += share.errors;
            }
            return latencies.result(requests, (System.nanoTime() - start) / 1e9, errors);
        } catch (ExecutionException e) {
            throw new IOException("the load driver failed", e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }

    /** The connections of one thread. */
    private static final class Share implements Callable<Share> {
        private final LoadSpec load;
        private final int index;
        private final int connections;
        private final long end;
        private final Latencies latencies = new Latencies();
        private long requests;
        private long errors;
        private long broken;

        Share(LoadSpec load, int index, int connections, long end) {
            this.load = load;
            this.index = index;
            this.connections = connections;
            this.end = end;
        }

        @Override
        public Share call() throws IOException {
            // 7919 is a prime: the threads do not send the same users at the same time.
            RequestStream stream = new RequestStream(load, index * 7_919L);
            ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);
            try (Selector selector = Selector.open()) {
                try {
                    for (int i = 0; i < connections; i++) {
                        open(selector, stream);
                    }
                    while (System.nanoTime() < end) {
                        selector.select(key -> answer(key, stream, buffer), 100);
                        if (broken > MAX_BROKEN) {
                            throw new IOException(broken + " connections failed");
                        }
                    }
                } finally {
                    selector.keys().forEach(key -> ((HttpConnection) key.attachment()).close());
                }
            }
            return this;
        }

        private void open(Selector selector, RequestStream stream) throws IOException {
            HttpConnection.open(load.port(), selector).send(stream.next(), System.nanoTime());
        }

        private void answer(SelectionKey key, RequestStream stream, ByteBuffer buffer) {
            HttpConnection connection = (HttpConnection) key.attachment();
            try {
                int status = connection.read(buffer);
                if (status > 0) {
                    long now = System.nanoTime();
                    latencies.record((now - connection.due()) / 1_000);
                    requests++;
                    if (status != load.request().expectedStatus()) {
                        errors++;
                    }
                    connection.send(stream.next(), now);
                }
            } catch (IOException e) {
                errors++;
                broken++;
                connection.close();
                reopen(key.selector(), stream);
            }
        }

        private void reopen(Selector selector, RequestStream stream) {
            try {
                open(selector, stream);
            } catch (IOException e) {
                broken = MAX_BROKEN + 1L;
            }
        }
    }
}
