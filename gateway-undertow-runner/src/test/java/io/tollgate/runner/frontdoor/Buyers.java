package io.tollgate.runner.frontdoor;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Clients that buy one ticket after the other, each purchase with a key of its own, and count the statuses. */
final class Buyers implements AutoCloseable {
    private static final int BUYERS = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(BUYERS);
    private final List<Future<?>> running = new ArrayList<>();
    private final Map<String, Integer> ends = new TreeMap<>(); // guarded by itself
    private volatile boolean stopped;

    Buyers(Client client, String token) {
        for (int i = 0; i < BUYERS; i++) {
            running.add(threads.submit(() -> {
                while (!stopped) {
                    count(purchase(client, token));
                }
            }));
        }
    }

    /** Buys one ticket; returns the status, with the code of an error. */
    static String purchase(Client client, String token) {
        Answer answer = client.send(
                "POST",
                "/api/v1/tickets/rock-2026/purchase",
                BodyPublishers.noBody(),
                "Authorization",
                "Bearer " + token,
                "Idempotency-Key",
                UUID.randomUUID().toString());
        return answer.status() == 200 ? "200" : answer.status() + " " + answer.code();
    }

    private void count(String end) {
        synchronized (ends) {
            ends.merge(end, 1, Integer::sum);
        }
    }

    Map<String, Integer> ends() {
        synchronized (ends) {
            return new TreeMap<>(ends);
        }
    }

    int successes() {
        return ends().getOrDefault("200", 0);
    }

    /** Waits until so many more purchases were made. */
    void awaitMore(int purchases) {
        int goal = successes() + purchases;
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> successes() >= goal);
    }

    /** Ends them, each after the response to its last request, and returns how all requests ended. */
    Map<String, Integer> stop() throws Exception {
        stopped = true;
        for (Future<?> one : running) {
            one.get(60, TimeUnit.SECONDS);
        }
        return ends();
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
