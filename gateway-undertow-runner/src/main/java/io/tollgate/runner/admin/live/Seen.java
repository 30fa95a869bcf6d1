package io.tollgate.runner.admin.live;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered.
 *
 * @param at when, in milliseconds since the epoch
 * @param route its template, or {@code none}
 * @param user whose valid token it carried
 * @param error the answer, where that is one
 * @param refusal where the gateway's own limiter refused it
 */
record Seen(
        long at,
        String method,
        String route,
        int status,
        long nanos,
        String id,
        @Nullable String user,
        @Nullable InetAddress client,
        @Nullable ErrorCode code,
        @Nullable HttpResponse error,
        @Nullable RateLimitDecision refusal) {}
