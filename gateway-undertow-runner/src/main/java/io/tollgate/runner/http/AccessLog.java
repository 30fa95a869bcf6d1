package io.tollgate.runner.http;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TraceContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.operations.logging.FieldLogger;
import io.tollgate.operations.logging.FieldWriter;
import io.tollgate.operations.logging.LineFields;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Writes one line for each request, with its route, its user and its outcome. Never a query, a token or a body. */
public final class AccessLog implements Filter {
    private static final FieldLogger log = FieldLogger.of(LoggerFactory.getLogger("io.tollgate.access"));

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        if (!log.isInfoEnabled()) {
            return next.handle(request);
        }
        CompletableFuture<HttpResponse> answer = next.handle(request).toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            log.info("request", Line.of(request.log(), answer.join()));
            return answer;
        }
        return answer.whenComplete((response, failure) -> {
            if (failure == null) {
                log.info("request", Line.of(request.log(), response));
            }
        });
    }

    /** The line for a request that could not be read. */
    public static void unreadable(int status, String requestId, String peer, int bytes) {
        log.info("request", line -> {
            line.field("method", "-");
            line.field("route", "-");
            line.field("status", status);
            line.field("bytes", bytes);
            line.field("request_id", requestId);
            line.field("client", peer);
        });
    }

    /** The facts of one line: no reference to the request or the response, which are larger. */
    private record Line(
            String method,
            String route,
            int status,
            @Nullable ErrorCode error,
            long nanos,
            int bytes,
            String requestId,
            @Nullable TraceContext trace,
            String user,
            InetAddress client,
            @Nullable RateLimitDecisions decisions,
            String charged)
            implements LineFields {
        static Line of(RequestLog request, HttpResponse response) {
            return new Line(
                    request.head().method(),
                    request.route().orElse("-"),
                    response.status(),
                    request.error(),
                    request.elapsedNanos(),
                    response.bytes().length,
                    request.requestId(),
                    request.trace(),
                    request.principal().map(p -> p.userId()).orElse("-"),
                    request.clientAddress(),
                    request.isJudged() ? request.decisions() : null,
                    request.charged());
        }

        @Override
        public void writeTo(FieldWriter line) throws IOException {
            line.field("method", method);
            line.field("route", route);
            line.field("status", status);
            line.field("code", error == null ? "-" : error.name());
            line.field("duration_ms", Math.floor(nanos / 1e3) / 1e3);
            line.field("bytes", bytes);
            line.field("request_id", requestId);
            if (trace != null) {
                line.field("trace_id", trace.traceId());
            }
            line.field("user", user);
            line.field("client", client.getHostAddress());
            if (decisions == null) {
                line.field("limit", "-");
            } else {
                line.field("limit", decisions.allowed() ? "allowed" : "refused");
                writeDecisions(line, decisions.decisions());
            }
        }

        /**
         * Writes the policy that rejected, shadows that would have, policies whose reservation was charged, and whether a
         * fallback decided, each if there is one.
         */
        private void writeDecisions(FieldWriter line, List<RateLimitDecision> all) throws IOException {
            String shadows = "";
            boolean fallback = false;
            for (int i = 0; i < all.size(); i++) {
                RateLimitDecision decision = all.get(i);
                fallback |= decision.fallback();
                if (decision.rejects()) {
                    line.field("policy", decision.policy());
                } else if (!decision.allowed() && !decision.check().isReservation()) {
                    shadows = shadows.isEmpty() ? decision.policy() : shadows + "," + decision.policy();
                }
            }
            if (!shadows.isEmpty()) {
                line.field("shadow", shadows);
            }
            if (!charged.isEmpty()) {
                line.field("charged", charged);
            }
            if (fallback) {
                line.field("fallback", true);
            }
        }
    }
}
