package io.tollgate.operations;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request that has its response.
 *
 * @param at the time of the response, in milliseconds since the epoch
 * @param route its template, or {@code none}
 * @param user the user of the valid token that it carried
 * @param error the response, if it is an error; without its body if that is large or a stream
 * @param rejection the decision of the limiter that rejected it
 */
record RecentRequest(
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
        @Nullable RateLimitDecision rejection) {}
