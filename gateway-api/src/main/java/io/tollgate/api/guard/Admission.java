package io.tollgate.api.guard;

import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What to do with a request: handle it ({@link Admitted}), or respond with an error ({@link Rejected}). Thread-safe. */
public sealed interface Admission permits Admitted, Rejected {
    /** Returns the client's address, with trusted proxies looked through. */
    InetAddress clientAddress();

    /** Returns the user of the valid token that the request carries, if its route reads one. */
    Optional<Principal> principal();

    /** Returns the decisions so far, in the order of the checks. */
    RateLimitDecisions decisions();

    /** Returns the decision that the response reports: the rejection, else the one with the least share left. */
    Optional<RateLimitDecision> reported();

    /** Hands each header that any response to the request must carry to {@code sink}, name first. */
    void forEachHeader(BiConsumer<String, String> sink);

    /** Returns {@code response} with the headers that any response to the request must carry. */
    default HttpResponse complete(HttpResponse response) {
        HttpResponse[] completed = {response};
        forEachHeader((name, value) -> completed[0] = completed[0].withHeader(name, value));
        return completed[0];
    }
}
