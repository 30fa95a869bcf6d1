package io.tollgate.servlet;

import static org.awaitility.Awaitility.await;

import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down the beginnings and ends of requests, and the ends of their reservations. */
final class Recorder implements RequestListener {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> settlements = new CopyOnWriteArrayList<>();

    @Override
    public void started(HttpRequestHead head) {
        requests.add("started " + head.path());
    }

    @Override
    public void finished(RequestSummary request) {
        requests.add("finished " + request.route().orElse("-") + " "
                + request.response().status() + " " + request.error() + " "
                + request.principal().isPresent());
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        settlements.add(charged ? "charged" : "refunded");
    }

    /** Returns the lines of requests, once there are so many. */
    List<String> requests(int lines) {
        await().until(() -> requests.size() >= lines);
        return List.copyOf(requests);
    }

    /** Returns the lines of reservations, once there are so many. */
    List<String> settlements(int lines) {
        await().until(() -> settlements.size() >= lines);
        return List.copyOf(settlements);
    }
}
