package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes one line for each request, with its route, its user and its outcome. Never a query, a token or a body. */
public final class AccessLog implements Filter {
    private static final Logger log = LoggerFactory.getLogger("io.tollgate.access");

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        if (!log.isInfoEnabled()) {
            return next.handle(request);
        }
        CompletableFuture<HttpResponse> answer = next.handle(request).toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            write(request.log(), answer.join());
            return answer;
        }
        return answer.whenComplete((response, failure) -> {
            if (failure == null) {
                write(request.log(), response);
            }
        });
    }

    /** The line for a request that could not be read. */
    public static void unreadable(int status, String requestId, String peer, int bytes) {
        log.atInfo()
                .addKeyValue("method", "-")
                .addKeyValue("route", "-")
                .addKeyValue("status", status)
                .addKeyValue("bytes", bytes)
                .addKeyValue("request_id", requestId)
                .addKeyValue("client", peer)
                .log("request");
    }

    private static void write(RequestLog request, HttpResponse response) {
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("method", request.head().method())
                .addKeyValue("route", request.route().orElse("-"))
                .addKeyValue("status", response.status())
                .addKeyValue(
                        "code", request.error() == null ? "-" : request.error().name())
                .addKeyValue("duration_ms", Math.floor(request.elapsedNanos() / 1e3) / 1e3)
                .addKeyValue("bytes", response.bytes().length);
        line = LogFields.of(request, line)
                .addKeyValue("user", request.principal().map(p -> p.userId()).orElse("-"))
                .addKeyValue("client", request.clientAddress().getHostAddress());
        limits(request, line).log("request");
    }

    /**
     * The limiter's outcome; and, where there is something to say, the policy that rejected, shadows that would have, policies
     * whose reservation was charged, and whether a fallback decided.
     */
    private static LoggingEventBuilder limits(RequestLog request, LoggingEventBuilder line) {
        LoggingEventBuilder told = line.addKeyValue("limit", outcome(request));
        String shadows = "";
        boolean fallback = false;
        List<RateLimitDecision> decisions = request.decisions().decisions();
        for (int i = 0; i < decisions.size(); i++) {
            RateLimitDecision decision = decisions.get(i);
            fallback |= decision.fallback();
            if (decision.rejects()) {
                told = told.addKeyValue("policy", decision.policy());
            } else if (!decision.allowed() && !decision.check().isReservation()) {
                shadows = shadows.isEmpty() ? decision.policy() : shadows + "," + decision.policy();
            }
        }
        if (!shadows.isEmpty()) {
            told = told.addKeyValue("shadow", shadows);
        }
        if (!request.charged().isEmpty()) {
            told = told.addKeyValue("charged", request.charged());
        }
        return fallback ? told.addKeyValue("fallback", true) : told;
    }

    private static String outcome(RequestLog request) {
        if (!request.isJudged()) {
            return "-";
        }
        return request.decisions().allowed() ? "allowed" : "refused";
    }
}
