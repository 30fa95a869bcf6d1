package io.tollgate.runner.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one line for each request: what was asked, by whom, and how it ended. Never a query, a token or a body. */
public final class AccessLog implements Filter {
    private static final Logger log = LoggerFactory.getLogger("io.tollgate.access");

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        if (!log.isInfoEnabled()) {
            return next.handle(request);
        }
        CompletableFuture<Response> answer = next.handle(request).toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            write(request, answer.join());
            return answer;
        }
        return answer.whenComplete((response, failure) -> {
            if (failure == null) {
                write(request, response);
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

    private static void write(Request request, Response response) {
        Boolean admitted = request.admitted();
        log.atInfo()
                .addKeyValue("method", request.method())
                .addKeyValue("route", request.route().orElse("-"))
                .addKeyValue("status", response.status())
                .addKeyValue("code", request.error() == null ? "-" : request.error())
                .addKeyValue("duration_ms", Math.floor(request.elapsedNanos() / 1e3) / 1e3)
                .addKeyValue("bytes", response.body().length)
                .addKeyValue("request_id", request.id())
                .addKeyValue("user", request.principal().map(p -> p.userId()).orElse("-"))
                .addKeyValue("client", request.clientAddress().getHostAddress())
                .addKeyValue("limit", admitted == null ? "-" : admitted ? "allowed" : "refused")
                .log("request");
    }
}
