package io.tollgate.api.guard;

import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The decision on a request: it is to be handled ({@link Admitted}), or gets an error response ({@link Rejected}).
 * Thread-safe.
 */
public sealed interface Admission permits Admitted, Rejected {
    /** Returns the client's address, resolved through trusted proxies. */
    InetAddress clientAddress();

    /**
     * Returns the user of the valid token that the request has; empty without one, or if the route reads no tokens.
     */
    Optional<Principal> principal();

    /** Returns the decisions so far, in the order of the checks. */
    RateLimitDecisions decisions();

    /** Returns the decision that the response reports: the rejection, else the one with the smallest share left. */
    Optional<RateLimitDecision> reported();

    /** Passes each header that every response to the request must carry to {@code sink}, name first. */
    void forEachHeader(BiConsumer<String, String> sink);

    /** Returns {@code response} with the headers that every response to the request must carry. */
    default HttpResponse complete(HttpResponse response) {
        HttpResponse[] completed = {response};
        forEachHeader((name, value) -> completed[0] = completed[0].withHeader(name, value));
        return completed[0];
    }
}
