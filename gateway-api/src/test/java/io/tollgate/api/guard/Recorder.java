package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a guard does, a line for each call. */
final class Recorder implements GuardListener {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void authenticated(HttpRequestHead head, ErrorCode error) {
        lines.add("authenticated " + (error == null ? "ok" : error));
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        StringBuilder line = new StringBuilder("decided");
        decisions.decisions().forEach(d -> line.append(' ').append(d.policy()).append(d.allowed() ? "+" : "-"));
        lines.add(line.toString());
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        lines.add("settled " + reservation.policy() + (charged ? " charged" : " refunded"));
    }

    List<String> lines() {
        return lines;
    }

    List<String> settlements() {
        return lines.stream().filter(line -> line.startsWith("settled")).toList();
    }
}
